package lstmgpu.backend.reference;

import java.util.function.Function;
import java.util.function.Supplier;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Losses;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RowsSpec;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.Texts;
import lstmgpu.backend.TokenCorpus;

/** Backends that are right but for a mistake in one operation. */
public final class FaultyOperations {
    private FaultyOperations() {}

    public static Backend writesPastTheEnd() {
        return new ReferenceBackend() {
            private DeviceBuffer newest;
            private final Layers faulty = new WritesPastTheEnd(memory, () -> newest);

            @Override
            public DeviceBuffer alloc(ElementType type, long length) {
                newest = super.alloc(type, length);
                return newest;
            }

            @Override
            public Layers layers() {
                return faulty;
            }
        };
    }

    public static Backend leavesOneOut() {
        return withLayers(LeavesOneOut::new);
    }

    public static Backend changesInput() {
        return withLayers(ChangesInput::new);
    }

    public static Backend leavesBiasOut() {
        return withLayers(LeavesBiasOut::new);
    }

    public static Backend addsToDx() {
        return withLayers(AddsToDx::new);
    }

    public static Backend numbersMasksByShare() {
        return withLayers(NumbersMasksByShare::new);
    }

    public static Backend numbersSequencesByShare() {
        return new ReferenceBackend() {
            private final Texts faulty = new NumbersSequencesByShare(memory);

            @Override
            public Texts texts() {
                return faulty;
            }
        };
    }

    public static Backend leavesScaleOut() {
        return withLosses(LeavesScaleOut::new);
    }

    public static Backend doesNotClip() {
        return withOptimisation(FaultyOptimisation.DoesNotClip::new);
    }

    public static Backend averagesWithoutDecay() {
        return withOptimisation(FaultyOptimisation.AveragesWithoutDecay::new);
    }

    public static Backend drawsAway() {
        return withOptimisation(DrawsAway::new);
    }

    public static Backend doesNotAdvance() {
        return withOptimisation(FaultyOptimisation.DoesNotAdvance::new);
    }

    static Backend withLayers(Function<ReferenceMemory, Layers> layers) {
        return new ReferenceBackend() {
            private final Layers faulty = layers.apply(memory);

            @Override
            public Layers layers() {
                return faulty;
            }
        };
    }

    static Backend withLosses(Function<ReferenceMemory, Losses> losses) {
        return new ReferenceBackend() {
            private final Losses faulty = losses.apply(memory);

            @Override
            public Losses losses() {
                return faulty;
            }
        };
    }

    private static Backend withOptimisation(Function<ReferenceMemory, Optimisation> optimisation) {
        return new ReferenceBackend() {
            private final Optimisation faulty = optimisation.apply(memory);

            @Override
            public Optimisation optimisation() {
                return faulty;
            }
        };
    }

    private static final class WritesPastTheEnd extends ReferenceLayers {
        private final Supplier<DeviceBuffer> newest;

        WritesPastTheEnd(ReferenceMemory memory, Supplier<DeviceBuffer> newest) {
            super(memory);
            this.newest = newest;
        }

        @Override
        public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
            super.linear(x, w, b, spec, y);
            DeviceBuffer guarded = newest.get();
            memory.fill(guarded.slice(guarded.length() - ParameterLayout.ALIGNMENT, 1), 0);
        }
    }

    private static final class LeavesOneOut extends ReferenceLayers {
        LeavesOneOut(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
            double[] before = new double[1];
            DeviceBuffer last = y.slice(y.length() - 1, 1);
            memory.read(last, before);
            super.linear(x, w, b, spec, y);
            memory.write(before, last);
        }
    }

    private static final class ChangesInput extends ReferenceLayers {
        ChangesInput(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
            super.linear(x, w, b, spec, y);
            memory.fill(w.slice(w.length() - 1, 1), 0);
        }
    }

    private static final class LeavesBiasOut extends ReferenceLayers {
        LeavesBiasOut(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
            super.linear(x, w, null, spec, y);
        }
    }

    private static final class AddsToDx extends ReferenceLayers {
        AddsToDx(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void linearGrad(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer dy,
                LinearSpec spec,
                DeviceBuffer dx,
                boolean addToDx,
                DeviceBuffer dw,
                DeviceBuffer db) {
            super.linearGrad(x, w, dy, spec, dx, true, dw, db);
        }
    }

    private static final class NumbersMasksByShare extends ReferenceLayers {
        NumbersMasksByShare(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {
            super.dropout(x, DropoutSpec.of(mask.probability(), mask.seed(), mask.stream()), clock, y);
        }
    }

    private static final class NumbersSequencesByShare extends ReferenceTexts {
        NumbersSequencesByShare(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void gatherBatch(
                TokenCorpus corpus,
                BatchSpec spec,
                StepClock clock,
                DeviceBuffer places,
                DeviceBuffer inputs,
                DeviceBuffer targets) {
            BatchSpec whole = spec.shared(spec.batch(), BatchShare.whole(spec.batch()));
            super.gatherBatch(corpus, whole, clock, places, inputs, targets);
        }

        @Override
        public void gatherRows(
                DeviceBuffer starts,
                DeviceBuffer lengths,
                DeviceBuffer order,
                RowsSpec spec,
                StepClock clock,
                DeviceBuffer rows,
                DeviceBuffer ends,
                DeviceBuffer chosen) {
            RowsSpec own = new RowsSpec(spec.steps(), spec.sequences(), BatchShare.whole(spec.sequences()));
            super.gatherRows(starts, lengths, order, own, clock, rows, ends, chosen);
        }
    }

    private static final class LeavesScaleOut extends ReferenceLosses {
        LeavesScaleOut(ReferenceMemory memory) {
            super(memory);
        }

        @Override
        public void softmaxCrossEntropy(
                DeviceBuffer logits,
                DeviceBuffer targets,
                int vocabulary,
                float scale,
                float smoothing,
                DeviceBuffer losses,
                DeviceBuffer dLogits,
                DeviceBuffer best) {
            super.softmaxCrossEntropy(logits, targets, vocabulary, 1, smoothing, losses, dLogits, best);
        }
    }
}
