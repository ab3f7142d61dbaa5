package lstmgpu.backend.kernels;

import lstmgpu.backend.ElementType;

/**
 * Launches {@code kernels/token_gradient.cu}: the gradient of a gather. Positions are sorted by token, stably and eight
 * bits a pass; the sorted rows are summed in pieces of a fixed size, and pieces that share a token are joined in order.
 */
public final class TokenGradient implements AutoCloseable {
    private static final int DIGIT_BITS = 8;
    private static final int DIGITS = 1 << DIGIT_BITS;

    /** Positions that a block sorts at once: the kernels' BLOCK. */
    private static final int CHUNK = 256;

    /** PIECE of the kernels: sorted rows that are summed one after the other. */
    private static final int PIECE = 32;

    private static final int AS_THEY_COME = -1;

    private final KernelDevice device;
    private final Scratch integers;
    private final Scratch sums;

    public TokenGradient(KernelDevice device) {
        this.device = device;
        this.integers = new Scratch(device);
        this.sums = new Scratch(device);
    }

    /**
     * target[tokens[n],:] += rows[n,:], over n in rising order.
     *
     * @param rows [N,width], stored as {@code storage} says
     * @param tokens INT32 [N], each in [0, V)
     * @param target FLOAT32 [V,width]
     */
    public void add(KernelBuffer rows, ElementType storage, KernelBuffer tokens, int width, KernelBuffer target) {
        int count = Math.toIntExact(tokens.length());
        if (count == 0) {
            return;
        }
        int chunks = (count + CHUNK - 1) / CHUNK;
        int pieces = (count + PIECE - 1) / PIECE;
        KernelBuffer work = integers.atLeast(ElementType.INT32, (long) DIGITS * chunks + DIGITS + 2L * count);
        KernelBuffer partial = sums.atLeast(ElementType.FLOAT32, 2L * pieces * width);
        int place = sort(tokens, count, chunks, target.length() / width, work);
        int across = Math.min(width, CHUNK);
        int together = CHUNK / across;
        long x = ((long) pieces + together - 1) / together;
        long y = ((long) width + across - 1) / across;
        device.call(Kernel.TOKEN_SUM, storage)
                .buffer(rows)
                .buffer(tokens)
                .integer(count)
                .buffer(work)
                .integer(place)
                .integer(width)
                .buffer(partial)
                .buffer(target)
                .launch(x, y);
        if (pieces > 1) {
            call(Kernel.TOKEN_COMBINE, tokens, count, work)
                    .integer(place)
                    .integer(width)
                    .buffer(partial)
                    .buffer(target)
                    .launch(x, y);
        }
    }

    /** Sorts the positions, and says in which of the two places they lie at the end. */
    private int sort(KernelBuffer tokens, int count, int chunks, long vocabulary, KernelBuffer work) {
        int from = AS_THEY_COME;
        int to = 0;
        for (int shift = 0; shift == 0 || vocabulary - 1 >> shift > 0; shift += DIGIT_BITS) {
            call(Kernel.TOKEN_COUNT, tokens, count, work)
                    .integer(from)
                    .integer(shift)
                    .launch(chunks);
            device.call(Kernel.TOKEN_SCAN, ElementType.FLOAT32)
                    .integer(count)
                    .buffer(work)
                    .launch(DIGITS);
            call(Kernel.TOKEN_PLACE, tokens, count, work)
                    .integer(from)
                    .integer(to)
                    .integer(shift)
                    .launch(chunks);
            from = to;
            to = 1 - to;
        }
        return from;
    }

    private KernelCall call(Kernel kernel, KernelBuffer tokens, int count, KernelBuffer work) {
        return device.call(kernel, ElementType.FLOAT32)
                .buffer(tokens)
                .integer(count)
                .buffer(work);
    }

    @Override
    public void close() {
        integers.close();
        sums.close();
    }
}
