package lstmgpu.backend;

/**
 * The sizes of {@link Losses#logSoftmax}.
 *
 * @param rows N
 * @param width W, logits of a row
 * @param kept how many of a row's results are written, the first ones
 * @param outputs V, numbers of a row of what is written
 * @param at where in that row they begin
 * @param outerWidth U, logits of a row of the softmax around this one
 * @param entry which of these stands for this one
 */
public record LogSoftmaxSpec(int rows, int width, int kept, int outputs, int at, int outerWidth, int entry) {
    public LogSoftmaxSpec {
        boolean fits = rows >= 0 && kept >= 0 && kept <= width && at >= 0 && at <= outputs - kept;
        if (!fits || entry < 0 || outerWidth > 0 && entry >= outerWidth) {
            throw new IllegalArgumentException("%d of %d logits do not fit at %d of %d, or %d of %d is none"
                    .formatted(kept, width, at, outputs, entry, outerWidth));
        }
    }
}
