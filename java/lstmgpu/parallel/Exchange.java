package lstmgpu.parallel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What processes tell each other beside sums and floats: to the last bit, in floats that are whole numbers. */
public final class Exchange {
    private static final int PIECES = Double.BYTES / Short.BYTES;

    private Exchange() {}

    /** What each process has, by its number; all call it, and each may bring as much as it likes. */
    public static List<double[]> doubles(Peers peers, double... own) {
        float[] pieces = new float[own.length * PIECES];
        for (int i = 0; i < pieces.length; i++) {
            long bits = Double.doubleToRawLongBits(own[i / PIECES]);
            pieces[i] = (int) (bits >>> (Short.SIZE * (i % PIECES))) & 0xffff;
        }
        List<double[]> all = new ArrayList<>();
        for (float[] brought : peers.gather(pieces)) {
            double[] values = new double[brought.length / PIECES];
            for (int i = 0; i < values.length; i++) {
                long bits = 0;
                for (int piece = 0; piece < PIECES; piece++) {
                    bits |= (long) brought[i * PIECES + piece] << (Short.SIZE * piece);
                }
                values[i] = Double.longBitsToDouble(bits);
            }
            all.add(values);
        }
        return all;
    }

    /** What each process says; all call it. */
    public static List<String> texts(Peers peers, String own) {
        return bytes(peers, own.getBytes(StandardCharsets.UTF_8)).stream()
                .map(said -> new String(said, StandardCharsets.UTF_8))
                .toList();
    }

    /** The bytes that each process brings; all call it. */
    public static List<byte[]> bytes(Peers peers, byte... own) {
        float[] spelled = new float[own.length];
        for (int i = 0; i < own.length; i++) {
            spelled[i] = own[i];
        }
        List<byte[]> all = new ArrayList<>();
        for (float[] brought : peers.gather(spelled)) {
            byte[] bytes = new byte[brought.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) brought[i];
            }
            all.add(bytes);
        }
        return all;
    }
}
