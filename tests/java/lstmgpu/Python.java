package lstmgpu;

import java.nio.file.Files;
import java.nio.file.Path;

/** The Python that has the packages with which this program is compared. */
public final class Python {
    private static final Path PEERS = Path.of("target/peers/bin/python").toAbsolutePath();

    private Python() {}

    /** That of the environment which {@code tests/run} makes, where there is one. */
    public static String command() {
        return Files.isExecutable(PEERS) ? PEERS.toString() : "python3";
    }
}
