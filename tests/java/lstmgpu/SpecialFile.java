package lstmgpu;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** What may stand where a file belongs. */
public enum SpecialFile {
    FOLDER,
    FOLDER_WITH_A_FILE,
    PIPE,
    SOCKET,
    ENDLESS_DEVICE,
    LINK_TO_ENDLESS_DEVICE,
    LINK_TO_NOTHING,
    LINK_TO_ITSELF,
    LINK_TO_A_FILE,
    SECOND_NAME,
    HUGE;

    /** More than any file of a model may have, and no room on the disk. */
    private static final long HUGE_BYTES = 1L << 40;

    private static final String ENDLESS = "/dev/zero";

    /** Whether a model's file may be read through it. */
    public boolean leadsToAFile() {
        return this == LINK_TO_A_FILE || this == SECOND_NAME;
    }

    /**
     * Puts it in the place of a file.
     *
     * @param other a file outside that a link leads to
     * @return whether this machine can make one
     */
    public boolean put(Path place, Path other) throws IOException, InterruptedException {
        switch (this) {
            case FOLDER -> Files.createDirectory(place);
            case FOLDER_WITH_A_FILE ->
                Files.writeString(Files.createDirectory(place).resolve("file"), "");
            case PIPE -> {
                return run("mkfifo", place.toString());
            }
            case SOCKET -> bind(place, other.getParent());
            case ENDLESS_DEVICE -> {
                return run("mknod", place.toString(), "c", "1", "5");
            }
            case LINK_TO_ENDLESS_DEVICE -> Files.createSymbolicLink(place, Path.of(ENDLESS));
            case LINK_TO_NOTHING -> Files.createSymbolicLink(place, other.resolveSibling("nothing"));
            case LINK_TO_ITSELF -> Files.createSymbolicLink(place, place.getFileName());
            case LINK_TO_A_FILE -> Files.createSymbolicLink(place, other);
            case SECOND_NAME -> Files.createLink(place, other);
            case HUGE -> {
                return run("truncate", "-s", Long.toString(HUGE_BYTES), place.toString());
            }
        }
        return true;
    }

    /** The name of a socket may have a hundred characters, so it gets its place afterwards. */
    private static void bind(Path place, Path shorter) throws IOException {
        Path near = Files.createTempDirectory(shorter, "s").resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(near));
            Files.move(near, place);
        } finally {
            Files.deleteIfExists(near);
            Files.delete(near.getParent());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
