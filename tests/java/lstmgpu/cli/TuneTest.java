package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TuneTest extends TuneCase {
    private static Path search;
    private static CommandRun done;

    @BeforeAll
    static void search() throws IOException {
        search = folder.resolve("search");
        done = tune(search, 9, RANGES).succeeds();
    }

    private static List<String> command(CommandRun run) {
        return List.of(run.out().lines().reduce("", (_, last) -> last).split(" "));
    }

    @Test
    void theBestThirdGoesOnToTheEnd() throws IOException {
        JsonNode trials = found(search).get("trials");
        assertEquals(9, trials.size());
        int[] steps = new int[28];
        for (JsonNode trial : trials) {
            JsonNode marks = trial.get("marks");
            steps[marks.get(marks.size() - 1).get("steps").asInt()]++;
        }
        assertEquals(List.of(6, 2, 1), List.of(steps[3], steps[9], steps[27]), "3, 9 and all of 27 steps");
        double third = trials.valueStream()
                .filter(trial -> trial.get("marks").size() == 3)
                .findFirst()
                .orElseThrow()
                .at("/marks/1/loss")
                .asDouble();
        trials.forEach(trial -> {
            if (trial.get("marks").size() == 2) {
                assertTrue(trial.at("/marks/1/loss").asDouble() >= third, "the best of the second rung went on");
            }
        });
    }

    @Test
    void theCommandOfTheBestGivesItsModelBitForBit() throws IOException {
        List<String> command = new ArrayList<>(command(done));
        assertEquals("lstm-gpu", command.removeFirst());
        assertEquals(search.resolve("best").toString(), command.getLast());
        command.addAll(List.of("--progress", "none"));
        CommandRun.of(command.toArray(String[]::new)).succeeds();
        int best = found(search)
                .get("trials")
                .valueStream()
                .filter(trial -> trial.get("marks").size() == 3)
                .findFirst()
                .orElseThrow()
                .get("run")
                .asInt();
        Path winner = search.resolve("runs").resolve("00" + best);
        assertArrayEquals(
                Files.readAllBytes(winner.resolve("model.safetensors")),
                Files.readAllBytes(search.resolve("best").resolve("model.safetensors")));
        assertTrue(done.out().contains("\nThe best, run " + best + ": held-out loss "), done.out());
        assertTrue(done.out().lines().limit(10).allMatch(line -> line.length() <= 80), done.out());
    }

    @Test
    void thePageHasAPictureOfAllRunsAndOneOfEachSetting() throws IOException {
        String page = Files.readString(search.resolve("tune.html"));
        assertEquals(3, page.split("<svg ", -1).length - 1);
        for (String shown : List.of(
                "seconds of training",
                "nats per token",
                "other runs",
                ">lr<",
                ">hidden-size<",
                "after 1/9 of the steps")) {
            assertTrue(page.contains(shown), shown);
        }
        assertTrue(page.contains(String.join(" ", command(done))), "the command of the best");
        try (Stream<Path> sessions = Files.list(search.resolve("tensorboard"))) {
            assertEquals(9, sessions.count());
        }
    }

    @Test
    void aRangeTestOfTheRateEndsWhereTheLossExplodes() throws IOException {
        Path output = folder.resolve("rates");
        CommandRun run = CommandRun.of(words(output, "--lr-range", "1e-5..10", "--range-steps", "120"))
                .succeeds();
        assertTrue(run.out().startsWith("the loss falls fastest at a learning rate of "), run.out());
        JsonNode found = JSON.readTree(output.resolve("lr-range.json").toFile());
        double steepest = found.get("steepest").asDouble();
        assertTrue(steepest > 1e-4 && steepest < 0.2, "where this network learns: " + steepest);
        assertTrue(found.get("lowest").asDouble() >= steepest);
        assertEquals(1e-5, found.at("/steps/0/learning_rate").asDouble(), 1e-12);
        String picture = Files.readString(output.resolve("lr-range.svg"));
        assertTrue(picture.contains("learning rate") && picture.contains("steepest"), "text in the picture");
        try (Stream<Path> left = Files.list(output)) {
            assertEquals(2, left.count(), "the run itself is gone");
        }
        List<String> command = command(run);
        assertEquals(output.resolve("model").toString(), command.getLast());
        assertEquals("--lr", command.get(command.size() - 4));
        CommandRun.of(words(output, "--lr-range", "1e-5..1")).refuses(2, "lr-range.svg is there already");
        CommandRun.of(words(output, "--lr-range", "1e-5..1", "--range-steps", "50", "--overwrite"))
                .succeeds();
        assertNotEquals(picture, Files.readString(output.resolve("lr-range.svg")));
    }

    @Test
    void aRangeTestThatCannotBeIsRefused() {
        Path output = folder.resolve("refused rates");
        CommandRun.of(words(output, "--lr-range", "1e-5..1", "--hidden-size", "4,8"))
                .refuses(2, "about one setting");
        CommandRun.of(words(output, "--lr-range", "0..1")).refuses(2, "--lr-range 0..1");
        CommandRun.of(words(output, "--lr-range", "1e-5..1", "--runs", "2")).refuses(2, "leave out --space, --runs");
        CommandRun.of(words(output, "--lr-range", "1e-5..1", "--range-steps", "5"))
                .refuses(2, "--range-steps must lie in");
        CommandRun.of("tune", "-o", output.toString(), "--lr-range", "1e-5..1")
                .refuses(2, "the command to search over");
    }

    private static String[] words(Path output, String... more) {
        List<String> words = new ArrayList<>(List.of(words(output, 1, more)));
        int runs = words.indexOf("--runs");
        words.subList(runs, runs + 2).clear();
        return words.toArray(String[]::new);
    }

    @Test
    void theSameCommandDrawsTheSameAndAnotherSeedOthers() throws IOException {
        Path again = folder.resolve("again");
        tune(again, 2, RANGES).succeeds();
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    found(search).at("/trials/" + i + "/settings"), found(again).at("/trials/" + i + "/settings"));
        }
        Path other = folder.resolve("other");
        String[] seeded =
                Stream.concat(Arrays.stream(RANGES), Stream.of("--seed", "5")).toArray(String[]::new);
        tune(other, 1, seeded).succeeds();
        assertNotEquals(found(search).at("/trials/0/settings"), found(other).at("/trials/0/settings"));
    }

    @Test
    void aSearchThatWasStoppedEndsAsOneThatWasNot() throws IOException {
        Path stopped = folder.resolve("stopped");
        CommandRun first =
                tune(stopped, 9, words("--max-time", "0.000001", RANGES)).succeeds();
        assertTrue(
                first.err().contains("go on with: lstm-gpu tune -o " + stopped + " --resume --max-time"), first.err());
        CommandRun.of("tune", "-o", stopped.toString(), "--resume", "--max-time", "0.3")
                .succeeds();
        CommandRun whole = tune(stopped, 9, RANGES).succeeds();
        assertEquals(losses(found(search)), losses(found(stopped)));
        assertEquals(command(done).subList(0, 20), command(whole).subList(0, 20));
        String before = Files.readString(stopped.resolve("tune.json"));
        CommandRun nothingLeft =
                CommandRun.of("tune", "-o", stopped.toString(), "--resume").succeeds();
        assertEquals(whole.out(), nothingLeft.out());
        assertEquals(
                before.length(), Files.readString(stopped.resolve("tune.json")).length());
    }

    private static String[] words(String flag, String value, String... more) {
        return Stream.concat(Stream.of(flag, value), Arrays.stream(more)).toArray(String[]::new);
    }

    private static List<String> losses(JsonNode record) {
        return record.get("trials")
                .valueStream()
                .map(trial -> trial.get("settings") + " "
                        + trial.get("marks")
                                .valueStream()
                                .map(mark -> mark.get("steps") + ":" + mark.get("loss"))
                                .toList())
                .toList();
    }

    @Test
    void whatASettingMakesImpossibleIsShownAndTheRestGoesOn() throws IOException {
        Path output = folder.resolve("impossible");
        CommandRun run = tune(output, 4, "--hidden-size", "8,16", "--seq-length", "16,99999")
                .succeeds();
        assertTrue(run.out().contains(" was refused: the training part of "), run.out());
        assertTrue(run.out().contains("The best, run "), run.out());
        assertTrue(run.err().contains("   refused  "), run.err());
    }

    @Test
    void aRunThatDivergesIsTheWorst() throws IOException {
        Path output = folder.resolve("diverging");
        CommandRun run = tune(
                        output, 2, "--lr", "0.01,1e30", "--optimizer", "sgd", "--grad-clip", "0", "--hidden-size", "8")
                .succeeds();
        assertTrue(run.out().contains("diverged"), run.out());
        assertTrue(run.out().lines().toList().get(2).contains("diverged"), "it comes last: " + run.out());
    }

    @Test
    void aFileOfSettingsIsAsGoodAsFlags() throws IOException {
        Path file = Files.writeString(folder.resolve("space.json"), """
            {"lr": "1e-3..1e-1", "hidden_size": [8, 16], "dropout": {"from": 0, "to": 0.5, "scale": "linear"},
             "tie-weights": [true, false]}
            """);
        Path output = folder.resolve("by-file");
        tune(output, 3, "--space", file.toString()).succeeds();
        JsonNode record = found(output);
        assertEquals("[\"0.001..0.1\",\"log\"]", record.at("/space/--lr").toString());
        assertEquals("[\"8\",\"16\"]", record.at("/space/--hidden-size").toString());
        assertEquals("[\"0..0.5\",\"linear\"]", record.at("/space/--dropout").toString());
        Files.delete(file);
        CommandRun.of("tune", "-o", output.toString(), "--resume", "--runs", "4")
                .succeeds();
        assertEquals(4, found(output).get("trials").size());
    }

    @Test
    void seriesAndClassesAreSearchedTheSameWay() throws IOException {
        StringBuilder sales = new StringBuilder("month,sales\n");
        StringBuilder topics = new StringBuilder("text,label\n");
        for (int i = 0; i < 60; i++) {
            sales.append("%d-%02d-01,%d\n".formatted(2000 + i / 12, i % 12 + 1, 100 + i % 7));
            topics.append("boat %d,sea\nsoup %d,food\n".formatted(i, i));
        }
        Path series = Files.writeString(folder.resolve("sales.csv"), sales.toString());
        Path labelled = Files.writeString(folder.resolve("topics.csv"), topics.toString());
        String[] more = {"--runs", "2", "--max-steps", "4", "--hidden-size", "4..8", "--device", "cpu", "--threads", "1"
        };
        for (String command : List.of("forecast", "classify")) {
            Path data = command.equals("forecast") ? series : labelled;
            Path output = folder.resolve(command);
            String[] all = Stream.concat(
                            Stream.of("tune", command, "train", data.toString(), "-o", output.toString()),
                            Arrays.stream(more))
                    .toArray(String[]::new);
            CommandRun run = CommandRun.of(all).succeeds();
            assertTrue(command(run).subList(0, 3).equals(List.of("lstm-gpu", command, "train")), run.out());
        }
        Path model = folder.resolve("forecast").resolve("runs").resolve("001");
        CommandRun.of("forecast", "predict", model.toString(), "--level", "80", "--device", "cpu")
                .succeeds();
    }

    @Test
    void progressNoneSaysNothing() {
        CommandRun run = tune(
                        folder.resolve("quiet"),
                        1,
                        Stream.concat(Arrays.stream(RANGES), Stream.of("--progress", "none"))
                                .toArray(String[]::new))
                .succeeds();
        assertEquals("", run.err());
        assertFalse(done.err().isEmpty());
        assertTrue(done.err().contains("shares of the steps: 1/9, 1/3, all, on these 9, 3, 1 of them"), done.err());
    }
}
