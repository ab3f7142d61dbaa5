package lstmgpu.backend;

/** A text as token identifiers, where {@link Texts#gatherBatch} can reach it. */
public interface TokenCorpus extends AutoCloseable {
    /** Number of tokens. */
    long length();

    @Override
    void close();
}
