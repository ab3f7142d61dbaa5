package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.Test;

class EvaluationPassTest {
    private static final NetworkConfig CONFIG = NetworkConfig.ofTokens(Cell.LSTM, 9, 5, 8, 2, 0.4f, false);

    private static EvaluationResult evaluate(Network model, int[] text, int sequences, int steps, int warmUp) {
        try (TokenCorpus corpus = model.backend().texts().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, sequences, steps, warmUp)) {
            EvaluationResult first = pass.run();
            EvaluationResult again = pass.run();
            assertEquals(first.loss(), again.loss(), "a second pass starts from zero again");
            return first;
        }
    }

    /** The loss of every token but the first, read from a zero state. */
    private static List<Float> losses(Network model, int[] text) {
        List<Float> all = new ArrayList<>();
        try (TokenCorpus corpus = model.backend().texts().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, 1000)) {
            pass.run((_, losses, count, _) -> {
                for (int i = 0; i < count; i++) {
                    all.add(losses[i]);
                }
            });
        }
        return all;
    }

    private static double sum(List<Float> losses) {
        return losses.stream().mapToDouble(Float::doubleValue).sum();
    }

    /** Sequence 0 counts its part from the beginning of the text, the others theirs behind what warms them. */
    @Test
    void everyTokenIsCountedOnceBehindWhatWarmsItsSequence() {
        int[] text = TestText.cycle(103, 9);
        try (Backend backend = new CpuBackend(1);
                Network model = new Network(backend, CONFIG, Precision.FP32)) {
            model.initialise(2, Initialisation.UNIFORM);
            for (int warmUp : new int[] {1, 5, 20, 51, 60, 200}) {
                for (int sequences : new int[] {1, 2, 4, 102, 500}) {
                    int used = Math.clamp(102 / warmUp, 1, sequences);
                    int part = used == 1 ? 102 : (102 - warmUp) / used;
                    double sum = sum(losses(model, text).subList(0, 102 - (used - 1) * part));
                    for (int sequence = 1; sequence < used; sequence++) {
                        int end = 102 - (used - 1 - sequence) * part;
                        List<Float> read = losses(model, Arrays.copyOfRange(text, sequence * part, end + 1));
                        sum += sum(read.subList(read.size() - part, read.size()));
                    }
                    for (int steps : new int[] {1, 10, 25, 1000}) {
                        EvaluationResult result = evaluate(model, text, sequences, steps, warmUp);
                        String what = "%d sequences of %d steps behind %d".formatted(sequences, steps, warmUp);
                        assertEquals(102, result.count(), what);
                        assertEquals(sum / 102, result.loss(), 1e-6, what);
                    }
                }
            }
        }
    }

    @Test
    void seesTheWeightsAsTheyAreNow() {
        int[] text = TestText.cycle(50, 9);
        try (Backend backend = new CpuBackend(1);
                Network model = new Network(backend, CONFIG, Precision.FP32);
                TokenCorpus corpus = backend.texts().corpus(TestText.segment(text), 1);
                EvaluationPass pass = new EvaluationPass(model, corpus, 2, 10, 5)) {
            model.initialise(2, Initialisation.UNIFORM);
            pass.run();
            model.initialise(3, Initialisation.UNIFORM);
            assertEquals(evaluate(model, text, 2, 10, 5).loss(), pass.run().loss());
        }
    }
}
