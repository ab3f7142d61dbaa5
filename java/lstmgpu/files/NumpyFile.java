package lstmgpu.files;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Arrays of float32 as NumPy reads them: format 1.0, little-endian, the last index running fastest. */
public final class NumpyFile {
    private static final byte[] MARK = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;

    private NumpyFile() {}

    /** Fills one stretch of an array after the other. */
    @FunctionalInterface
    public interface Part {
        /** @param values the whole stretch */
        void fill(int index, float[] values);
    }

    /**
     * Writes an array whole or not at all, a stretch at a time.
     *
     * @param part asked for each place of the first index in order; its stretch has all values of the other indices
     * @param shape sizes of the indices
     * @throws lstmgpu.LstmGpuException if it cannot be written
     */
    public static void write(Path file, Part part, int... shape) {
        int length = IntStream.of(shape).skip(1).reduce(1, Math::multiplyExact);
        float[] values = new float[length];
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        AtomicFiles.write(file, out -> {
            writeHeader(out, shape);
            for (int i = 0; i < shape[0]; i++) {
                part.fill(i, values);
                bytes.clear();
                bytes.asFloatBuffer().put(values);
                out.write(bytes.array());
            }
        });
    }

    private static void writeHeader(OutputStream out, int... shape) throws IOException {
        String sizes = IntStream.of(shape).mapToObj(size -> size + ", ").collect(Collectors.joining());
        String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }".formatted(sizes);
        int before = MARK.length + Short.BYTES;
        int padding = Math.floorMod(-(before + header.length() + 1), ALIGNMENT);
        byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        out.write(MARK);
        out.write(ByteBuffer.allocate(Short.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort((short) text.length)
                .array());
        out.write(text);
    }
}
