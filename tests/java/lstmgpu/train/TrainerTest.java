package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Evaluator;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.Safetensors;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private final Backend backend = new CpuBackend(1);
    private final Runs.Observer observer = new Runs.Observer();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        backend.close();
    }

    private TrainingResult train(TrainingSettings settings) {
        return train(folder.resolve("run"), Runs.config(Cell.LSTM, 0), Runs.TEXT, settings);
    }

    private TrainingResult train(Path target, NetworkConfig config, TrainingText text, TrainingSettings settings) {
        return Runs.train(backend, target, config, text, settings, observer);
    }

    @Test
    void learnsATextByHeartAndKeepsWhatItSays() {
        TrainingSettings settings = Runs.with(
                Runs.settings(400), new TrainingSettings.Loop(4, 10, 0, 0, TrainingSettings.UNLIMITED, 400, 0));
        TrainingResult result = train(settings);
        assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        assertEquals(400, result.steps());
        assertTrue(result.trainingLoss() < 0.1, "the training loss is " + result.trainingLoss());
        double first = observer.progress.getFirst().loss();
        assertTrue(first > 2, "the first loss is " + first);
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("run"));
                Network model = new Network(backend, directory.config(), Precision.FP32)) {
            model.load(directory.weights());
            EvaluationResult whole = Evaluator.evaluate(
                    model, directory.tokenizer(), TestText.evaluation(Runs.TOKENIZER, Runs.VALIDATION));
            assertTrue(whole.loss() < 0.3, "what was saved has a loss of " + whole.loss());
            List<MetricsFile.Row> rows = directory.metrics().rows();
            assertEquals(400, rows.getLast().step());
            assertEquals(16000, rows.getLast().tokens());
            assertEquals("completed", directory.run().get("status").asText());
            assertEquals(settings, RunRecord.settings(directory));
            assertFalse(Runs.files(folder.resolve("run")).toString().contains(".lstm-gpu-tmp"));
        }
    }

    /** Whether the last step has a row of its own or not, and once more where a run that is done goes on. */
    @ParameterizedTest
    @ValueSource(ints = {40, 43})
    void aStepHasOneRowWhereNothingIsHeldOut(int last) {
        TrainingText text = TestText.training(Runs.TOKENIZER, Runs.TRAINING, null);
        Path run = folder.resolve("run");
        List<Integer> expected = last == 40 ? List.of(15, 20, 30, 40) : List.of(15, 20, 30, 40, last);
        for (TrainingSettings settings : List.of(Runs.settings(last), Runs.resumed(Runs.settings(last)))) {
            train(run, Runs.config(Cell.LSTM, 0), text, settings);
            try (ModelDirectory directory = ModelDirectory.open(run)) {
                List<Integer> steps = directory.metrics().rows().stream()
                        .map(row -> (int) row.step())
                        .toList();
                assertEquals(expected, steps);
            }
        }
    }

    @Test
    void everyOptimizerMakesTheLossFall() {
        for (OptimizerSpec.Kind kind : OptimizerSpec.Kind.values()) {
            float rate = kind == OptimizerSpec.Kind.SGD ? 1 : kind == OptimizerSpec.Kind.ADAGRAD ? 0.1f : 0.01f;
            TrainingSettings settings =
                    Runs.with(Runs.settings(60), new OptimiserSettings(kind, rate, 0, 0.0001f, List.of(), 1));
            TrainingResult result = train(folder.resolve(kind.name()), Runs.config(Cell.GRU, 0), Runs.TEXT, settings);
            assertTrue(result.trainingLoss() < 2.4, kind + " ends at " + result.trainingLoss());
        }
    }

    @Test
    void noStepsWriteTheInitialModelAndStop() {
        TrainingResult result = train(Runs.settings(0));
        assertEquals(0, result.steps());
        try (Network model = new Network(backend, Runs.config(Cell.LSTM, 0), Precision.FP32)) {
            model.initialise(3, Initialisation.UNIFORM);
            var saved = Safetensors.read(folder.resolve("run/model.safetensors"));
            model.tensors()
                    .forEach((name, tensor) ->
                            assertArrayEquals(tensor.values(), saved.get(name).values(), name));
        }
        assertEquals(List.of(), observer.evaluations);
    }

    @Test
    void keepsTheBestModelNotTheLast() {
        TrainingText foreign = TestText.training(Runs.TOKENIZER, Runs.TRAINING, "hoot mee bukt\n".repeat(8));
        TrainingSettings settings = Runs.with(Runs.settings(200), new TrainingSettings.Validation(10, 0, 0));
        TrainingResult result = train(folder.resolve("run"), Runs.config(Cell.LSTM, 0), foreign, settings);
        assertTrue(result.bestStep() < 200, "the best step is " + result.bestStep());
        double lowest = observer.evaluations.stream()
                .mapToDouble(evaluation -> evaluation.result().loss())
                .min()
                .orElseThrow();
        assertEquals(lowest, result.bestLoss());
        assertFalse(Runs.sameBytes(
                folder.resolve("run/model.safetensors"),
                folder.resolve("run/checkpoints/step-00000200/model.safetensors")));
        assertTrue(Runs.sameBytes(
                folder.resolve("run/model.safetensors"),
                folder.resolve("run/checkpoints/step-00000200/best.safetensors")));
    }

    @Test
    void stopsEarlyWhenPatienceEnds() {
        TrainingText foreign = TestText.training(Runs.TOKENIZER, Runs.TRAINING, "hoot mee bukt\n".repeat(8));
        TrainingSettings settings = Runs.with(Runs.settings(2000), new TrainingSettings.Validation(10, 3, 0));
        TrainingResult result = train(folder.resolve("run"), Runs.config(Cell.LSTM, 0), foreign, settings);
        assertEquals(TrainingResult.Reason.PATIENCE, result.reason());
        assertEquals(result.bestStep() + 30, result.steps());
    }

    @Test
    void stopsWhenTheTimeIsUp() {
        TrainingSettings settings = Runs.with(
                Runs.settings(1), new TrainingSettings.Loop(4, 10, 0, 0, 1_000_000, TrainingSettings.UNLIMITED, 0.5));
        assertEquals(TrainingResult.Reason.TIME, train(settings).reason());
    }

    @Test
    void epochsDecideWhereNoStepsAreGiven() {
        TrainingSettings settings =
                Runs.with(Runs.settings(1), new TrainingSettings.Loop(4, 10, 0, 0, 2, TrainingSettings.UNLIMITED, 0));
        int stepsPerEpoch = (Runs.TRAINING.length() - 1) / 4 / 10;
        TrainingResult result = train(settings);
        assertEquals(2 * stepsPerEpoch, result.steps());
        assertEquals(2, observer.evaluations.size(), "one evaluation an epoch");
        assertEquals(List.of(stepsPerEpoch, 2 * stepsPerEpoch), observer.checkpoints);
    }

    @Test
    void aDivergedLossEndsTheRunAndLeavesNoNan() {
        TrainingSettings settings = Runs.with(
                Runs.with(Runs.settings(500), new OptimiserSettings(OptimizerSpec.Kind.SGD, 1e30f, 0, 0, List.of(), 0)),
                new TrainingSettings.Saving(1, 1, false));
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> train(settings));
        assertEquals(ExitCode.DIVERGED, failure.exitCode());
        assertTrue(failure.getMessage().contains("--lr"), failure.getMessage());
        for (Path file : List.of(folder.resolve("run/model.safetensors"), folder.resolve("run/checkpoints"))) {
            if (Files.exists(file) && !Files.isDirectory(file)) {
                Safetensors.read(file).forEach((name, tensor) -> assertFinite(name, tensor.values()));
            }
        }
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("run"))) {
            assertEquals("failed", directory.run().get("status").asText());
        }
    }

    private static void assertFinite(String name, float[] values) {
        for (float value : values) {
            assertTrue(Float.isFinite(value), name);
        }
    }

    @Test
    void startsFromAnotherModelOfTheSameTokens() {
        train(folder.resolve("first"), Runs.config(Cell.LSTM, 0), Runs.TEXT, Runs.settings(60));
        train(folder.resolve("second"), Runs.config(Cell.LSTM, 0), Runs.TEXT, from("first", 0));
        var first = Safetensors.read(folder.resolve("first/model.safetensors"));
        var second = Safetensors.read(folder.resolve("second/model.safetensors"));
        assertEquals(first.keySet(), second.keySet());
        first.forEach((name, tensor) ->
                assertArrayEquals(tensor.values(), second.get(name).values(), name));
        refuses("third", Runs.config(Cell.GRU, 0), from("first", 0), ExitCode.DATA, "another network");
        refuses("fourth", Runs.config(Cell.LSTM, 0), from("nowhere", 0), ExitCode.DATA, "nowhere");
        Tokenizer other = TestText.tokenizer(Runs.TRAINING.replace('b', 'B'));
        lstmgpu.data.TokenizerJson.write(other, folder.resolve("first/tokenizer.json"));
        refuses("fifth", Runs.config(Cell.LSTM, 0), from("first", 0), ExitCode.DATA, "tokenizer");
    }

    private TrainingSettings from(String model, int steps) {
        return Runs.with(
                Runs.settings(steps),
                new TrainingSettings.Run(
                        3,
                        Initialisation.UNIFORM,
                        Precision.FP32,
                        RnnImplementation.AUTO,
                        folder.resolve(model).toString(),
                        false,
                        List.of()));
    }

    private void refuses(String target, NetworkConfig config, TrainingSettings settings, ExitCode code, String word) {
        LstmGpuException refusal =
                assertThrows(LstmGpuException.class, () -> train(folder.resolve(target), config, Runs.TEXT, settings));
        assertEquals(code, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(word), refusal.getMessage());
    }

    @Test
    void aTextShorterThanOneBatchIsRefusedWithValuesThatFit() {
        TrainingText tiny = TestText.training(Runs.TOKENIZER, "one two three", null);
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class,
                () -> train(folder.resolve("tiny"), Runs.config(Cell.LSTM, 0), tiny, Runs.settings(1)));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("--batch-size 1 --seq-length 10"), refusal.getMessage());
    }

    @Test
    void everyEpochBeginsAtTheBeginningWithAZeroState() {
        int epoch = (Runs.TRAINING.length() - 1) / 4 / 10;
        assertEquals(lossOfLastStep(1), lossOfLastStep(epoch + 1), 1e-7);
        assertEquals(lossOfLastStep(2), lossOfLastStep(epoch + 2), 1e-7);
    }

    /** At a rate that changes nothing. */
    private double lossOfLastStep(int steps) {
        TrainingSettings settings = Runs.with(
                Runs.settings(steps), new OptimiserSettings(OptimizerSpec.Kind.SGD, 1e-30f, 0, 0, List.of(), 1));
        return train(folder.resolve("steps" + steps), Runs.config(Cell.LSTM, 0), Runs.TEXT, settings)
                .trainingLoss();
    }

    @Test
    void clippingBoundsWhatAStepChanges() {
        double loose = distance(0, "loose");
        double tight = distance(0.001f, "tight");
        assertEquals(0.001, tight, 1e-5, "SGD at rate 1 moves by the clipped norm");
        assertTrue(loose > 0.1, "without clipping by " + loose);
    }

    private double distance(float clip, String name) {
        TrainingSettings settings =
                Runs.with(Runs.settings(1), new OptimiserSettings(OptimizerSpec.Kind.SGD, 1, 0, 0, List.of(), clip));
        train(folder.resolve(name), Runs.config(Cell.LSTM, 0), Runs.TEXT, settings);
        double square = 0;
        try (Network model = new Network(backend, Runs.config(Cell.LSTM, 0), Precision.FP32)) {
            model.initialise(3, Initialisation.UNIFORM);
            var saved = Safetensors.read(folder.resolve(name).resolve("model.safetensors"));
            for (var entry : model.tensors().entrySet()) {
                float[] before = entry.getValue().values();
                float[] after = saved.get(entry.getKey()).values();
                for (int i = 0; i < before.length; i++) {
                    square += Math.pow((double) after[i] - before[i], 2);
                }
            }
        }
        return Math.sqrt(square);
    }
}
