package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cache of the dynamic loader of Linux, {@code /etc/ld.so.cache} (glibc, sysdeps/generic/dl-cache.h). Opening a
 * library by its bare name would ask the same cache, but would also answer with whatever the process has loaded before.
 */
final class LoaderCache {
    private static final byte[] MAGIC = "glibc-ld.so.cache1.1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_BYTES = 48;
    private static final int ENTRY_BYTES = 24;

    /** A 64-bit x86 library of glibc 2.1 and later. */
    private static final int X86_64 = 0x0303;

    private final byte[] content;
    private final int start;

    private LoaderCache(byte[] content, int start) {
        this.content = content;
        this.start = start;
    }

    /** An unreadable or unknown file has no entries. */
    static LoaderCache read(Path file) {
        try {
            byte[] content = Files.readAllBytes(file);
            return new LoaderCache(content, indexOfMagic(content));
        } catch (IOException absent) {
            return new LoaderCache(new byte[0], -1);
        }
    }

    Optional<Path> find(String name) {
        if (start < 0 || start + HEADER_BYTES > content.length) {
            return Optional.empty();
        }
        ByteBuffer table = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long entries = Integer.toUnsignedLong(table.getInt(start + MAGIC.length));
        for (long i = 0; i < entries; i++) {
            long entry = start + HEADER_BYTES + i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > content.length) {
                return Optional.empty();
            }
            if (table.getInt((int) entry) == X86_64 && name.equals(text(table.getInt((int) entry + 4)))) {
                return Optional.of(Path.of(text(table.getInt((int) entry + 8)))).filter(Files::isRegularFile);
            }
        }
        return Optional.empty();
    }

    /** Offsets count from the start of the header. */
    private String text(int offset) {
        int from = start + offset;
        if (offset < 0 || from < 0 || from >= content.length) {
            return "";
        }
        int end = from;
        while (end < content.length && content[end] != 0) {
            end++;
        }
        return new String(content, from, end - from, StandardCharsets.UTF_8);
    }

    /** Older systems put a table of an older form in front. */
    private static int indexOfMagic(byte[] content) {
        for (int at = 0; at + MAGIC.length <= content.length; at += 4) {
            int matched = 0;
            while (matched < MAGIC.length && content[at + matched] == MAGIC[matched]) {
                matched++;
            }
            if (matched == MAGIC.length) {
                return at;
            }
        }
        return -1;
    }
}
