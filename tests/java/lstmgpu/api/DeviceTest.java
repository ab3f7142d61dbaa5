package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices and models opened, shared among threads, and closed. */
class DeviceTest {
    private static final TextTraining TRAINING = TextModel.training()
            .preset("tiny")
            .hiddenSize(16)
            .batchSize(4)
            .seqLength(8)
            .maxSteps(3);

    @TempDir
    Path folder;

    @Test
    void aDeviceTellsWhatItIs() {
        try (Device device = Device.open("cpu", 1)) {
            assertEquals("cpu", device.kind());
            assertFalse(device.name().isEmpty());
            assertTrue(device.detail().contains("1 thread"), device.detail());
            assertTrue(device.memoryBytes() > 0);
            assertEquals(List.of(), device.notices());
        }
        try (Device device = Device.open("auto")) {
            assertTrue(device.kind().equals("cpu") == !device.notices().isEmpty(), device.kind());
        }
        TextModelRig.refused(LstmException.Kind.USAGE, "device tpu is unknown", () -> Device.open("tpu"));
        TextModelRig.refused(LstmException.Kind.USAGE, "threads must lie in", () -> Device.open("cpu", -1));
        TextModelRig.refused(LstmException.Kind.DEVICE, "not available", () -> Device.open("cuda:99"));
    }

    @Test
    void kindsAreTheExitCodes() {
        List<Integer> codes = new ArrayList<>();
        for (LstmException.Kind kind : LstmException.Kind.values()) {
            codes.add(kind.exitCode());
        }
        assertEquals(List.of(1, 2, 3, 4, 5, 6), codes);
    }

    @Test
    void whatDivergesAndWhatDoesNotFitIsTold() {
        try (Device device = Device.open("cpu", 1)) {
            TextModelRig.refused(
                    LstmException.Kind.DIVERGED,
                    "diverged",
                    () -> TRAINING.optimizer("sgd")
                            .learningRate(1e20)
                            .gradClip(0)
                            .maxSteps(60)
                            .train(device, Text.of(TestText.rhyme(40)), folder.resolve("wild")));
            LstmGpuException internal = new LstmGpuException(ExitCode.MEMORY, "--batch-size 8 would fit, in /a--b/c");
            LstmException told = assertThrows(
                    LstmException.class,
                    () -> device.use(() -> {
                        throw internal;
                    }));
            assertEquals(LstmException.Kind.MEMORY, told.kind());
            assertEquals("batchSize 8 would fit, in /a--b/c", told.getMessage());
            assertEquals(internal, told.getCause());
            TextModelRig.refused(
                    LstmException.Kind.MEMORY,
                    "heap (full)",
                    () -> device.use(() -> {
                        throw new OutOfMemoryError("full");
                    }));
        }
    }

    @Test
    void modelsAreLoadedByWhatTheyHaveLearnt() {
        try (Device device = Device.open("cpu", 1)) {
            TRAINING.train(device, Text.of(TestText.rhyme(40)), folder.resolve("text"))
                    .close();
            assertInstanceOf(TextModel.class, Model.load(device, folder.resolve("text")));
            try (TextModel loaded = TextModel.load(device, folder.resolve("text"))) {
                assertTrue(loaded.trainingResult().isEmpty());
                assertTrue(loaded.parameters() > 1000);
            }
            TextModelRig.refused(
                    LstmException.Kind.DATA, "tells no classes", () -> ClassModel.load(device, folder.resolve("text")));
            TextModelRig.refused(
                    LstmException.Kind.DATA,
                    "forecasts no series",
                    () -> SeriesModel.load(device, folder.resolve("text")));
            TextModelRig.refused(LstmException.Kind.DATA, "not there", () -> Model.load(device, folder.resolve("no")));
        }
    }

    @Test
    void whatIsClosedIsNotUsed() {
        Device device = Device.open("cpu", 1);
        TextModel model = TRAINING.train(device, Text.of(TestText.rhyme(40)), folder.resolve("text"));
        TextModel other = TextModel.load(device, folder.resolve("text"));
        model.close();
        model.close();
        assertTrue(told(() -> model.generate("one", Sampling.defaults())).contains("the model is closed"));
        assertEquals(5, other.generate("one", Sampling.defaults().length(5)).length());
        assertFalse(device.isClosed());
        device.close();
        device.close();
        assertTrue(device.isClosed());
        assertTrue(told(() -> other.generate("one", Sampling.defaults())).contains("the device is closed"));
        assertTrue(told(() -> Model.load(device, folder.resolve("text"))).contains("the device is closed"));
        other.close();
        assertThrows(NullPointerException.class, () -> TextModel.load(device, null));
    }

    private static String told(org.junit.jupiter.api.function.Executable call) {
        return assertThrows(IllegalStateException.class, call).getMessage();
    }

    /** On one network, four threads would mix up their states without the lock. */
    @Test
    void threadsWaitForEachOther() throws InterruptedException, ExecutionException {
        try (Device device = Device.open("cpu", 2);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            TextModel model = TRAINING.train(device, Text.of(TestText.rhyme(40)), folder.resolve("text"));
            Sampling how = Sampling.defaults().length(120);
            List<String> expected = new ArrayList<>();
            List<Future<String>> found = new ArrayList<>();
            for (int seed = 0; seed < 8; seed++) {
                expected.add(model.generate("one", how.seed(seed)));
            }
            double loss = model.evaluate(Text.of(TestText.rhyme(3))).loss();
            for (int seed = 0; seed < 8; seed++) {
                int own = seed;
                found.add(threads.submit(() -> {
                    assertEquals(
                            loss, model.evaluate(Text.of(TestText.rhyme(3))).loss());
                    return model.generate("one", how.seed(own));
                }));
            }
            for (int seed = 0; seed < 8; seed++) {
                assertEquals(expected.get(seed), found.get(seed).get());
            }
        }
    }

    /** A listener may use the device that calls it. */
    @Test
    void aListenerMayWriteMeanwhile() {
        try (Device device = Device.open("cpu", 1)) {
            TextModel model = TRAINING.train(device, Text.of(TestText.rhyme(40)), folder.resolve("text"));
            List<String> written = new ArrayList<>();
            TRAINING.evalEvery(1)
                    .listener(new TrainingListener() {
                        @Override
                        public void evaluated(int step, Evaluation evaluation, boolean best) {
                            written.add(model.generate(
                                    "one", Sampling.defaults().length(4).seed(1)));
                        }
                    })
                    .train(device, Text.of(TestText.rhyme(40)), folder.resolve("more"));
            assertEquals(3, written.size());
            assertEquals(1, written.stream().distinct().count());
            RuntimeException thrown = new IllegalArgumentException("enough");
            assertEquals(
                    thrown,
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> model.generate(model.start(), "one", Sampling.defaults(), _ -> {
                                throw thrown;
                            })));
            assertEquals(4, model.generate("one", Sampling.defaults().length(4)).length(), "and goes on afterwards");
        }
    }
}
