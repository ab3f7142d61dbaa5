package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Scorer;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.runs.Preset;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With carried state alone, a sequence sees a zero state once an epoch, and a text that begins from nothing is noise to
 * the network. It has to begin more often.
 */
class ResetStateTest {
    private static final int SEQUENCES = 8;
    private static final int STEPS = 300;
    private static final String TEXT = TestText.sentences(400);
    private static final String HELD_OUT = "\n" + TestText.sentences(430).substring(TEXT.length());
    private static final Tokenizer LETTERS = TestText.tokenizer(TEXT);
    private static final NetworkConfig CONFIG =
            NetworkConfig.ofTokens(Cell.LSTM, LETTERS.vocabularySize(), 16, 64, 2, 0, false);

    @TempDir
    Path folder;

    private static List<Double> losses(Network model, String text) {
        List<Double> losses = new ArrayList<>();
        Scorer.score(model, LETTERS, TestText.evaluation(LETTERS, text), token -> losses.add(-token.logprob()));
        return losses;
    }

    private static double sum(List<Double> losses) {
        return losses.stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Nats that a held-out line costs more when it is read from a zero state, behind a line end, than in its text. */
    private double priceOfBeginning(float resetState, long seed) {
        Path path = folder.resolve("%s-%d".formatted(resetState, seed));
        TrainingSettings settings = Runs.with(
                Runs.settings(STEPS),
                new TrainingSettings.Loop(SEQUENCES, 16, 0, resetState, TrainingSettings.UNLIMITED, STEPS, 0));
        settings = Runs.with(settings, new OptimiserSettings(OptimizerSpec.Kind.ADAM, 0.02f, 0, 0, List.of(), 1));
        settings = Runs.with(settings, new TrainingSettings.Samples(0, "", 0));
        settings = Runs.withSeed(settings, seed);
        TrainingText text = TestText.training(LETTERS, TEXT, HELD_OUT);
        try (Backend backend = new CpuBackend(1);
                Network model = new Network(backend, CONFIG, Precision.FP32)) {
            try (Trainer trainer = new Trainer(
                            backend, CONFIG, new LanguageModelling(LETTERS, text), settings, new Runs.Observer());
                    ModelDirectory directory = ModelDirectory.create(path, false)) {
                directory.saveConfig(CONFIG, "language-model");
                directory.saveTokenizer(LETTERS);
                trainer.run(directory);
            }
            model.load(ModelDirectory.open(path).weights());
            return priceOfBeginning(model);
        }
    }

    private static double priceOfBeginning(Network model) {
        List<Double> inText = losses(model, HELD_OUT);
        double price = 0;
        int lines = 0;
        for (int start = 0, end; (end = HELD_OUT.indexOf('\n', start + 1)) > 0; start = end) {
            price += sum(losses(model, HELD_OUT.substring(start, end + 1))) - sum(inText.subList(start, end));
            lines++;
        }
        return price / lines;
    }

    @Test
    void aNetworkThatOftenBeginsAnewBeginsWell() {
        double often = 0;
        double seldom = 0;
        for (int seed = 1; seed <= 3; seed++) {
            often += priceOfBeginning(0.2f, seed) / 3;
            seldom += priceOfBeginning(0, seed) / 3;
        }
        String both = "a line costs %.3f nats more with resets and %.3f without".formatted(often, seldom);
        assertTrue(often < 0.5, both);
        assertTrue(seldom > 1, both);
    }

    @Test
    void byDefaultEveryPresetBeginsAnew() {
        for (Preset preset : Preset.values()) {
            assertTrue(preset.settings(Cell.DEFAULT, false, 2).loop().resetState() > 0, preset::name);
        }
    }
}
