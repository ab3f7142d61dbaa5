package lstmgpu.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** The check sum of the tokens in a file, whose range is looked at on the way. */
record TokenSum(int bytesPerToken) {
    /** What no file has: one of the tokens is not in the vocabulary. */
    static final long NONE = -1;

    private static final int BLOCK_BYTES = 1 << 20;

    /** CRC-32C of the first so many bytes, or {@link #NONE}. */
    long of(FileChannel channel, long bytes, int vocabularySize) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < bytes; at += BLOCK_BYTES) {
            block.clear().limit((int) Math.min(BLOCK_BYTES, bytes - at));
            TokenCache.fill(block, channel, at);
            if (largest(block) >= vocabularySize) {
                return NONE;
            }
            checksum.update(block);
        }
        return checksum.getValue();
    }

    private long largest(ByteBuffer block) {
        int largest = 0;
        for (int at = 0; at < block.limit(); at += bytesPerToken) {
            int token =
                    switch (bytesPerToken) {
                        case 1 -> Byte.toUnsignedInt(block.get(at));
                        case 2 -> Short.toUnsignedInt(block.getShort(at));
                        default -> block.getInt(at);
                    };
            largest = Integer.compareUnsigned(token, largest) > 0 ? token : largest;
        }
        return Integer.toUnsignedLong(largest);
    }
}
