package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import lstmgpu.data.TokenizerJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that commands have trained, as ONNX files with what one needs beside them. */
class ExportTest {
    @TempDir
    private Path folder;

    private CommandRun export(Path model) {
        return CommandRun.of(
                "export", model.toString(), "--onnx", folder.resolve("my.onnx").toString());
    }

    private Set<String> exported() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("my."))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aLanguageModelHasItsTokenizerBesideIt() throws IOException, OrtException {
        Path model = TinyModel.train(folder);
        Files.writeString(folder.resolve("my.onnx"), "an older model");
        Files.writeString(folder.resolve("my.forecast.json"), "{}");
        CommandRun run = export(model).succeeds();
        assertTrue(run.out().contains("my.onnx (") && run.out().contains(", beside it my.tokenizer.json\n"), run.out());
        assertTrue(
                run.out().contains(" computes the same as this program's reference: it differs by at most "),
                run.out());
        assertEquals(Set.of("my.onnx", "my.tokenizer.json"), exported());
        Path tokenizer = folder.resolve("my.tokenizer.json");
        assertArrayEquals(Files.readAllBytes(model.resolve("tokenizer.json")), Files.readAllBytes(tokenizer));
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session =
                environment.createSession(folder.resolve("my.onnx").toString())) {
            assertEquals(List.of("tokens", "h0", "c0"), List.copyOf(session.getInputNames()));
            assertEquals(List.of("logits", "hn", "cn"), List.copyOf(session.getOutputNames()));
            Map<String, String> metadata = session.getMetadata().getCustomMetadata();
            assertEquals("language-model", metadata.get("task"));
            assertEquals("32", metadata.get("hidden_size"));
            assertEquals("char", metadata.get("tokenizer"));
            assertTrue(metadata.get("input.h0").contains("zeros begin anew"), metadata.toString());
            // generate reads a prompt as the beginning of a line.
            String text = written(environment, session, "\nthe cat sat", 18);
            assertEquals(greedy(model, "the cat sat", "18"), text);
        }
    }

    private static String greedy(Path model, String prompt, String length) {
        return CommandRun.of("generate", model.toString(), "-p", prompt, "-n", length, "--greedy", "--device", "cpu")
                .succeeds()
                .out()
                .replaceFirst("\n$", "");
    }

    /** Greedily, as the example in docs/onnx.md does it. */
    private String written(OrtEnvironment environment, OrtSession session, String prompt, int count)
            throws OrtException {
        var tokenizer = TokenizerJson.read(folder.resolve("my.tokenizer.json"));
        int layers = Integer.parseInt(session.getMetadata().getCustomMetadata().get("num_layers"));
        float[][][] hidden = new float[layers][1][32];
        float[][][] cell = new float[layers][1][32];
        long[] read =
                Arrays.stream(tokenizer.encode(prompt).ids()).asLongStream().toArray();
        var decoder = tokenizer.decoder();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            try (OnnxTensor tokens = OnnxTensor.createTensor(environment, new long[][] {read});
                    OnnxTensor h = OnnxTensor.createTensor(environment, hidden);
                    OnnxTensor c = OnnxTensor.createTensor(environment, cell);
                    OrtSession.Result result = session.run(Map.of("tokens", tokens, "h0", h, "c0", c))) {
                float[][][] logits =
                        (float[][][]) result.get("logits").orElseThrow().getValue();
                hidden = (float[][][]) result.get("hn").orElseThrow().getValue();
                cell = (float[][][]) result.get("cn").orElseThrow().getValue();
                float[] last = logits[0][read.length - 1];
                int best = 0;
                for (int id = 1; id < last.length; id++) {
                    best = last[id] > last[best] ? id : best;
                }
                text.append(new String(decoder.next(best), StandardCharsets.UTF_8));
                read = new long[] {best};
            }
        }
        return text.toString();
    }

    @Test
    void aClassifierHasItsLabels() throws IOException {
        Path table = folder.resolve("mails.csv");
        Files.writeString(table, "text,label\n" + "good day,yes\nbad night,no\n".repeat(30));
        Path model = folder.resolve("model");
        CommandRun.of(
                        "classify",
                        "train",
                        table.toString(),
                        "-o",
                        model.toString(),
                        "--hidden-size",
                        "8",
                        "--embedding-size",
                        "4",
                        "--bidirectional",
                        "--pooling",
                        "mean",
                        "--max-steps",
                        "5",
                        "--batch-size",
                        "8",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        export(model).succeeds();
        assertEquals(Set.of("my.onnx", "my.tokenizer.json", "my.classifier.json"), exported());
    }

    @Test
    void aForecastHasWhatMakesItsFeatures() throws IOException {
        StringBuilder rows = new StringBuilder("ds,y\n");
        for (int i = 0; i < 60; i++) {
            rows.append("%d,%s\n".formatted(i, Math.sin(i)));
        }
        Path table = Files.writeString(folder.resolve("series.csv"), rows);
        Path model = folder.resolve("model");
        CommandRun.of(
                        "forecast",
                        "train",
                        table.toString(),
                        "-o",
                        model.toString(),
                        "--horizon",
                        "3",
                        "--input-size",
                        "8",
                        "--hidden-size",
                        "8",
                        "--loss",
                        "quantile",
                        "--max-steps",
                        "5",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        export(model).succeeds();
        assertEquals(Set.of("my.onnx", "my.forecast.json"), exported());
    }

    @Test
    void whatCannotBeWrittenIsRefusedBeforeAnyWork() throws IOException {
        Path model = TinyModel.train(folder, "--max-steps", "2");
        CommandRun.of("export", model.toString()).refuses(2, "--onnx");
        CommandRun.of(
                        "export",
                        model.toString(),
                        "--onnx",
                        model.resolve("model.safetensors").toString())
                .refuses(2, "must end in .onnx", "model.safetensors");
        CommandRun.of(
                        "export",
                        model.toString(),
                        "--onnx",
                        folder.resolve("none/my.onnx").toString())
                .refuses(2, "there is no folder none");
        CommandRun.of(
                        "export",
                        folder.resolve("nothing").toString(),
                        "--onnx",
                        folder.resolve("my.onnx").toString())
                .refuses(3, "nothing is not there");
        CommandRun.of("export", model.toString(), "--onnx", folder + "/.onnx").refuses(2, "an ending without a name");
        Files.delete(model.resolve("tokenizer.json"));
        export(model).refuses(3, "tokenizer.json");
        assertFalse(Files.exists(folder.resolve("my.onnx")));
    }
}
