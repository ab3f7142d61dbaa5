package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import lstmgpu.TestText;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.Test;

/** Training on texts by the library is that by the program, to the last bit. */
class TextModelTest extends TextModelRig {
    private static List<String> command(String output) {
        return List.of(words(
                "train %s -o %s --preset tiny --cell gru --hidden-size 16 --embedding-size 8 "
                        + "--batch-size 8 --seq-length 16 --dropout 0.1 --max-steps 12 --eval-every 4 "
                        + "--sample-every 6 --sample-length 20 --lr 0.003 --seed 5 --device cpu --threads 1 "
                        + "--progress none",
                text, folder.resolve(output)));
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
        Commands.run(words("train -o %s --resume --device cpu --threads 1 --progress none", half))
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
                () -> TRAINING.precision("tf32").train(device, own, output));
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
}
