package lstmgpu.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A text that a small network learns by heart, and a model of it. */
final class TinyModel {
    private TinyModel() {}

    static Path text(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("text.txt"),
                IntStream.range(0, 300)
                        .mapToObj(i -> "the cat sat on the mat number " + i % 7 + "\n")
                        .collect(Collectors.joining()));
    }

    /** Trains in {@code folder/model} from {@code folder/text.txt}. */
    static Path train(Path folder, String... more) throws IOException {
        return trainOn(text(folder), folder.resolve("model"), more);
    }

    static Path trainOn(Path text, Path model, String... more) {
        String[] arguments = {
            "train", text.toString(), "-o", model.toString(), "--preset", "tiny", "--hidden-size", "32",
            "--embedding-size", "8", "--batch-size", "8", "--seq-length", "16", "--max-steps", "40",
            "--device", "cpu", "--threads", "1", "--progress", "none"
        };
        String[] all = java.util.stream.Stream.concat(java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
                .toArray(String[]::new);
        CommandRun.of(all).succeeds();
        return model;
    }
}
