package lstmgpu.gaps;

import lstmgpu.backend.Backend;
import lstmgpu.network.Batch;

/**
 * Sequences of a task on the host, laid out as a {@link Batch} wants them.
 *
 * @param tokens INT32 [T,B], or null where the task reads features
 * @param features FLOAT32 [T,B,I], or null where it reads tokens
 * @param classes INT32 targets, or null where the targets are values
 * @param values FLOAT32 targets, or null where they are classes
 * @param weights of the steps [T,B], or null where a sequence has one target
 */
@SuppressWarnings("ArrayRecordComponent")
record Examples(int[] tokens, float[] features, int[] classes, float[] values, float[] weights) {
    void upload(Backend backend, Batch batch) {
        if (tokens == null) {
            backend.upload(features, batch.inputs());
        } else {
            backend.upload(tokens, batch.inputs());
        }
        if (classes == null) {
            backend.upload(values, batch.targets());
        } else {
            backend.upload(classes, batch.targets());
        }
        if (weights != null) {
            backend.upload(weights, batch.weights());
        }
    }

    /** The share of right answers among those that count. */
    double right(int[] answers) {
        int counted = 0;
        int right = 0;
        for (int i = 0; i < answers.length; i++) {
            if (weights == null || weights[i] > 0) {
                counted++;
                right += answers[i] == classes[i] ? 1 : 0;
            }
        }
        return (double) right / counted;
    }
}
