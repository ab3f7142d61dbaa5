package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.cpu.Bfloat16Unit;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.files.JsonFiles;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Regularisation;
import lstmgpu.store.Safetensors;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that was interrupted and resumed gives the bits of one that was not. */
class ResumeTest {
    private static final int STEPS = 40;

    @TempDir
    Path folder;

    /** What the run computes on; the reference keeps float64 and has a test of its own. */
    enum Device {
        ONE_THREAD,
        TWO_THREADS,
        CUDA_FUSED,
        CUDA_CUDNN,
        OPENCL;

        Backend open() {
            return switch (this) {
                case ONE_THREAD -> new CpuBackend(1);
                case TWO_THREADS -> new CpuBackend(2);
                case CUDA_FUSED, CUDA_CUDNN -> CudaTestBackend.open();
                case OPENCL -> OpenClTestBackend.open();
            };
        }

        RnnImplementation rnn() {
            return this == CUDA_FUSED
                    ? RnnImplementation.FUSED
                    : this == CUDA_CUDNN ? RnnImplementation.CUDNN : RnnImplementation.AUTO;
        }
    }

    /** @param stops steps after which the run is interrupted; 14 steps are an epoch */
    record Case(
            String name, Device device, Cell cell, TrainingSettings settings, TrainingText text, List<Integer> stops) {
        Case(String name, Cell cell, TrainingSettings settings, TrainingText text, List<Integer> stops) {
            this(name, Device.ONE_THREAD, cell, settings, text, stops);
        }

        Case on(Device other, Precision precision) {
            TrainingSettings.Run run = settings.run();
            TrainingSettings changed = Runs.with(
                    settings,
                    new TrainingSettings.Run(
                            run.seed(), run.initialisation(), precision, other.rnn(), null, false, List.of()));
            return new Case(name + ", " + other + ", " + precision, other, cell, changed, text, stops);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        TrainingSettings plain = Runs.settings(STEPS);
        RateSettings plateau = new RateSettings(Schedule.Kind.PLATEAU, 5, 0.5f, 1);
        TrainingSettings.Validation often = new TrainingSettings.Validation(3, 0, 0.05);
        TrainingSettings plateauOften = Runs.with(Runs.with(plain, plateau), often);
        TrainingSettings cosine = Runs.with(plain, new RateSettings(Schedule.Kind.COSINE, 4, 0.5f, 0));
        TrainingSettings momentum =
                Runs.with(plain, new OptimiserSettings(OptimizerSpec.Kind.SGD, 0.1f, 0.9f, 0.01f, List.of(), 0.5f));
        TrainingSettings windows =
                Runs.with(plain, new TrainingSettings.Loop(4, 10, 7, 0, TrainingSettings.UNLIMITED, STEPS, 0));
        TrainingSettings varying =
                Runs.with(plain, new TrainingSettings.Loop(4, 10, 0, 0.2f, true, TrainingSettings.UNLIMITED, STEPS, 0));
        TrainingSettings patient = Runs.with(plain, new TrainingSettings.Validation(2, 3, 0.2));
        TrainingSettings samples = Runs.with(plain, new TrainingSettings.Samples(4, "one", 20));
        TrainingText unheld = TestText.training(Runs.TEXT.training(), null, 1, "hash");
        List<Case> cases = new ArrayList<>();
        cases.add(new Case("plateau, in an epoch", Cell.LSTM, plateauOften, Runs.TEXT, List.of(19)));
        cases.add(new Case("at an epoch's end", Cell.GRU, plain, Runs.TEXT, List.of(14)));
        cases.add(new Case("after an epoch's first step", Cell.GRU, plain, Runs.TEXT, List.of(15)));
        cases.add(new Case("before an epoch's last step", Cell.RNN_RELU, plain, Runs.TEXT, List.of(13, 27)));
        cases.add(new Case("at the ends of two epochs", Cell.LSTM, plateauOften, Runs.TEXT, List.of(14, 28)));
        cases.add(new Case("after the first step and at the last", Cell.LSTM, plateauOften, Runs.TEXT, List.of(1, 40)));
        cases.add(new Case("twice", Cell.LSTM, cosine, Runs.TEXT, List.of(5, 27)));
        cases.add(new Case("momentum", Cell.RNN_TANH, momentum, Runs.TEXT, List.of(13)));
        cases.add(new Case("windows", Cell.LSTM, windows, Runs.TEXT, List.of(16)));
        cases.add(new Case("steps of random lengths", Cell.LSTM, varying, Runs.TEXT, List.of(3, 17)));
        cases.add(new Case("patience", Cell.LSTM, patient, Runs.TEXT, List.of(3, 5)));
        cases.add(new Case("samples", Cell.GRU, samples, Runs.TEXT, List.of(8, 17)));
        cases.add(new Case("no held-out text", Cell.LSTM, plateauOften, unheld, List.of(20)));
        Case twice = new Case("twice, once at an epoch's end", Cell.LSTM, plateauOften, Runs.TEXT, List.of(9, 28));
        cases.add(twice.on(Device.TWO_THREADS, Precision.FP32));
        if (Bfloat16Unit.fastest() != null) {
            cases.add(twice.on(Device.TWO_THREADS, Precision.BF16));
        }
        cases.add(twice.on(Device.CUDA_FUSED, Precision.BF16));
        cases.add(twice.on(Device.CUDA_CUDNN, Precision.FP32));
        cases.add(twice.on(Device.OPENCL, Precision.FP32));
        // The mean begins after step 18, as AveragedRunTest says.
        TrainingSettings mean = AveragedRunTest.mean(STEPS);
        cases.add(new Case("mean, not begun and begun", Cell.LSTM, mean, Runs.TEXT, List.of(17, 21)));
        Case averaged = new Case("average", Cell.GRU, AveragedRunTest.exponential(STEPS), Runs.TEXT, List.of(7));
        cases.add(averaged);
        cases.add(averaged.on(Device.CUDA_FUSED, Precision.BF16));
        cases.add(averaged.on(Device.OPENCL, Precision.FP32));
        TrainingSettings regularised = Runs.with(plain, new Regularisation(0.3f, 0.2f, 0.4f, 0.1f, true, 2, 1, 0.1f));
        Case masked = new Case("regularised", Cell.LSTM, regularised, Runs.TEXT, List.of(7));
        cases.add(masked);
        cases.add(masked.on(Device.CUDA_FUSED, Precision.BF16));
        return cases;
    }

    private static TrainingResult train(Case test, Path target, TrainingSettings settings, int stopAfter) {
        try (Backend backend = test.device().open()) {
            return Runs.train(
                    backend,
                    target,
                    Runs.config(test.cell(), 0.3f),
                    test.text(),
                    settings,
                    new Runs.Observer(),
                    stopAfter);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theBitsAreThoseOfARunThatWasNeverInterrupted(Case test) {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        TrainingResult expected = train(test, whole, test.settings(), Integer.MAX_VALUE);
        assertEquals(
                test.name().equals("patience") ? TrainingResult.Reason.PATIENCE : TrainingResult.Reason.COMPLETED,
                expected.reason());
        int done = 0;
        for (int stop : test.stops()) {
            TrainingSettings settings = done == 0 ? test.settings() : Runs.resumed(test.settings());
            TrainingResult part = train(test, parts, settings, stop - done);
            assertEquals(TrainingResult.Reason.STOP_REQUESTED, part.reason());
            assertEquals(stop, part.steps());
            assertTrue(Files.exists(parts.resolve("model.safetensors")), "an interrupted run leaves a model");
            done = stop;
        }
        TrainingResult rest = train(test, parts, Runs.resumed(test.settings()), Integer.MAX_VALUE);
        assertEquals(expected.trainingLoss(), rest.trainingLoss());
        assertEquals(expected.bestLoss(), rest.bestLoss());
        assertEquals(expected.bestStep(), rest.bestStep());
        compare(whole, parts, expected.steps());
    }

    /** What a process that died after its last checkpoint has written since is taken back and comes again. */
    @Test
    void aRunThatDiedGoesOnFromItsLastCheckpointAndItsFilesTellNothingTwice() {
        TrainingSettings settings = Runs.with(
                Runs.with(
                        Runs.with(Runs.settings(STEPS), new TrainingSettings.Samples(4, "one", 20)),
                        new TrainingSettings.Validation(5, 0, 0)),
                new TrainingSettings.Saving(11, 2, false));
        Case test = new Case("died", Cell.LSTM, settings, Runs.TEXT, List.of());
        train(test, folder.resolve("whole"), settings, Integer.MAX_VALUE);
        Path parts = folder.resolve("parts");
        AssertionError death = new AssertionError("died");
        Runs.Observer dying = new Runs.Observer() {
            @Override
            public void evaluation(Evaluation evaluation) {
                if (evaluation.step() == 20) {
                    throw death;
                }
            }
        };
        try (Backend backend = new CpuBackend(1)) {
            NetworkConfig config = Runs.config(Cell.LSTM, 0.3f);
            assertSame(
                    death,
                    assertThrows(
                            AssertionError.class,
                            () -> Runs.train(backend, parts, config, Runs.TEXT, settings, dying)));
        }
        assertTrue(text(parts.resolve("samples.txt")).contains("step 16"), "it has drawn since its checkpoint");
        train(test, parts, Runs.resumed(settings), Integer.MAX_VALUE);
        compare(folder.resolve("whole"), parts, STEPS);
    }

    private static String text(Path file) {
        return Files.exists(file) ? new String(Runs.bytes(file), StandardCharsets.UTF_8) : "";
    }

    private static void compare(Path whole, Path parts, int steps) {
        String last = "checkpoints/step-%08d".formatted(steps);
        assertEquals(text(whole.resolve("samples.txt")), text(parts.resolve("samples.txt")));
        assertTrue(Runs.sameBytes(whole.resolve("model.safetensors"), parts.resolve("model.safetensors")));
        for (Path file : Runs.files(whole.resolve(last))) {
            Path other = parts.resolve(last).resolve(file.getFileName());
            if (file.getFileName().toString().equals("state.json")) {
                ObjectNode left = JsonFiles.readSealed(file);
                ObjectNode right = JsonFiles.readSealed(other);
                left.remove("seconds");
                right.remove("seconds");
                assertEquals(left, right);
            } else {
                assertTrue(Runs.sameBytes(file, other), file.getFileName() + " differs");
            }
        }
        assertEquals(columns(whole), columns(parts), "metrics.csv");
    }

    /** Steps and losses of metrics.csv, without what depends on the clock. */
    private static List<String> columns(Path directory) {
        return text(directory.resolve("metrics.csv"))
                .lines()
                .map(line -> String.join(
                        ",", java.util.Arrays.asList(line.split(",")).subList(0, 7)))
                .toList();
    }

    @Test
    void aRunThatEndedGoesOnAsIfItHadBeenLongerFromTheBeginning() {
        Case test = cases().getFirst();
        train(test, folder.resolve("whole"), test.settings(), Integer.MAX_VALUE);
        TrainingSettings shorter = Runs.with(
                test.settings(), new TrainingSettings.Loop(4, 10, 0, 0.2f, TrainingSettings.UNLIMITED, 17, 0));
        train(test, folder.resolve("parts"), shorter, Integer.MAX_VALUE);
        train(test, folder.resolve("parts"), Runs.resumed(test.settings()), Integer.MAX_VALUE);
        String last = "checkpoints/step-%08d/".formatted(STEPS);
        for (String file : List.of("model.safetensors", "optimizer.safetensors", "carried.safetensors")) {
            Path other = folder.resolve("parts/" + last + file);
            assertTrue(Runs.sameBytes(folder.resolve("whole/" + last + file), other), file);
        }
    }

    /** The reference keeps float64, a checkpoint float32: there a resumed run is the same up to that rounding. */
    @Test
    void onTheReferenceTheWeightsAgreeToTheLastFloat() {
        TrainingSettings settings = Runs.settings(12);
        NetworkConfig config = Runs.config(Cell.LSTM, 0.3f);
        try (Backend backend = new ReferenceBackend()) {
            Runs.train(backend, folder.resolve("whole"), config, Runs.TEXT, settings, new Runs.Observer());
            Runs.train(backend, folder.resolve("parts"), config, Runs.TEXT, settings, new Runs.Observer(), 5);
            TrainingSettings resumed = Runs.resumed(settings);
            Runs.train(backend, folder.resolve("parts"), config, Runs.TEXT, resumed, new Runs.Observer());
        }
        var whole = Safetensors.read(folder.resolve("whole/checkpoints/step-00000012/model.safetensors"));
        var parts = Safetensors.read(folder.resolve("parts/checkpoints/step-00000012/model.safetensors"));
        whole.forEach((name, tensor) ->
                assertArrayEquals(tensor.values(), parts.get(name).values(), 1e-5f, name));
    }

    @Test
    void theSameSeedGivesTheSameBitsAndAnotherSeedOthers() {
        Case test = cases().getFirst();
        train(test, folder.resolve("one"), test.settings(), Integer.MAX_VALUE);
        train(test, folder.resolve("two"), test.settings(), Integer.MAX_VALUE);
        TrainingSettings.Run run = test.settings().run();
        TrainingSettings other = Runs.with(
                test.settings(),
                new TrainingSettings.Run(
                        run.seed() + 1, run.initialisation(), run.precision(), run.rnn(), null, false, List.of()));
        train(test, folder.resolve("three"), other, Integer.MAX_VALUE);
        Path model = Path.of("model.safetensors");
        assertTrue(Runs.sameBytes(
                folder.resolve("one").resolve(model), folder.resolve("two").resolve(model)));
        assertFalse(Runs.sameBytes(
                folder.resolve("one").resolve(model), folder.resolve("three").resolve(model)));
    }
}
