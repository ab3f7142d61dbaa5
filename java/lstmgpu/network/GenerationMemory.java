package lstmgpu.network;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.MemoryNeed;

/** Whether a {@link GenerationStep} fits beside its model. */
public final class GenerationMemory {
    private GenerationMemory() {}

    /**
     * Called before the step is made.
     *
     * @param promptTokens of a sequence
     * @param sequencesFlag the flag that says how many sequences there are
     * @throws LstmGpuException with exit code 5 and the number of sequences that would fit, if memory is short
     */
    public static void require(
            Network model, GenerationStep.Spec spec, LogitEditor editor, int promptTokens, String sequencesFlag) {
        long bytes = bytes(model, spec, editor, promptTokens);
        MemoryNeed.require(
                model.backend(), bytes, "generating with %s %d".formatted(sequencesFlag, spec.sequences()), free -> {
                    int fits = MemoryNeed.largest(
                            spec.sequences() - 1,
                            free,
                            sequences -> bytes(model, spec.withSequences((int) sequences), editor, promptTokens));
                    return fits > 0 ? "%s %d would fit".formatted(sequencesFlag, fits) : "use --device cpu";
                });
    }

    /** Without the model's weights, which are there. */
    private static long bytes(Network model, GenerationStep.Spec spec, LogitEditor editor, int promptTokens) {
        long weights = MemoryNeed.bytes(model.backend(), model::on);
        long all = MemoryNeed.bytes(model.backend(), counting -> {
            GenerationStep step = new GenerationStep(model.on(counting), spec, editor);
            // A longer prompt is read in more of the same chunks.
            int read = Math.clamp(promptTokens, 1, 2 * GenerationStep.PREFILL_STEPS);
            step.prompt(new int[Math.multiplyExact(read, spec.sequences())]);
            return step;
        });
        return all == MemoryNeed.UNCOUNTABLE ? all : all - weights;
    }
}
