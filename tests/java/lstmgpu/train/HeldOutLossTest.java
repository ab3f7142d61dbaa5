package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Evaluator;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What training says of the held-out text is what an evaluation says of the same weights, whatever the batch. */
class HeldOutLossTest implements OnTheStandIn {
    private static final int STEPS = 60;

    /** Three sequences of four that begin cold cost some six times as much. */
    private static final double TOLERANCE = 1e-4;

    private static final String TEXT = TestText.sentences(300);
    private static final Tokenizer LETTERS = TestText.tokenizer(TEXT);

    private static final int HELD_OUT = TEXT.length() / 10;
    private static final String TRAINING = TEXT.substring(0, TEXT.length() - HELD_OUT);
    private static final String VALIDATION = TEXT.substring(TEXT.length() - HELD_OUT);
    private static final NetworkConfig CONFIG =
            NetworkConfig.ofTokens(Cell.LSTM, LETTERS.vocabularySize(), 16, 64, 1, 0, false);

    @TempDir
    Path folder;

    private static TrainingSettings settings(int batch) {
        TrainingSettings settings = Runs.with(
                Runs.settings(STEPS), new TrainingSettings.Loop(batch, 16, 0, 0, TrainingSettings.UNLIMITED, STEPS, 0));
        settings = Runs.with(settings, new TrainingSettings.Validation(STEPS, 0, 0));
        return Runs.with(settings, new TrainingSettings.Samples(0, "", 0));
    }

    private static double evaluate(Backend backend, Map<String, Tensor> weights) {
        try (Network model = new Network(backend, CONFIG, Precision.FP32)) {
            model.load(weights);
            return Evaluator.evaluate(model, LETTERS, TestText.evaluation(LETTERS, VALIDATION))
                    .loss();
        }
    }

    /** Trains in the folder; what training says of the held-out text. */
    private double train(Backend backend, int batch) {
        TrainingText text = TestText.training(LETTERS, TRAINING, VALIDATION);
        try (Trainer trainer = new Trainer(
                        backend, CONFIG, new LanguageModelling(LETTERS, text), settings(batch), new Runs.Observer());
                ModelDirectory directory = ModelDirectory.create(folder, false)) {
            directory.saveConfig(CONFIG, "language-model");
            directory.saveTokenizer(LETTERS);
            return trainer.run(directory).bestLoss();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 64})
    void itIsTheEvaluations(int batch) {
        try (Backend backend = new CpuBackend(1)) {
            double told = train(backend, batch);
            assertEquals(evaluate(backend, ModelDirectory.open(folder).weights()), told, TOLERANCE);
        }
    }

    @Test
    void onAGpuToo() {
        double told;
        try (Backend backend = new CpuBackend(1)) {
            told = train(backend, 64);
        }
        MemorySegment text = TestText.segment(LETTERS.encode(VALIDATION).ids());
        try (Backend cuda = CudaTestBackend.open();
                Network model = new Network(cuda, CONFIG, Precision.FP32);
                TokenCorpus corpus = cuda.texts().corpus(text, 1)) {
            model.load(ModelDirectory.open(folder).weights());
            for (int sequences : new int[] {4, 8, 64}) {
                try (EvaluationPass pass = new EvaluationPass(model, corpus, sequences, 16)) {
                    assertEquals(told, pass.run().loss(), TOLERANCE, sequences + " sequences");
                }
            }
        }
    }
}
