package lstmgpu.runs;

import java.nio.file.Path;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Split;
import lstmgpu.data.TextInputs;
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
     * @param softmax never null
     * @param vectors a file of word vectors that the embedding begins with
     */
    public record Network(
            Preset preset,
            StackChoice stack,
            Integer embeddingSize,
            Boolean tieWeights,
            SoftmaxChoice softmax,
            Path vectors) {
        /** With a softmax over all tokens, and without word vectors. */
        public Network(Preset preset, StackChoice stack, Integer embeddingSize, Boolean tieWeights) {
            this(preset, stack, embeddingSize, tieWeights, SoftmaxChoice.NONE, null);
        }

        /** @param vectorSize numbers of a word vector; 0 for none */
        NetworkConfig config(int vocabularySize, int vectorSize) {
            boolean tied = Boolean.TRUE.equals(tieWeights);
            int read = stack.shownSize(preset.stack());
            int usual = vectorSize > 0 ? vectorSize : tied ? read : preset.embeddingSize();
            int embedding = Objects.requireNonNullElse(embeddingSize, usual);
            LstmGpuException.requireRange("--embedding-size", embedding, 1, NetworkConfig.LARGEST_SIZE);
            VectorChoice.requireSize(vectors, vectorSize, embedding);
            if (vectorSize > 0 && tied && softmax.kind() == SoftmaxChoice.Kind.ADAPTIVE) {
                throw LstmGpuException.usage("--vectors gives every word as many numbers, and with --tie-weights"
                        + " --softmax adaptive rare ones have fewer; leave out --tie-weights");
            }
            if (vectorSize > 0 && tied && read != vectorSize) {
                throw LstmGpuException.usage(
                        "--tie-weights needs as many units as the vectors in %s have numbers; set %s %d",
                        vectors, stack.projects() ? "--proj-size" : "--hidden-size", vectorSize);
            }
            return stack.config(
                    new InputPart.Tokens(vocabularySize, embedding),
                    preset.stack(),
                    false,
                    new Head.NextToken(vocabularySize, tied));
        }

        NetworkConfig configOf(NetworkConfig earlier, String owner) {
            StackChoice.refuse("--embedding-size", embeddingSize, earlier.embeddingSize(), owner);
            StackChoice.refuse("--tie-weights", tieWeights, earlier.tieWeights(), owner);
            softmax.refuse(earlier, owner);
            return stack.configOf(earlier, owner);
        }
    }

    /**
     * The text.
     *
     * @param extendVocabulary whether the vocabulary of the model to begin with gets what it lacks
     * @param lines whether the last line of every input gets a line end where it lacks one
     * @param validationFraction of the text, at its end, held out to judge the model; null where nothing is said
     * @param testFraction after that, which nothing looks at; null where nothing is said
     * @param validation a text by which the model is judged instead; null for none
     * @param test a text on which the model is measured in the end; null for none
     * @param cache the folder in which tokens may be kept
     */
    public record Text(
            VocabularyChoice vocabulary,
            boolean extendVocabulary,
            boolean lines,
            Double validationFraction,
            Double testFraction,
            TextInputs validation,
            TextInputs test,
            Path cache) {
        private static final double VALIDATION = 0.1;

        /** @throws LstmGpuException with exit code 2 if what is kept from training is said twice */
        public Text {
            refuseBoth("--val", validation, validationFraction);
            refuseBoth("--test", test, testFraction);
        }

        /** Without texts of their own to judge by. */
        public Text(
                VocabularyChoice vocabulary,
                boolean extendVocabulary,
                boolean lines,
                double validationFraction,
                double testFraction,
                Path cache) {
            this(vocabulary, extendVocabulary, lines, validationFraction, testFraction, null, null, cache);
        }

        private static void refuseBoth(String flag, TextInputs text, Double fraction) {
            if (text != null && fraction != null && fraction != 0) {
                throw LstmGpuException.usage(
                        "%s and %s-frac %s both say what is kept from training; choose one", flag, flag, fraction);
            }
        }

        /** Which of so many tokens train, validate and test; a text of its own takes nothing of them. */
        Split split(long tokens) {
            double otherwise = validation == null ? VALIDATION : 0;
            return Split.of(
                    tokens,
                    Objects.requireNonNullElse(validationFraction, otherwise),
                    Objects.requireNonNullElse(testFraction, 0.0));
        }
    }

    /** How a text is read, and what is written meanwhile; null where nothing is said. */
    public record Reading(
            Integer seqLength,
            Integer stepSize,
            Float resetState,
            Boolean varyLength,
            Integer sampleEvery,
            String samplePrompt,
            Integer sampleLength) {
        TrainingSettings in(TrainingSettings of) {
            return new TrainingSettings(
                    of.optimisation(),
                    of.rate(),
                    of.averaging(),
                    of.regularisation(),
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
                    Objects.requireNonNullElse(varyLength, otherwise.varyLength()),
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
