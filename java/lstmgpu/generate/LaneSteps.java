package lstmgpu.generate;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.network.GenerationMemory;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.Network;

/** Steps for different numbers of texts, so that few are not as slow as many. */
final class LaneSteps implements AutoCloseable {
    private static final List<Integer> WIDTHS = List.of(1, 4, 16, 32, 64, Lanes.MOST_LANES);

    private final List<GenerationStep> steps = new ArrayList<>();
    private final List<Integer> widths;

    /** @throws lstmgpu.LstmGpuException with exit code 5 if there is no room for them */
    LaneSteps(Network model, int most) {
        widths = WIDTHS.stream().map(width -> Math.min(width, most)).distinct().toList();
        GenerationMemory.require(
                model,
                widths.stream().map(LaneSteps::spec).toList(),
                "writing %d texts at a time".formatted(most),
                "use fewer --lanes or --device cpu");
        try {
            for (int width : widths) {
                steps.add(new GenerationStep(model, spec(width)));
            }
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** Of so many sequences, each with its own settings. */
    static GenerationStep.Spec spec(int sequences) {
        return new GenerationStep.Spec(
                sequences, null, GenerationSettings.PENALTY_WINDOW, GenerationSettings.EXPECTED_TOKENS, false, true);
    }

    /** The number of the narrowest step for so many texts. */
    int narrowest(int texts) {
        int number = 0;
        while (widths.get(number) < texts) {
            number++;
        }
        return number;
    }

    /** How many texts a step is for. */
    int width(int number) {
        return widths.get(number);
    }

    GenerationStep get(int number) {
        return steps.get(number);
    }

    @Override
    public void close() {
        steps.forEach(GenerationStep::close);
        steps.clear();
    }
}
