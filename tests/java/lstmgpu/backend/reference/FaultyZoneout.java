package lstmgpu.backend.reference;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** Units that keep something else than they should. */
final class FaultyZoneout extends ReferenceZoneout {
    private final RnnSpec spec;
    private final Supplier<Mistake> mistake;

    /** What is wrong. */
    enum Mistake {
        H_KEPT_BY_THE_MASK_OF_C(true, false),
        MASK_OF_THE_NEXT_STEP(true, false),
        MASK_NUMBERED_BY_THE_SHARE(true, false),
        ANOTHER_LAYERS_MASK(true, false),
        KEPT_AND_NEW_EXCHANGED(true, false),
        NOTHING_KEPT(false, false),
        PROBABILITY_OF_THE_OTHER_STATE(false, true),
        GRADIENT_OF_KEPT_H_DROPPED(true, false),
        GRADIENT_OF_KEPT_C_DROPPED(true, true),
        WHOLE_GRADIENT_TO_THE_CELL(true, false);

        private final boolean ofMasks;
        private final boolean ofCell;

        Mistake(boolean ofMasks, boolean ofCell) {
            this.ofMasks = ofMasks;
            this.ofCell = ofCell;
        }

        /** Whether it shows where masks are drawn, or else where they are not. */
        boolean shows(boolean drawn) {
            return drawn == ofMasks || toString().contains("gradient");
        }

        /** Whether it needs a cell with c. */
        boolean isOfCell() {
            return ofCell;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** A plan with such units. */
    static final class Plan extends FaultyPlan {
        private final Mistake mistake;

        Plan(ReferenceBackend backend, RnnSpec spec, StepClock clock, Mistake mistake) {
            super(backend, spec, clock);
            this.mistake = mistake;
        }

        /** Called before the mistake is there. */
        @Override
        ReferenceZoneout zoneout(RnnSpec use, int number) {
            return new FaultyZoneout(use, number, this::clockStep, () -> mistake);
        }
    }

    private FaultyZoneout(RnnSpec spec, int number, IntSupplier clockStep, Supplier<Mistake> mistake) {
        super(spec, number, clockStep);
        this.spec = spec;
        this.mistake = mistake;
    }

    @Override
    double kept(boolean ofHidden, int k, int b, int j) {
        return switch (mistake.get()) {
            case KEPT_AND_NEW_EXCHANGED -> 1 - super.kept(ofHidden, k, b, j);
            case NOTHING_KEPT -> 0;
            case PROBABILITY_OF_THE_OTHER_STATE -> super.kept(!ofHidden, k, b, j);
            default -> super.kept(ofHidden, k, b, j);
        };
    }

    @Override
    boolean drawn(double p, int stream, long element) {
        int units = spec.shape().hiddenSize();
        long row = element / units;
        int all = spec.share().all();
        long own = row / all * spec.batch() + row % all - spec.share().first();
        return switch (mistake.get()) {
            case H_KEPT_BY_THE_MASK_OF_C -> super.drawn(p, stream & ~1, element);
            case MASK_OF_THE_NEXT_STEP -> super.drawn(p, stream, element + (long) all * units);
            case MASK_NUMBERED_BY_THE_SHARE -> super.drawn(p, stream, own * units + element % units);
            case ANOTHER_LAYERS_MASK -> super.drawn(p, stream + 2, element);
            default -> super.drawn(p, stream, element);
        };
    }

    @Override
    double[] backward(boolean ofHidden, int k, int b, double[] slopes) {
        double[] whole = slopes.clone();
        double[] ofBefore = super.backward(ofHidden, k, b, slopes);
        switch (mistake.get()) {
            case GRADIENT_OF_KEPT_H_DROPPED -> Arrays.fill(ofBefore, 0, ofHidden ? ofBefore.length : 0, 0);
            case GRADIENT_OF_KEPT_C_DROPPED -> Arrays.fill(ofBefore, 0, ofHidden ? 0 : ofBefore.length, 0);
            case WHOLE_GRADIENT_TO_THE_CELL -> System.arraycopy(whole, 0, slopes, 0, slopes.length);
            default -> {}
        }
        return ofBefore;
    }
}
