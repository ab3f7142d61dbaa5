package lstmgpu.network;

/** Changes what a model predicts before a token is drawn from it. */
@FunctionalInterface
public interface LogitEditor {
    /** @param logits [B,V], changed in place */
    void edit(float[] logits);
}
