package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A shared library of a few lines, built by g++. */
public final class FakeLibrary {
    private FakeLibrary() {}

    public static Path build(Path file, String source, String... options) {
        try {
            Files.createDirectories(file.getParent());
            Path text = Files.writeString(file.resolveSibling(file.getFileName() + ".cpp"), source);
            List<String> command =
                    new ArrayList<>(List.of("g++", "-shared", "-fPIC", "-o", file.toString(), text.toString()));
            command.addAll(List.of(options));
            Process compiler =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String log = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (compiler.waitFor() != 0) {
                throw new AssertionError(log);
            }
            return file;
        } catch (IOException | InterruptedException failure) {
            throw new AssertionError("g++ is needed: tests/run installs it", failure);
        }
    }
}
