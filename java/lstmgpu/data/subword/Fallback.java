package lstmgpu.data.subword;

import java.util.function.IntConsumer;

/** Bytes for what no token stands for. */
final class Fallback {
    private Fallback() {}

    /** Gives the token of every byte, if all of them have one. */
    static boolean accept(Entries entries, byte[] utf8, IntConsumer ids) {
        for (byte value : utf8) {
            if (entries.idOfByte(value) == null) {
                return false;
            }
        }
        for (byte value : utf8) {
            ids.accept(entries.idOfByte(value));
        }
        return true;
    }
}
