package lstmgpu.onnx;

import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnState;
import lstmgpu.network.Batch;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.network.Tensor;

/** A network as this program computes it. */
final class OwnNetwork implements AutoCloseable {
    private final Network network;

    /** @param backend stays open */
    OwnNetwork(Backend backend, NetworkConfig config, Map<String, Tensor> weights) {
        this.network = new Network(backend, config, Precision.FP32);
        try {
            network.load(weights);
        } catch (RuntimeException | Error failure) {
            network.close();
            throw failure;
        }
    }

    Answer ask(Question question) {
        int steps = question.steps();
        int sequences = question.sequences();
        boolean bounded = question.lengths() != null;
        Batch.Form form = new Batch.Form(steps, sequences, bounded, false);
        Backend backend = network.backend();
        try (Pass pass = Pass.forward(network, form, Purpose.PREDICT, (long) steps * sequences)) {
            pass.refresh();
            if (question.features().length > 0) {
                backend.upload(
                        turned(question.features(), sequences, steps),
                        pass.batch().inputs());
            } else {
                backend.upload(stepsFirst(question), pass.batch().inputs());
            }
            if (bounded) {
                backend.upload(question.lengths(), pass.batch().lengths());
            } else {
                pass.plan().writeState(question.state());
            }
            pass.predict();
            float[] predictions = new float[Math.toIntExact(pass.predictions().length())];
            backend.download(pass.predictions(), predictions);
            if (network.config().head().judgesSteps()) {
                predictions = turned(predictions, steps, sequences);
            }
            return new Answer(predictions, bounded ? null : stateBehind(pass));
        }
    }

    private static RnnState stateBehind(Pass pass) {
        pass.plan().carryState();
        return pass.plan().readState();
    }

    private static int[] stepsFirst(Question question) {
        int steps = question.steps();
        int sequences = question.sequences();
        return IntStream.range(0, steps * sequences)
                .map(row -> question.tokens()[row % sequences * steps + row / sequences])
                .toArray();
    }

    /** [first,second,·] as [second,first,·]. */
    private static float[] turned(float[] values, int first, int second) {
        int width = values.length / (first * second);
        float[] turned = new float[values.length];
        for (int i = 0; i < first; i++) {
            for (int j = 0; j < second; j++) {
                System.arraycopy(values, (i * second + j) * width, turned, (j * first + i) * width, width);
            }
        }
        return turned;
    }

    @Override
    public void close() {
        network.close();
    }
}
