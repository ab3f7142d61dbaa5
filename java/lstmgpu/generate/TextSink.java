package lstmgpu.generate;

/** Takes the text of samples as it grows. */
@FunctionalInterface
public interface TextSink {
    /** Throws the text away. */
    TextSink NONE = (sample, text) -> {};

    /** @param text whole characters, never empty, never part of a stop string */
    void accept(int sample, String text);
}
