package lstmgpu.generate;

/** Takes the text of samples as it grows. */
@FunctionalInterface
public interface TextSink {
    /** Throws the text away. */
    TextSink NONE = (sample, bytes) -> {};

    /**
     * @param bytes whole characters in UTF-8, or of a byte model any bytes; never empty, never part of a stop string
     */
    void accept(int sample, byte[] bytes);

    /**
     * A token was drawn, whose text comes later.
     *
     * @param logprob natural logarithm of its probability at temperature 1; 0 unless logarithms were asked for
     */
    default void token(int sample, int id, float logprob) {}
}
