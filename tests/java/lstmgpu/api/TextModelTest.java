package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import lstmgpu.TestText;
import lstmgpu.cli.CommandRun;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A text by the library is what it is by the program, to the last bit. */
class TextModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TextTraining TRAINING = TextModel.training()
            .preset("tiny")
            .cell("gru")
            .hiddenSize(16)
            .embeddingSize(8)
            .batchSize(8)
            .seqLength(16)
            .dropout(0.1)
            .maxSteps(12)
            .evalEvery(4)
            .sampleEvery(6)
            .sampleLength(20)
            .learningRate(0.003)
            .seed(5);

    @TempDir
    static Path folder;

    private static Path text;
    private static Device device;
    private static TextModel model;

    @BeforeAll
    static void train() throws IOException {
        text = Files.writeString(folder.resolve("text.txt"), TestText.sentences(60));
        device = Device.open("cpu", 1);
        model = TRAINING.train(device, Text.files(text), folder.resolve("api"));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static byte[] weights(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name).resolve("model.safetensors"));
    }

    private static List<String> command(String output) {
        return List.of(
                "train",
                text.toString(),
                "-o",
                folder.resolve(output).toString(),
                "--preset",
                "tiny",
                "--cell",
                "gru",
                "--hidden-size",
                "16",
                "--embedding-size",
                "8",
                "--batch-size",
                "8",
                "--seq-length",
                "16",
                "--dropout",
                "0.1",
                "--max-steps",
                "12",
                "--eval-every",
                "4",
                "--sample-every",
                "6",
                "--sample-length",
                "20",
                "--lr",
                "0.003",
                "--seed",
                "5",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--progress",
                "none");
    }

    @Test
    void trainingByTheLibraryIsTrainingByTheCommand() throws IOException {
        Commands.run(command("command").toArray(String[]::new)).succeeds();
        assertArrayEquals(weights("command"), weights("api"));
        for (String file : List.of("config.json", "tokenizer.json", "generation_config.json", "samples.txt")) {
            assertEquals(
                    Files.readString(folder.resolve("command").resolve(file)),
                    Files.readString(folder.resolve("api").resolve(file)),
                    file);
        }
        assertEquals(16, model.hiddenSize());
        assertEquals(1, model.numLayers());
        assertEquals("gru", model.cell());
        assertEquals(folder.resolve("api"), model.folder());
        assertEquals(device, model.device());
        TrainingResult result = model.trainingResult().orElseThrow();
        assertEquals(TrainingResult.Reason.COMPLETED, result.reason());
        assertEquals(12, result.steps());
        assertTrue(result.bestStep() > 0 && result.bestLoss().orElseThrow() > 0);
    }

    @Test
    void aTextInMemoryIsTheSameAsAFileAndACommandGoesOnWithIt() throws IOException {
        Path output = folder.resolve("memory");
        TRAINING.train(device, Text.of(Files.readString(text)), output).close();
        assertArrayEquals(weights("api"), weights("memory"));
        assertEquals("text", run("memory").at("/data/inputs/0/name").asText());
        Path half = folder.resolve("half");
        AtomicReference<Runnable> stop = new AtomicReference<>();
        TRAINING.listener(new TrainingListener() {
                    @Override
                    public void started(Start start) {
                        stop.set(start.stop());
                    }

                    @Override
                    public void evaluated(int step, Evaluation evaluation, boolean best) {
                        stop.get().run();
                    }
                })
                .train(device, Text.files(text), half)
                .close();
        assertNotEquals(12, run("half").get("steps").asInt());
        Commands.run(
                        "train",
                        "-o",
                        half.toString(),
                        "--resume",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertArrayEquals(weights("api"), weights("half"), "the program went on where the library had stopped");
    }

    @Test
    void textsInATableAreWhatTheyAreToTheCommand() throws IOException {
        Path table = Files.writeString(
                folder.resolve("table.csv"),
                "who,said\n"
                        + TestText.sentences(30)
                                .lines()
                                .map(line -> "a,\"" + line + "\"\n")
                                .reduce("", String::concat));
        Path own = Files.writeString(folder.resolve("own.csv"), "said\n\"A grey cat hid a letter before noon.\"\n");
        Path output = folder.resolve("table");
        TRAINING.maxSteps(3)
                .val(own)
                .train(device, Text.files(table).column("said"), output)
                .close();
        List<String> arguments = new ArrayList<>(command("table-command"));
        arguments.set(1, table.toString());
        arguments.set(arguments.indexOf("--max-steps") + 1, "3");
        arguments.addAll(List.of("--text-column", "said", "--val", own.toString()));
        Commands.run(arguments.toArray(String[]::new)).succeeds();
        assertArrayEquals(weights("table-command"), weights("table"));
        assertTrue(run("table").get("arguments").toString().contains("--text-column=said"));
        assertEquals(
                run("table-command").get("best_validation_loss"), run("table").get("best_validation_loss"));
        assertEquals(run("table-command").get("data"), run("table").get("data"));
        refused(
                LstmException.Kind.USAGE,
                "val",
                () -> TRAINING.val(own).valFrac(0.1).train(device, Text.files(table), folder.resolve("both")));
    }

    private static JsonNode run(String name) throws IOException {
        return JSON.readTree(folder.resolve(name).resolve("run.json").toFile());
    }

    /** The program has a locale of its own, and other people's have commas in numbers, or digits of their own. */
    @Test
    void filesAreTheSameWhereverItRuns() throws IOException {
        Locale before = Locale.getDefault();
        for (String locale : List.of("de-DE", "ar-EG-u-nu-arab", "tr-TR")) {
            Locale.setDefault(Locale.forLanguageTag(locale));
            try {
                TRAINING.overwrite(true)
                        .train(device, Text.files(text), folder.resolve("abroad"))
                        .close();
            } finally {
                Locale.setDefault(before);
            }
            assertArrayEquals(weights("api"), weights("abroad"), locale);
            for (String file : List.of("config.json", "samples.txt", "tokenizer.json")) {
                assertEquals(
                        Files.readString(folder.resolve("api").resolve(file)),
                        Files.readString(folder.resolve("abroad").resolve(file)),
                        file);
            }
            assertEquals(names(folder.resolve("api/checkpoints")), names(folder.resolve("abroad/checkpoints")));
            String metrics = Files.readString(folder.resolve("abroad").resolve("metrics.csv"));
            assertTrue(metrics.lines().skip(1).allMatch(line -> line.matches("[0-9eE,.+-]+")), metrics);
        }
    }

    private static List<String> names(Path parent) throws IOException {
        try (var files = Files.list(parent)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("step"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void itIsJudgedAsByTheCommand() throws IOException {
        JsonNode expected = JSON.readTree(on("eval", "--json"));
        Evaluation found = model.evaluate(Text.files(text));
        assertEquals(expected.get("loss").asDouble(), found.loss());
        assertEquals("nats per token", found.unit());
        assertEquals(expected.get("tokens").asLong(), found.count());
        assertEquals(
                List.of("perplexity", "bits_per_character", "bits_per_byte", "accuracy"),
                List.copyOf(found.metrics().keySet()));
        found.metrics().forEach((name, value) -> assertEquals(expected.get(name).asDouble(), value, name));
        String[] lines = on("score", "--json").split("\n");
        List<ScoredToken> scores = model.score(Text.of(Files.readString(text)));
        assertEquals(lines.length, scores.size());
        for (int i = 0; i < lines.length; i++) {
            JsonNode line = JSON.readTree(lines[i]);
            ScoredToken score = scores.get(i);
            assertEquals(line.get("position").asLong(), score.position());
            assertEquals(line.get("id").asInt(), score.id());
            assertEquals(line.get("token").asText(), score.token());
            assertEquals(line.get("logprob").asDouble(), score.logprob());
        }
    }

    private static String on(String command, String flag) {
        return Commands.run(
                        command,
                        folder.resolve("api").toString(),
                        text.toString(),
                        flag,
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .succeeds()
                .out();
    }

    @Test
    void itWritesWhatTheCommandWrites() throws IOException {
        CommandRun run = Commands.run(
                        "generate",
                        folder.resolve("api").toString(),
                        "-p",
                        "The old",
                        "-n",
                        "80",
                        "--temperature",
                        "0.7",
                        "--top-k",
                        "9",
                        "--min-p",
                        "0.01",
                        "--repeat-penalty",
                        "1.1",
                        "--seed",
                        "3",
                        "--format",
                        "jsonl",
                        "--logprobs",
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .succeeds();
        JsonNode expected = JSON.readTree(run.out());
        Sampling how = model.sampling()
                .length(80)
                .temperature(0.7)
                .topK(9)
                .minP(0.01)
                .repeatPenalty(1.1)
                .seed(3);
        StringBuilder pieces = new StringBuilder();
        List<TextListener.Token> heard = new ArrayList<>();
        Written written = model.generate(model.start(), "The old", how, new TextListener() {
            @Override
            public void text(String piece) {
                pieces.append(piece);
            }

            @Override
            public void token(Token token) {
                heard.add(token);
            }
        });
        assertEquals(expected.get("text").asText(), written.text());
        assertEquals(written.text(), pieces.toString());
        assertEquals(written.tokens(), heard);
        assertEquals(3, written.seed());
        for (int i = 0; i < 80; i++) {
            assertEquals(
                    expected.at("/tokens/" + i).asInt(), written.tokens().get(i).id());
            assertEquals(
                    expected.at("/logprobs/" + i).asDouble(),
                    written.tokens().get(i).logprob(),
                    1e-6);
        }
        assertEquals(written.text(), model.generate("The old", how));
        Written alone = model.generate(model.start(), "The old", how.prime(false), _ -> {});
        assertNotEquals(
                written.tokens().getFirst().logprob(), alone.tokens().getFirst().logprob(), "not behind a line's end");
    }

    @Test
    void aStateGoesOnExactlyAndInManyWays() {
        Sampling how = Sampling.defaults().seed(11);
        String whole = model.generate("A grey", how.length(70));
        Written first = model.generate(model.start(), "A grey", how.length(30), _ -> {});
        byte[] bytes = first.state().toBytes();
        TextState restored = model.state(bytes);
        Written second = model.generate(restored, "", how.length(40), _ -> {});
        assertEquals(whole, first.text() + second.text());
        assertEquals(
                second.text(),
                model.generate(first.state(), "", how.length(40), _ -> {}).text(),
                "once more");
        assertNotEquals(
                second.text(),
                model.generate(restored, "", how.length(40).seed(12), _ -> {}).text());
        assertArrayEquals(bytes, restored.toBytes());
        bytes[bytes.length / 2] ^= 1;
        refused(LstmException.Kind.DATA, "damaged", () -> model.state(bytes));
        try (TextModel other =
                TRAINING.seed(6).maxSteps(1).train(device, Text.files(text), folder.resolve("foreign"))) {
            refused(LstmException.Kind.DATA, "another model", () -> other.state(restored.toBytes()));
            refused(LstmException.Kind.DATA, "another model", () -> other.generate(restored, "", how, _ -> {}));
        }
    }

    @Test
    void stopTextsEndItAndSeedsAreTold() {
        Sampling free = model.sampling().length(200);
        Written stopped = model.generate(
                model.start(), "A grey", free.length(2000).seed(1).stop("\n"), _ -> {});
        assertTrue(stopped.stopped());
        assertEquals(-1, stopped.text().indexOf('\n'));
        assertEquals(OptionalLong.empty(), free.seed());
        Written any = model.generate(model.start(), "", free, _ -> {});
        assertEquals(any.text(), model.generate("", free.seed(any.seed())));
        assertEquals("", model.generate("A", free.length(0)));
        refused(LstmException.Kind.USAGE, "topP must lie in (0, 1]", () -> model.generate("A", free.topP(0)));
        refused(LstmException.Kind.DATA, "never seen: 'Ω'", () -> model.generate("Ω", free));
    }

    @Test
    void wordsThatNobodyKnowsAreReadAndNeverWritten() {
        TextTraining words =
                TRAINING.tokenizer("word").vocabSize(8).seqLength(4).maxSteps(5);
        try (TextModel few = words.train(device, Text.files(text), folder.resolve("words"))) {
            assertEquals(8, few.vocabularySize());
            String expected = Commands.run(
                            "generate",
                            folder.resolve("words").toString(),
                            "-n",
                            "60",
                            "--seed",
                            "4",
                            "--device",
                            "cpu",
                            "--threads",
                            "1")
                    .succeeds()
                    .out();
            String written = few.generate("", Sampling.defaults().length(60).seed(4));
            assertEquals(expected.strip(), written.strip());
            assertEquals(-1, written.indexOf("<unk>"));
            assertTrue(few.evaluate(Text.files(text)).loss() > 0);
        }
    }

    @Test
    void aListenerHearsTheRunAndStopsIt() throws IOException {
        Set<String> heard = new java.util.TreeSet<>();
        List<Integer> steps = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            private Runnable stop;

            @Override
            public void started(Start start) {
                heard.add("started");
                assertEquals(12, start.totalSteps());
                assertTrue(start.stepsPerEpoch() > 0 && start.trainingLength() > start.heldOutLength());
                stop = start.stop();
            }

            @Override
            public void progress(Progress progress) {
                heard.add("progress");
            }

            @Override
            public void evaluated(int step, Evaluation evaluation, boolean best) {
                steps.add(step);
                assertEquals("nats per token", evaluation.unit());
                if (step == 8) {
                    stop.run();
                }
            }

            @Override
            public void sample(int step, String sample) {
                heard.add("sample");
            }

            @Override
            public void checkpoint(int step, Path path) {
                heard.add("checkpoint");
                assertTrue(Files.exists(path));
            }
        };
        Path output = folder.resolve("heard");
        try (TextModel stopped = TRAINING.listener(listener).train(device, Text.files(text), output)) {
            TrainingResult result = stopped.trainingResult().orElseThrow();
            assertEquals(TrainingResult.Reason.STOPPED, result.reason());
            assertEquals(8, result.steps());
        }
        assertEquals(List.of(4, 8), steps);
        assertTrue(heard.containsAll(Arrays.asList("started", "sample", "checkpoint")), heard.toString());
        TRAINING.resume(true).train(device, Text.files(text), output).close();
        assertArrayEquals(weights("api"), weights("heard"));
    }

    @Test
    void settingsAreNamedInJavasWords() {
        Path output = folder.resolve("refused");
        Text own = Text.files(text);
        refused(
                LstmException.Kind.USAGE,
                "hiddenSize must lie in",
                () -> TRAINING.hiddenSize(0).train(device, own, output));
        refused(
                LstmException.Kind.USAGE,
                "learningRate must be above 0",
                () -> TRAINING.learningRate(0).train(device, own, output));
        refused(
                LstmException.Kind.USAGE,
                "cell is one of lstm, gru",
                () -> TRAINING.cell("grue").train(device, own, output));
        refused(LstmException.Kind.USAGE, "rnn", () -> TRAINING.rnn("cudnn").train(device, own, output));
        refused(
                LstmException.Kind.USAGE,
                "precision",
                () -> TRAINING.precision("bf16").train(device, own, output));
        refused(LstmException.Kind.USAGE, "overwrite", () -> TRAINING.train(device, own, folder.resolve("api")));
        refused(LstmException.Kind.DATA, "text (3 bytes)", () -> TRAINING.train(device, Text.of("abc"), output));
        refused(
                LstmException.Kind.DATA,
                "nowhere",
                () -> TRAINING.train(device, Text.files(Path.of("nowhere")), output));
        refused(LstmException.Kind.USAGE, "no file", () -> Text.files());
        assertTrue(Files.notExists(output));
        try (TextModel again = TRAINING.overwrite(true).maxSteps(1).train(device, own, folder.resolve("foreign2"))) {
            assertEquals(1, again.trainingResult().orElseThrow().steps());
        }
    }

    @Test
    void everySettingIsTheFlagOfItsName() throws IOException {
        Path output = folder.resolve("settings");
        TextModel.training()
                .preset("tiny")
                .hiddenSize(8)
                .numLayers(2)
                .embeddingSize(8)
                .tieWeights(true)
                .init("xavier")
                .optimizer("sgd")
                .learningRate(0.1)
                .momentum(0.5)
                .weightDecay(0.01)
                .gradClip(2)
                .schedule("step")
                .warmupSteps(2)
                .lrDecay(0.9)
                .decayEvery(3)
                .batchSize(4)
                .seqLength(8)
                .epochs(1)
                .maxTime(java.time.Duration.ofMinutes(5))
                .evalEvery(4)
                .patience(3)
                .minDelta(0.5)
                .saveEvery(6)
                .keep(1)
                .tensorboard(false)
                .rnn("auto")
                .precision("fp32")
                .valFrac(0.2)
                .testFrac(0.1)
                .minFreq(2)
                .stepSize(0)
                .resetState(0.1)
                .samplePrompt("A")
                .sampleLength(3)
                .extendVocab(false)
                .overwrite(false)
                .train(device, Text.files(text), output)
                .close();
        Path command = folder.resolve("settings-command");
        Commands.run(
                        "train",
                        text.toString(),
                        "-o",
                        command.toString(),
                        "--preset",
                        "tiny",
                        "--hidden-size",
                        "8",
                        "--num-layers",
                        "2",
                        "--embedding-size",
                        "8",
                        "--tie-weights",
                        "--init",
                        "xavier",
                        "--optimizer",
                        "sgd",
                        "--lr",
                        "0.1",
                        "--momentum",
                        "0.5",
                        "--weight-decay",
                        "0.01",
                        "--grad-clip",
                        "2",
                        "--schedule",
                        "step",
                        "--warmup-steps",
                        "2",
                        "--lr-decay",
                        "0.9",
                        "--decay-every",
                        "3",
                        "--batch-size",
                        "4",
                        "--seq-length",
                        "8",
                        "--epochs",
                        "1",
                        "--max-time",
                        "5m",
                        "--eval-every",
                        "4",
                        "--patience",
                        "3",
                        "--min-delta",
                        "0.5",
                        "--save-every",
                        "6",
                        "--keep",
                        "1",
                        "--val-frac",
                        "0.2",
                        "--test-frac",
                        "0.1",
                        "--min-freq",
                        "2",
                        "--step-size",
                        "0",
                        "--reset-state",
                        "0.1",
                        "--sample-prompt",
                        "A",
                        "--sample-length",
                        "3",
                        "--device",
                        "cpu",
                        "--threads",
                        "1",
                        "--progress",
                        "none")
                .succeeds();
        assertEquals(run("settings-command").get("settings"), run("settings").get("settings"));
        assertArrayEquals(weights("settings-command"), weights("settings"));
        Path grown = folder.resolve("grown");
        try (TextModel more = TextModel.training()
                .preset("tiny")
                .batchSize(4)
                .seqLength(8)
                .maxSteps(2)
                .initFrom(output)
                .extendVocab(true)
                .train(device, Text.of(Files.readString(text) + "ΩΩΩΩ"), grown)) {
            assertTrue(more.vocabularySize() > model.vocabularySize());
        }
    }

    static void refused(LstmException.Kind kind, String words, org.junit.jupiter.api.function.Executable call) {
        LstmException refusal = assertThrows(LstmException.class, call);
        assertEquals(kind, refusal.kind(), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
        assertEquals(-1, refusal.getMessage().indexOf("--"), refusal.getMessage());
    }
}
