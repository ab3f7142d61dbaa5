package lstmgpu.backend.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.stream.Stream;
import lstmgpu.backend.OptimizerSpec;

/**
 * The optimiser's pass and sums of squares in native code, {@code native/optimizer_pass.cpp}: the same bits as
 * {@link OptimizerPass} and {@link SumOfSquares} give by loops over tiles, without copies to them and back.
 */
final class NativeOptimizerPass {
    private static final String NAME = "optimizer_pass";

    private static final MethodHandle SGD = find("_sgd", 4, 4);
    private static final MethodHandle ADAM = find("_adam", 5, 8);
    private static final MethodHandle RMSPROP = find("_rmsprop", 5, 6);
    private static final MethodHandle ADAGRAD = find("_adagrad", 4, 4);
    private static final MethodHandle SQUARES = find("_squares", 3, 0);

    private NativeOptimizerPass() {}

    /** A function of a count and addresses, and then of numbers. */
    private static MethodHandle find(String function, int longs, int floats) {
        MemoryLayout[] arguments = Stream.concat(
                        Collections.nCopies(longs, JAVA_LONG).stream(),
                        Collections.nCopies(floats, JAVA_FLOAT).stream())
                .toArray(MemoryLayout[]::new);
        return NativeProduct.find(NAME, NAME + function, FunctionDescriptor.ofVoid(arguments));
    }

    /** Whether this processor and this build have it. */
    static boolean runsHere() {
        return SGD != null;
    }

    /** Updates n weights, of which the first is element {@code at}. */
    static void update(OptimizerPass pass, long at, long n) {
        long p = pass.parameters.address(at);
        long g = pass.gradients.address(at);
        long m = pass.first == null ? 0L : pass.first.address(at);
        long v = pass.second == null ? 0L : pass.second.address(at);
        float decay = pass.addedDecay();
        OptimizerSpec spec = pass.spec;
        float epsilon = spec.epsilon();
        try {
            switch (spec.kind()) {
                case ADAM, ADAMW -> adam(pass, n, p, g, m, v);
                case SGD -> SGD.invokeExact(n, p, g, m, pass.clip, decay, pass.keptMomentum(), pass.rate);
                case RMSPROP ->
                    RMSPROP.invokeExact(
                            n, p, g, m, v, pass.clip, decay, spec.beta2(), epsilon, spec.momentum(), pass.rate);
                case ADAGRAD -> ADAGRAD.invokeExact(n, p, g, v, pass.clip, decay, epsilon, pass.rate);
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static void adam(OptimizerPass pass, long n, long p, long g, long m, long v) throws Throwable {
        ADAM.invokeExact(
                n,
                p,
                g,
                m,
                v,
                pass.clip,
                pass.addedDecay(),
                pass.keptWeight(),
                pass.spec.beta1(),
                pass.spec.beta2(),
                pass.spec.epsilon(),
                pass.stepSize(),
                pass.correction());
    }

    /**
     * The sums of squares of n numbers, of which the first is element {@code at} of x, a sum for every
     * {@link Worker#TILE} of them.
     *
     * @param at a multiple of that
     * @param sums float64, those of all of x
     */
    static void squares(CpuBuffer x, long at, long n, MemorySegment sums) {
        try {
            SQUARES.invokeExact(n, x.address(at), sums.address() + at / Worker.TILE * Double.BYTES);
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    private static IllegalStateException failed(Throwable e) {
        return new IllegalStateException("native/optimizer_pass failed", e);
    }
}
