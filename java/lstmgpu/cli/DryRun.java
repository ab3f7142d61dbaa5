package lstmgpu.cli;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Durations;
import lstmgpu.data.BatchPlan;
import lstmgpu.data.InputFiles;
import lstmgpu.data.Split;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.TrainingSettings;

/** What a training run would be, without one. */
record DryRun(NetworkConfig config, TrainingSettings settings, Split split, BatchPlan batches, String memory) {
    String text(List<Path> inputs, Path output, String device) {
        long parameters = parameters(config);
        return """
            text        %s
            split       %s to train, %,d held out, %,d to test
            model       %s, %d x %d, embedding %d, vocabulary %,d%s
            parameters  %,d
            memory      %s
            steps       %,d an epoch of %s x %s; %s
            device      %s
            output      %s
            """.formatted(
                        InputFiles.describe(inputs),
                        Count.of(split.train(), "token"),
                        split.validation(),
                        split.test(),
                        Choices.name(config.cell()),
                        config.layers(),
                        config.hiddenSize(),
                        config.embeddingSize(),
                        config.vocabularySize(),
                        config.tieWeights() ? ", tied weights" : "",
                        parameters,
                        memory,
                        batches.stepsPerEpoch(),
                        Count.of(settings.loop().batchSize(), "sequence"),
                        Count.of(settings.loop().seqLength(), "token"),
                        length(),
                        device,
                        output);
    }

    /** Number of weights of a network. */
    static long parameters(NetworkConfig config) {
        return config.tensorShapes().values().stream()
                .mapToLong(shape -> shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact))
                .reduce(0, Math::addExact);
    }

    private String length() {
        TrainingSettings.Loop loop = settings.loop();
        long steps = loop.epochs() == TrainingSettings.UNLIMITED
                ? loop.maxSteps()
                : Math.min(loop.maxSteps(), (long) loop.epochs() * batches.stepsPerEpoch());
        if (loop.timed()) {
            return "as many as %s take".formatted(Durations.text(loop.maxSeconds()));
        }
        String time = loop.maxSeconds() > 0 ? ", at most " + Durations.text(loop.maxSeconds()) : "";
        return steps == TrainingSettings.UNLIMITED ? "no last step" + time : "%,d in all%s".formatted(steps, time);
    }
}
