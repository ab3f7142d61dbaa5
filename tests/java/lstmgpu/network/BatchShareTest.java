package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever network and batch: the gradients of a batch's shares add up to the batch's, and their losses are the
 * batch's.
 */
class BatchShareTest {
    private static final int[] BOUNDS = {0, 1, HeadCase.BATCH};

    /** Of sums of float64 numbers in another order. */
    private static final double TOLERANCE = 1e-12;

    static List<HeadCase> cases() {
        return HeadCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sharesAddUpToTheBatch(HeadCase test) {
        requireSum(test, Regularisation.NONE);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sharesAddUpToTheRegularisedBatch(HeadCase test) {
        requireSum(test, test.regularised());
    }

    private static void requireSum(HeadCase test, Regularisation wanted) {
        try (ReferenceBackend backend = new ReferenceBackend();
                Network network = new Network(backend, test.config(), Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass whole = test.begin(network, clock, new Masks(clock, HeadCase.SEED, wanted))) {
            whole.differentiate();
            double[] gradients = doubles(backend, whole.gradients());
            double[] losses = doubles(backend, whole.losses());
            double[] sum = new double[gradients.length];
            for (int i = 1; i < BOUNDS.length; i++) {
                int first = BOUNDS[i - 1];
                int sequences = BOUNDS[i] - first;
                Batch.Form form = new Batch.Form(
                        HeadCase.STEPS,
                        sequences,
                        test.form().lengths(),
                        test.form().weights(),
                        new BatchShare(first, HeadCase.BATCH));
                try (Pass share = Pass.training(network, form, new Masks(clock, HeadCase.SEED, wanted))) {
                    fill(backend, whole.batch(), share.batch(), first, sequences);
                    share.differentiate();
                    double[] own = doubles(backend, share.gradients());
                    Arrays.setAll(sum, place -> sum[place] + own[place]);
                    assertArrayEquals(
                            part(losses, first, sequences), doubles(backend, share.losses()), "losses from " + first);
                }
            }
            double largest = Arrays.stream(gradients).map(Math::abs).max().orElseThrow();
            assertTrue(largest > 0.01, "there are gradients");
            assertArrayEquals(gradients, sum, TOLERANCE * largest);
        }
    }

    private static void fill(ReferenceBackend backend, Batch whole, Batch share, int first, int sequences) {
        copy(backend, whole.inputs(), share.inputs(), first, sequences);
        copy(backend, whole.targets(), share.targets(), first, sequences);
        copy(backend, whole.lengths(), share.lengths(), first, sequences);
        copy(backend, whole.weights(), share.weights(), first, sequences);
    }

    private static void copy(ReferenceBackend backend, DeviceBuffer from, DeviceBuffer to, int first, int sequences) {
        if (from == null) {
            return;
        }
        if (from.type() == ElementType.INT32) {
            int[] whole = new int[Math.toIntExact(from.length())];
            backend.download(from, whole);
            double[] own = part(Arrays.stream(whole).asDoubleStream().toArray(), first, sequences);
            backend.upload(Arrays.stream(own).mapToInt(value -> (int) value).toArray(), to);
        } else {
            backend.upload(part(doubles(backend, from), first, sequences), to);
        }
    }

    /** Of these sequences, out of [T,B,any] or [B]. */
    private static double[] part(double[] whole, int first, int sequences) {
        int slabs = whole.length == HeadCase.BATCH ? 1 : HeadCase.STEPS;
        int slab = whole.length / slabs;
        int width = slab / HeadCase.BATCH;
        double[] part = new double[slabs * sequences * width];
        for (int i = 0; i < slabs; i++) {
            System.arraycopy(whole, i * slab + first * width, part, i * sequences * width, sequences * width);
        }
        return part;
    }

    private static double[] doubles(ReferenceBackend backend, DeviceBuffer buffer) {
        double[] values = new double[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }
}
