package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a network says of a sequence does not depend on the batch that it is in. */
class PaddingTest {
    private static final int STEPS = HeadCase.STEPS;
    private static final int BATCH = HeadCase.BATCH;

    /** Whatever padding and the others of its batch hold. */
    @ParameterizedTest
    @MethodSource("bounded")
    void aSequenceIsReadAsIfItWereAlone(HeadCase test) {
        try (Backend backend = new ReferenceBackend();
                Network network = new Network(backend, test.config(), Precision.FP32);
                Pass all = Pass.forward(network, test.form(), Purpose.PREDICT, STEPS)) {
            network.initialise(HeadCase.SEED, Initialisation.UNIFORM);
            test.fill(network, all.batch());
            all.refresh();
            all.predict();
            float[] together = floats(backend, all.predictions());
            for (int sequence = 0; sequence < BATCH; sequence++) {
                int steps = HeadCase.LENGTHS[sequence];
                try (Pass alone = Pass.forward(network, steps, 1, Purpose.PREDICT, steps)) {
                    cut(backend, all.batch().inputs(), sequence, alone.batch().inputs());
                    alone.refresh();
                    alone.predict();
                    float[] expected = floats(backend, alone.predictions());
                    int size = test.config().head().size();
                    for (int i = 0; i < expected.length; i++) {
                        int row = i / size * BATCH + sequence;
                        assertEquals(expected[i], together[row * size + i % size], 1e-6f, "sequence " + sequence);
                    }
                }
            }
        }
    }

    static List<HeadCase> bounded() {
        return HeadCase.all().stream().filter(test -> test.form().lengths()).toList();
    }

    /** Puts the first steps of one sequence where they are alone. */
    private static void cut(Backend backend, DeviceBuffer from, int sequence, DeviceBuffer to) {
        int width = Math.toIntExact(from.length() / (STEPS * BATCH));
        int[] tokens = from.type() == ElementType.INT32 ? integers(backend, from) : null;
        float[] features = tokens == null ? floats(backend, from) : null;
        int[] someTokens = new int[Math.toIntExact(to.length())];
        float[] someFeatures = new float[someTokens.length];
        for (int i = 0; i < someTokens.length; i++) {
            int place = (i / width * BATCH + sequence) * width + i % width;
            if (tokens == null) {
                someFeatures[i] = features[place];
            } else {
                someTokens[i] = tokens[place];
            }
        }
        if (tokens == null) {
            backend.upload(someFeatures, to);
        } else {
            backend.upload(someTokens, to);
        }
    }

    private static int[] integers(Backend backend, DeviceBuffer buffer) {
        int[] values = new int[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }

    private static float[] floats(Backend backend, DeviceBuffer buffer) {
        float[] values = new float[Math.toIntExact(buffer.length())];
        backend.download(buffer, values);
        return values;
    }
}
