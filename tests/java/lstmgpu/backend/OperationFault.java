package lstmgpu.backend;

import java.util.List;
import java.util.function.Supplier;
import lstmgpu.backend.reference.ReferenceBackend;

/**
 * A mistake in one operation and the case that must notice it.
 *
 * @param open a backend that is right but for this mistake
 */
record OperationFault(String name, ConformanceCase test, Supplier<Backend> open) {
    private static final long SEED = TestData.SEED;

    static List<OperationFault> all() {
        LayerCases.Linear linear = new LayerCases.Linear(7, 33, 7, true, SEED);
        LayerCases.LinearGrad written =
                new LayerCases.LinearGrad(7, 33, 7, true, LayerCases.InputGradient.WRITTEN, SEED);
        LossCases.CrossEntropy loss =
                new LossCases.CrossEntropy(33, 7, LossCases.Gradient.APART, true, LossCases.Logits.ORDINARY, SEED);
        OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 0.5f);
        OptimizerCases.Steps clipped = new OptimizerCases.Steps(adam, 33, -1, Float.NaN, 0, SEED);
        SamplingSpec one = new SamplingSpec(1, 0, 1, 0, 1, SEED);
        SamplingCases.Draws draws = new SamplingCases.Draws(one, 7, 33, 7, false, SEED);
        return List.of(
                new OperationFault("write past the end", linear, WritesPastTheEnd::new),
                new OperationFault("last element left out", linear, LeavesOneOut::new),
                new OperationFault("input changed", linear, ChangesInput::new),
                new OperationFault("bias left out", linear, LinearWithoutBias::new),
                new OperationFault("gradient added instead of written", written, AddsToDx::new),
                new OperationFault("scale left out", loss, UnscaledLoss::new),
                new OperationFault("clip left out", clipped, UnclippedOptimizer::new),
                new OperationFault("draw number left out", draws, StuckSampler::new));
    }

    private static final class WritesPastTheEnd extends ReferenceBackend {
        private DeviceBuffer newest;

        @Override
        public DeviceBuffer alloc(ElementType type, long length) {
            newest = super.alloc(type, length);
            return newest;
        }

        @Override
        public void linear(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer b,
                int rows,
                int inputs,
                int outputs,
                Precision precision,
                DeviceBuffer y) {
            super.linear(x, w, b, rows, inputs, outputs, precision, y);
            fill(newest.slice(newest.length() - ParameterLayout.ALIGNMENT, 1), 0);
        }
    }

    private static final class LeavesOneOut extends ReferenceBackend {
        @Override
        public void linear(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer b,
                int rows,
                int inputs,
                int outputs,
                Precision precision,
                DeviceBuffer y) {
            float[] before = new float[1];
            DeviceBuffer last = y.slice(y.length() - 1, 1);
            download(last, before);
            super.linear(x, w, b, rows, inputs, outputs, precision, y);
            upload(before, last);
        }
    }

    private static final class ChangesInput extends ReferenceBackend {
        @Override
        public void linear(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer b,
                int rows,
                int inputs,
                int outputs,
                Precision precision,
                DeviceBuffer y) {
            super.linear(x, w, b, rows, inputs, outputs, precision, y);
            fill(w.slice(w.length() - 1, 1), 0);
        }
    }

    private static final class LinearWithoutBias extends ReferenceBackend {
        @Override
        public void linear(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer b,
                int rows,
                int inputs,
                int outputs,
                Precision precision,
                DeviceBuffer y) {
            super.linear(x, w, null, rows, inputs, outputs, precision, y);
        }
    }

    private static final class AddsToDx extends ReferenceBackend {
        @Override
        public void linearGrad(
                DeviceBuffer x,
                DeviceBuffer w,
                DeviceBuffer dy,
                int rows,
                int inputSize,
                int outputSize,
                Precision precision,
                DeviceBuffer dx,
                boolean addToDx,
                DeviceBuffer dw,
                DeviceBuffer db) {
            super.linearGrad(x, w, dy, rows, inputSize, outputSize, precision, dx, true, dw, db);
        }
    }

    private static final class UnscaledLoss extends ReferenceBackend {
        @Override
        public void softmaxCrossEntropy(
                DeviceBuffer logits,
                DeviceBuffer targets,
                int vocabulary,
                float scale,
                DeviceBuffer losses,
                DeviceBuffer dLogits,
                DeviceBuffer best) {
            super.softmaxCrossEntropy(logits, targets, vocabulary, 1, losses, dLogits, best);
        }
    }

    private static final class UnclippedOptimizer extends ReferenceBackend {
        @Override
        public void optimizerStep(
                OptimizerSpec spec,
                StepClock clock,
                DeviceBuffer parameters,
                DeviceBuffer gradients,
                DeviceBuffer firstMoment,
                DeviceBuffer secondMoment,
                DeviceBuffer normSquared) {
            OptimizerSpec unclipped = OptimizerSpec.of(spec.kind(), spec.momentum(), spec.weightDecay(), 0);
            super.optimizerStep(unclipped, clock, parameters, gradients, firstMoment, secondMoment, normSquared);
        }
    }

    private static final class StuckSampler extends ReferenceBackend {
        @Override
        public void advance(StepClock clock, int stepsPerEpoch) {
            // Every draw is the first.
        }
    }
}
