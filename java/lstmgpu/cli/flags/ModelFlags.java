package lstmgpu.cli.flags;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.runs.Preset;
import lstmgpu.runs.SoftmaxChoice;
import lstmgpu.runs.TextChoice;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The network of a language model. */
@FlagSection("Model")
public final class ModelFlags {
    @Option(
            names = "--preset",
            defaultValue = "small",
            paramLabel = "NAME",
            description = "tiny, small, medium or large: sizes and settings that go well together; flags"
                    + " change single ones. Default: small.")
    Preset preset;

    @Mixin
    CellFlags cell;

    @Option(
            names = "--embedding-size",
            paramLabel = "N",
            description = "Numbers that stand for a token. Default: see below.")
    Integer embeddingSize;

    @Option(
            names = "--vectors",
            paramLabel = "FILE",
            description = "Begin with the word vectors of a text file of GloVe or word2vec.")
    Path vectors;

    @Option(
            names = "--tie-weights",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Use the embedding as the output matrix, which makes the embedding size the hidden size; with"
                    + " --softmax adaptive rare words then have fewer numbers as inputs too.")
    Boolean tieWeights;

    @Option(
            names = "--softmax",
            paramLabel = "NAME",
            description = "full, or for vocabularies of 10,000 words or more adaptive: over the frequent tokens and"
                    + " clusters of the rare ones. Default: full.")
    SoftmaxChoice.Kind softmax;

    @Option(
            names = "--cutoffs",
            split = ",",
            paramLabel = "N",
            description = "Of --softmax adaptive: the first token of each cluster, such as 2000,10000. Default: what"
                    + " the frequencies of the tokens make cheapest.")
    List<Integer> cutoffs;

    public TextChoice.Network choice() {
        SoftmaxChoice own = new SoftmaxChoice(softmax, cutoffs);
        return new TextChoice.Network(preset, cell.choice(), embeddingSize, tieWeights, own, vectors);
    }
}
