package lstmgpu.network;

/** Measures how well a network predicts data that is held out. */
public interface Evaluation extends AutoCloseable {
    /** Evaluates the network with the weights it has now. */
    EvaluationResult run();

    @Override
    void close();
}
