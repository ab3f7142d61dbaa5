package lstmgpu.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.SpecialFile;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ResultStream;
import lstmgpu.files.AtomicFiles;

/**
 * Model folders that somebody else has filled, in one process: every kind of special file in the place of every file,
 * and every {@link FileDamage}. Whatever is read of them, a command ends soon, with its result or one sentence, and
 * touches nothing outside.
 *
 * <p>{@code HostileFolders WORK COUNT SEED}; ends with 1 where a command does otherwise.
 */
final class HostileFolders {
    private static final long LONGEST_MILLIS = 20_000;
    private static final int LONGEST_MESSAGE = 1000;
    private static final int RESUME = 0;
    private static final int COMMANDS = 8;
    private static final String PRECIOUS = "precious";
    private static final List<Integer> CODES = List.of(0, 1, 2, 3);

    private final Path work;
    private final Random random;
    private final FileDamage damage;
    private final Path text;
    private final Path model;
    private final Path other;
    private final Path attacked;
    private final Path outside;
    private static int failures;

    private record Outcome(int code, String err) {}

    private HostileFolders(Path work, long seed) throws IOException {
        this.work = work;
        this.random = new Random(seed);
        this.damage = new FileDamage(random);
        this.text = Files.writeString(
                work.resolve("text"),
                IntStream.range(0, 100)
                        .mapToObj(i -> "the cat sat on the mat number " + i % 7 + "\n")
                        .collect(Collectors.joining()));
        this.model = train("model", "0");
        this.other = train("other", "1");
        this.attacked = work.resolve("attacked");
        this.outside = Files.createDirectory(work.resolve("outside")).resolve("file");
    }

    public static void main(String[] arguments) throws Exception {
        long seed = Long.parseLong(arguments[2]);
        HostileFolders folders = new HostileFolders(Path.of(arguments[0]).toRealPath(), seed);
        int count = folders.run(Integer.parseInt(arguments[1]));
        long seconds = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toSeconds();
        System.out.printf(
                "%d mutations, seed %d, %d failures, %d seconds of processor%n", count, seed, failures, seconds);
        System.exit(failures == 0 ? 0 : 1);
    }

    private Path train(String name, String seed) throws IOException {
        Path folder = work.resolve(name);
        Outcome trained = run(
                "train",
                text.toString(),
                "-o",
                folder.toString(),
                "--preset",
                "tiny",
                "--hidden-size",
                "8",
                "--embedding-size",
                "4",
                "--batch-size",
                "2",
                "--seq-length",
                "5",
                "--max-steps",
                "4",
                "--eval-every",
                "2",
                "--save-every",
                "2",
                "--sample-every",
                "2",
                "--sample-length",
                "3",
                "--tensorboard",
                "--seed",
                seed,
                "--progress",
                "none",
                "--device",
                "cpu",
                "--threads",
                "1");
        require(trained.code == 0, trained.err);
        return folder;
    }

    private int run(int count) throws Exception {
        int done = 0;
        List<Path> files = files();
        for (Path file : files) {
            for (SpecialFile kind : SpecialFile.values()) {
                if (special(kind, file, RESUME)) {
                    special(kind, file, 1 + (done + random.nextInt(2)) % (COMMANDS - 1));
                    done++;
                }
            }
        }
        while (done < count) {
            fresh();
            Path file = files.get(random.nextInt(files.size()));
            String what = damage.put(attacked.resolve(file), other.resolve(file));
            command(what + " in " + file, done++);
        }
        return done;
    }

    /** Whether this machine can make such a thing. */
    private boolean special(SpecialFile kind, Path file, int turn) throws Exception {
        fresh();
        Path place = attacked.resolve(file);
        byte[] before = kind.leadsToAFile() ? Files.readAllBytes(place) : PRECIOUS.getBytes(StandardCharsets.UTF_8);
        Files.delete(place);
        Files.write(outside, before);
        if (!kind.put(place, outside)) {
            return false;
        }
        String what = kind + " at " + file;
        command(what, turn);
        require(Arrays.equals(before, Files.readAllBytes(outside)), what + " leads outside");
        require(
                !Files.exists(outside.resolveSibling("nothing"), LinkOption.NOFOLLOW_LINKS),
                what + " makes a file outside");
        return true;
    }

    /** All files by their way from the folder, the lock too. */
    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(model)) {
            return all.filter(Files::isRegularFile)
                    .map(model::relativize)
                    .sorted()
                    .toList();
        }
    }

    private void fresh() throws IOException {
        AtomicFiles.deleteTree(attacked);
        try (Stream<Path> all = Files.walk(model)) {
            for (Path path : all.toList()) {
                Files.copy(path, attacked.resolve(model.relativize(path).toString()));
            }
        }
    }

    /** What people do with a folder, by turns. */
    private void command(String what, int turn) throws Exception {
        String folder = attacked.toString();
        String[][] commands = {
            {"train", "-o", folder, "--resume", "--max-steps", "6", "--progress", "none"},
            {"generate", folder, "-n", "3", "--device", "cpu", "--threads", "1"},
            {"inspect", folder},
            {"train", "-o", folder, "--resume", "--max-steps", "5", "--progress", "none"},
            {"compare", folder, model.toString()},
            {"eval", folder, text.toString(), "--device", "cpu", "--threads", "1"},
            {"export", folder, "--onnx", work.resolve("exported.onnx").toString()},
            {
                "train",
                text.toString(),
                "-o",
                folder,
                "--max-steps",
                "1",
                "--overwrite",
                "--batch-size",
                "2",
                "--seq-length",
                "5",
                "--progress",
                "none",
                "--preset",
                "tiny",
                "--hidden-size",
                "8"
            },
        };
        String[] words = commands[turn % COMMANDS];
        if (words[0].equals("train")) {
            words = Stream.concat(Arrays.stream(words), Stream.of("--device", "cpu", "--threads", "1"))
                    .toArray(String[]::new);
        }
        String[] command = words;
        Outcome[] outcome = new Outcome[1];
        Thread thread = Thread.ofPlatform().daemon().start(() -> outcome[0] = run(command));
        thread.join(LONGEST_MILLIS);
        String told = what + ": " + String.join(" ", command);
        if (outcome[0] == null) {
            System.err.println(told + " has no end");
            System.exit(1);
        }
        String err = outcome[0].err;
        require(CODES.contains(outcome[0].code), told + " ends with " + outcome[0].code + ": " + err);
        require(
                !err.contains("\tat ") && !err.contains("Exception") && !err.contains("internal error"),
                told + ": " + err);
        err.lines().forEach(line -> require(line.length() < LONGEST_MESSAGE, told + " has no end in: " + err));
    }

    private static Outcome run(String... command) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new ResultStream(new ByteArrayOutputStream(), false),
                new ResultStream(err, false),
                Map.of("LSTM_GPU_CACHE", System.getenv("LSTM_GPU_CACHE")),
                false);
        return new Outcome(Program.run(console, command), err.toString(StandardCharsets.UTF_8));
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            System.err.println(what);
            failures++;
        }
    }
}
