package lstmgpu.backend.reference;

import java.util.function.IntSupplier;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Zoneout;

/** What a layer's units keep of the step before, and what of its gradient they hand on to it. */
class ReferenceZoneout {
    private final RnnSpec spec;
    private final int number;
    private final IntSupplier clockStep;

    /**
     * @param number of the layer's direction in the stack
     * @param clockStep says the clock's STEP
     */
    ReferenceZoneout(RnnSpec spec, int number, IntSupplier clockStep) {
        this.spec = spec;
        this.number = number;
        this.clockStep = clockStep;
    }

    /**
     * After the k-th step of a sequence in the order of reading: what was before and what the cell made of it, weighed.
     *
     * @param ofHidden whether it is h, or else c
     * @param made [H] by the cell
     * @param after [H] becomes the state; may be {@code made}
     */
    void forward(boolean ofHidden, int k, int b, double[] before, double[] made, double[] after) {
        for (int j = 0; j < after.length; j++) {
            double kept = kept(ofHidden, k, b, j);
            after[j] = kept * before[j] + (1 - kept) * made[j];
        }
    }

    /**
     * On the way back.
     *
     * @param slopes [H] by the state after the step; become those by what the cell made
     * @return those by the state before it that come from what was kept
     */
    double[] backward(boolean ofHidden, int k, int b, double[] slopes) {
        double[] ofBefore = new double[slopes.length];
        for (int j = 0; j < slopes.length; j++) {
            double kept = kept(ofHidden, k, b, j);
            ofBefore[j] = kept * slopes[j];
            slopes[j] = (1 - kept) * slopes[j];
        }
        return ofBefore;
    }

    /** How much of what was there a unit keeps: all or nothing, or what is expected. */
    double kept(boolean ofHidden, int k, int b, int j) {
        Zoneout zoneout = spec.zoneout();
        double p = zoneout.probability(ofHidden);
        if (!zoneout.drawn()) {
            return p;
        }
        long row = (long) k * spec.share().all() + spec.share().first() + b;
        long element = row * spec.shape().hiddenSize() + j;
        return drawn(p, zoneout.stream(number, ofHidden), element) ? 1 : 0;
    }

    /** Whether element {@code element} of a stream is kept. */
    boolean drawn(double p, int stream, long element) {
        return ReferenceRandom.chance(p, spec.zoneout().seed(), stream, clockStep.getAsInt(), element);
    }
}
