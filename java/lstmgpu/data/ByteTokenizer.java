package lstmgpu.data;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;

/** 256 tokens; the identifier is the byte. Takes any file. */
public final class ByteTokenizer implements Tokenizer {
    static final String KIND = "byte";
    private static final int SIZE = 256;

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return SIZE;
    }

    @Override
    public String token(int id) {
        byte value = oneByte(id)[0];
        return value > ' ' && value < 0x7F || value == ' ' || value == '\n' || value == '\t' || value == '\r'
                ? CharTokenizer.readable(value)
                : "\\x%02X".formatted(id);
    }

    @Override
    public Encoding encode(String text) {
        return new Encoding(ids(text.getBytes(StandardCharsets.UTF_8)), Map.of());
    }

    /** Any bytes as tokens. */
    public static int[] ids(byte[] bytes) {
        int[] ids = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            ids[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return ids;
    }

    @Override
    public boolean leavesOut() {
        return false;
    }

    @Override
    public OptionalInt unknown() {
        return OptionalInt.empty();
    }

    @Override
    public Decoder decoder() {
        return ByteTokenizer::oneByte;
    }

    private static byte[] oneByte(int id) {
        if (id < 0 || id >= SIZE) {
            throw new IllegalArgumentException("token " + id + " is outside [0, 256)");
        }
        return new byte[] {(byte) id};
    }
}
