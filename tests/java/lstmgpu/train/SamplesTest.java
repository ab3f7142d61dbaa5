package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.TextSink;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplesTest {
    private final Backend backend = new CpuBackend(1);
    private final Runs.Observer observer = new Runs.Observer();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        backend.close();
    }

    private void train(TrainingSettings settings) {
        train("run", Runs.config(Cell.LSTM, 0), settings);
    }

    private void train(String name, NetworkConfig config, TrainingSettings settings) {
        Runs.train(backend, folder.resolve(name), config, Runs.TEXT, settings, observer);
    }

    @Test
    void writesSamplesWhileItTrains() {
        TrainingSettings settings = Runs.with(Runs.settings(20), new TrainingSettings.Samples(10, "one", 12));
        train(settings);
        assertEquals(
                List.of(10, 20),
                observer.samples.stream().map(TrainingListener.Sample::step).toList());
        assertTrue(observer.samples.getFirst().text().startsWith("one"));
        assertEquals(15, observer.samples.getFirst().text().length());
        String file = new String(Runs.bytes(folder.resolve("run/samples.txt")), StandardCharsets.UTF_8);
        assertTrue(
                file.contains("step 20")
                        && file.contains(observer.samples.getLast().text()),
                file);
        LstmGpuException refusal = assertThrows(
                LstmGpuException.class,
                () -> train(Runs.with(Runs.settings(20), new TrainingSettings.Samples(10, "QED", 12))));
        assertEquals(ExitCode.USAGE, refusal.exitCode());
    }

    @Test
    void writesASampleAnEpochUnlessToldOtherwise() {
        train(Runs.settings(200));
        List<Integer> evaluations = observer.evaluations.stream()
                .map(TrainingListener.Evaluation::step)
                .filter(step -> step < 200)
                .toList();
        assertTrue(evaluations.size() > 1, "the text is too long for two epochs");
        assertEquals(
                evaluations,
                observer.samples.stream()
                        .map(TrainingListener.Sample::step)
                        .filter(step -> step < 200)
                        .toList());
    }

    @Test
    void aPromptIsReadBehindALineEnd() {
        TrainingSettings settings = Runs.with(Runs.settings(20), new TrainingSettings.Samples(20, "one", 12));
        settings = Runs.with(settings, new TrainingSettings.Validation(20, 0, 0));
        train(settings);
        GenerationSettings same = new GenerationSettings(12, 0.8f, 0, 1, 0, false, 1, List.of(), 3 + 20, 1, false);
        try (Network model = new Network(backend, Runs.config(Cell.LSTM, 0), Precision.FP32);
                Generator generator = new Generator(model, Runs.TOKENIZER, same)) {
            model.load(ModelDirectory.open(folder.resolve("run")).weights());
            int[] prompt = Runs.TOKENIZER.encode("\none").ids();
            String written =
                    generator.generate(prompt, TextSink.NONE).getFirst().text();
            assertEquals("one" + written, observer.samples.getLast().text());
        }
    }

    @Test
    void samplesDoNotChangeWhatIsLearnt() {
        NetworkConfig config = Runs.config(Cell.LSTM, 0.3f);
        train("with", config, Runs.with(Runs.settings(20), new TrainingSettings.Samples(5, "", 5)));
        train("without", config, Runs.with(Runs.settings(20), new TrainingSettings.Samples(5, "", 0)));
        assertFalse(Files.exists(folder.resolve("without/samples.txt")));
        assertTrue(
                Runs.sameBytes(folder.resolve("with/model.safetensors"), folder.resolve("without/model.safetensors")));
    }
}
