package lstmgpu.network;

import java.util.List;
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

    /**
     * The same for several steps and the chunks of a text that the first of them reads.
     *
     * @param what they are for
     */
    public static void require(Network model, List<GenerationStep.Spec> specs, String what, String remedy) {
        long weights = MemoryNeed.bytes(model.backend(), model::on);
        long all = MemoryNeed.bytes(model.backend(), counting -> {
            Network counted = model.on(counting);
            List<GenerationStep> steps = specs.stream()
                    .map(spec -> new GenerationStep(counted, spec))
                    .toList();
            steps.getFirst()
                    .prompt(new int[2 * PromptReader.CHUNK * specs.getFirst().sequences()]);
            return steps.getFirst();
        });
        long bytes = all == MemoryNeed.UNCOUNTABLE ? all : all - weights;
        MemoryNeed.require(model.backend(), bytes, what, _ -> remedy);
    }

    /** Without the model's weights, which are there. */
    private static long bytes(Network model, GenerationStep.Spec spec, LogitEditor editor, int promptTokens) {
        long weights = MemoryNeed.bytes(model.backend(), model::on);
        long all = MemoryNeed.bytes(model.backend(), counting -> {
            GenerationStep step = new GenerationStep(model.on(counting), spec, editor);
            // A longer prompt is read in more of the same chunks.
            int read = Math.clamp(promptTokens, 1, 2 * PromptReader.CHUNK);
            step.prompt(new int[Math.multiplyExact(read, spec.sequences())]);
            return step;
        });
        return all == MemoryNeed.UNCOUNTABLE ? all : all - weights;
    }
}
