package lstmgpu.cli;

import java.nio.file.Path;
import lstmgpu.Count;
import lstmgpu.cli.report.Choices;
import lstmgpu.cli.report.Durations;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.TrainingSettings;

/**
 * What a training run would be, without one.
 *
 * @param words of the command
 * @param split of the data, on a line
 * @param counted what a step of a sequence is called
 */
record DryRun(
        RunWords words,
        NetworkConfig config,
        TrainingSettings settings,
        String split,
        String counted,
        BatchPlan batches,
        String memory) {
    /** @param source of the data */
    String text(String source, Path output, String device) {
        long parameters = parameters(config);
        return """
            %-11s %s
            split       %s
            model       %s
            parameters  %,d
            memory      %s
            steps       %,d an epoch of %s x %s; %s
            device      %s
            output      %s
            """.formatted(
                        words.data(),
                        source,
                        split,
                        model(),
                        parameters,
                        memory,
                        batches.stepsPerEpoch(),
                        Count.of(settings.loop().batchSize(), "sequence"),
                        Count.of(batches.spec().steps(), counted),
                        length(),
                        device,
                        output);
    }

    private String model() {
        return config.predictsTokens()
                ? "%s, %d x %d%s, embedding %d, vocabulary %,d%s%s"
                        .formatted(
                                Choices.name(config.cell()),
                                config.layers(),
                                config.hiddenSize(),
                                config.projection() > 0 ? " projected to " + config.projection() : "",
                                config.embeddingSize(),
                                config.vocabularySize(),
                                config.tieWeights() ? ", tied weights" : "",
                                config.clusters() == null
                                        ? ""
                                        : ", adaptive softmax "
                                                + config.clusters().cutoffs())
                : config.line();
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
