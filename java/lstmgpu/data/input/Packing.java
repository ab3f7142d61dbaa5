package lstmgpu.data.input;

import io.airlift.compress.v3.zstd.ZstdJavaInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * How a file may be packed, which the end of its name says. Whoever adds a way adds a constant. What is unpacked is
 * never held as a whole, so a small file that unpacks to a huge one takes no more memory than another.
 */
enum Packing {
    /** Its members are read one after the other, as gzip does; behind the last there may be zeros. */
    GZIP(".gz", 0x1F, 0x8B) {
        @Override
        InputStream unpacked(InputStream packed) throws IOException {
            return GzipStream.of(packed, BLOCK_BYTES);
        }
    },
    /** The reader in Java, which needs no native library; windows of up to 8 MiB, as zstd writes them up to -19. */
    ZSTD(".zst", 0x28, 0xB5, 0x2F, 0xFD) {
        @Override
        InputStream unpacked(InputStream packed) {
            return new ZstdJavaInputStream(packed);
        }
    };

    private static final int BLOCK_BYTES = 1 << 16;

    private final String ending;
    private final byte[] mark;

    Packing(String ending, int... mark) {
        this.ending = ending;
        this.mark = new byte[mark.length];
        for (int i = 0; i < mark.length; i++) {
            this.mark[i] = (byte) mark[i];
        }
    }

    /** With which the name of such a file ends. */
    String ending() {
        return ending;
    }

    /** Bytes of the mark with which such a file begins. */
    int markBytes() {
        return mark.length;
    }

    /** Whether bytes have the mark of such a file at their beginning. */
    boolean begins(byte[] bytes) {
        return bytes.length >= mark.length && Arrays.equals(bytes, 0, mark.length, mark, 0, mark.length);
    }

    /** What is in such a file; exceptions of any kind say that it is damaged. */
    abstract InputStream unpacked(InputStream packed) throws IOException;

    /** How a file of that name is packed; null if it is not. */
    static Packing of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Packing packing : values()) {
            if (lower.endsWith(packing.ending)) {
                return packing;
            }
        }
        return null;
    }

    /** A name without the ending of a packed file. */
    static String unpackedName(String name) {
        Packing packing = of(name);
        return packing == null ? name : name.substring(0, name.length() - packing.ending.length());
    }
}
