package lstmgpu.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import lstmgpu.cli.CommandRun;
import lstmgpu.files.AtomicFiles;

/** Small models of every kind, trained once for all tests of the server. */
final class ServedModels {
    private static final Path FOLDER = folder();

    private static final String[] SMALL = {
        "--hidden-size", "16", "--batch-size", "8", "--device", "cpu", "--threads", "1", "--progress", "none"
    };

    private ServedModels() {}

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("lstm-gpu-served");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    AtomicFiles.deleteTree(folder);
                } catch (IOException left) {
                    throw new UncheckedIOException(left);
                }
            }));
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A language model by characters. */
    static synchronized Path text() {
        return text("book", "1");
    }

    /** The same with other weights. */
    static synchronized Path otherText() {
        return text("other", "2");
    }

    private static Path text(String name, String seed) {
        Path text = written(
                "text.txt",
                IntStream.range(0, 300)
                        .mapToObj(i -> "the cat sat on the mat number " + i % 7 + "\n")
                        .collect(Collectors.joining()));
        return trained(
                name,
                "train",
                text,
                "--preset",
                "tiny",
                "--embedding-size",
                "8",
                "--seq-length",
                "16",
                "--max-steps",
                "40",
                "--seed",
                seed);
    }

    /** A language model by bytes, which writes what is no UTF-8. */
    static synchronized Path bytes() {
        Path text = written("bytes.txt", "äöü€ßéè ".repeat(400));
        return trained(
                "bytes",
                "train",
                text,
                "--preset",
                "tiny",
                "--embedding-size",
                "8",
                "--seq-length",
                "16",
                "--max-steps",
                "2",
                "--tokenizer",
                "byte");
    }

    /** Tells whether a text is of cats or of dogs. */
    static synchronized Path classifier() {
        Path table = written(
                "pets.csv",
                IntStream.range(0, 60)
                        .mapToObj(i -> i % 2 == 0 ? "a cat purrs " + i + ",cat\n" : "the dog barks " + i + ",dog\n")
                        .collect(Collectors.joining("", "text,label\n", "")));
        return trained(
                "pets", "classify", table, "--max-steps", "10", "--text-column", "text", "--label-column", "label");
    }

    /** Forecasts a wave. */
    static synchronized Path forecaster() {
        Path table = table();
        return trained("air", "forecast", table, "--max-steps", "10", "--horizon", "4", "--input-size", "12");
    }

    /** What the forecasts are made of: {@code ds,y}. */
    static Path table() {
        return written(
                "wave.csv",
                IntStream.range(0, 120)
                        .mapToObj(i -> "%d-%02d-01,%.3f%n".formatted(2010 + i / 12, 1 + i % 12, 10 + Math.sin(i * 0.5)))
                        .collect(Collectors.joining("", "ds,y\n", "")));
    }

    private static Path written(String name, String text) {
        try {
            return Files.writeString(FOLDER.resolve(name), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path trained(String name, String command, Path data, String... flags) {
        Path model = FOLDER.resolve(name);
        if (!Files.exists(model)) {
            String[] words = command.equals("train") ? new String[] {command} : new String[] {command, "train"};
            CommandRun.of(joined(words, new String[] {data.toString(), "-o", model.toString()}, SMALL, flags))
                    .succeeds();
        }
        return model;
    }

    private static String[] joined(String[]... parts) {
        return java.util.stream.Stream.of(parts)
                .flatMap(java.util.stream.Stream::of)
                .toArray(String[]::new);
    }
}
