package lstmgpu.runs;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.TrainingSettings;

/**
 * What somebody asks of a language model.
 *
 * @param network its sizes
 * @param text how it becomes tokens, and which part of it is held out
 * @param reading how it is read while a network is trained
 */
public record TextChoice(Network network, Text text, Reading reading) {
    /**
     * The network; null where nothing is said.
     *
     * @param preset from which all the rest follows; never null
     * @param embeddingSize E
     */
    public record Network(Preset preset, StackChoice stack, Integer embeddingSize, Boolean tieWeights) {
        NetworkConfig config(int vocabularySize) {
            boolean tied = Boolean.TRUE.equals(tieWeights);
            int usual = tied ? stack.hiddenSize(preset.stack()) : preset.embeddingSize();
            int embedding = Objects.requireNonNullElse(embeddingSize, usual);
            LstmGpuException.requireRange("--embedding-size", embedding, 1, NetworkConfig.LARGEST_SIZE);
            return stack.config(
                    new InputPart.Tokens(vocabularySize, embedding),
                    preset.stack(),
                    false,
                    new Head.NextToken(vocabularySize, tied));
        }

        NetworkConfig configOf(NetworkConfig earlier, String owner) {
            StackChoice.refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
            StackChoice.refuse("--tie-weights", tieWeights, earlier.tieWeights(), owner);
            return stack.configOf(earlier, owner);
        }
    }

    /**
     * The text.
     *
     * @param extendVocabulary whether the vocabulary of the model to begin with gets what it lacks
     * @param lines whether the last line of every input gets a line end where it lacks one
     * @param validationFraction of the text, at its end, held out to judge the model
     * @param testFraction after that, which nothing looks at
     * @param cache the folder in which tokens may be kept
     */
    public record Text(
            VocabularyChoice vocabulary,
            boolean extendVocabulary,
            boolean lines,
            double validationFraction,
            double testFraction,
            Path cache) {}

    /** How a text is read, and what is written meanwhile; null where nothing is said. */
    public record Reading(
            Integer seqLength,
            Integer stepSize,
            Float resetState,
            Integer sampleEvery,
            String samplePrompt,
            Integer sampleLength) {
        TrainingSettings in(TrainingSettings of) {
            return new TrainingSettings(
                    of.optimisation(),
                    of.rate(),
                    loop(of.loop()),
                    of.validation(),
                    of.saving(),
                    samples(of.samples()),
                    of.run());
        }

        private TrainingSettings.Loop loop(TrainingSettings.Loop otherwise) {
            return new TrainingSettings.Loop(
                    otherwise.batchSize(),
                    Objects.requireNonNullElse(seqLength, otherwise.seqLength()),
                    Objects.requireNonNullElse(stepSize, otherwise.stepSize()),
                    Objects.requireNonNullElse(resetState, otherwise.resetState()),
                    otherwise.epochs(),
                    otherwise.maxSteps(),
                    otherwise.maxSeconds());
        }

        private TrainingSettings.Samples samples(TrainingSettings.Samples otherwise) {
            return new TrainingSettings.Samples(
                    Objects.requireNonNullElse(sampleEvery, otherwise.every()),
                    Objects.requireNonNullElse(samplePrompt, otherwise.prompt()),
                    Objects.requireNonNullElse(sampleLength, otherwise.length()));
        }
    }
}
