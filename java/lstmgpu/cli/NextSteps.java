package lstmgpu.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.Count;
import lstmgpu.ShellWord;
import lstmgpu.cli.report.Durations;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.TrainingResult;
import lstmgpu.train.TrainingSettings;

/**
 * What to do after a training run: how to use the model or go on, and what would help it, as the held-out loss tells.
 */
record NextSteps(RunWords words, Path output, List<Path> inputs, TrainingSettings settings, NetworkConfig config) {
    /** The lines for a person; the last is the one that matters most. */
    List<String> of(TrainingResult result) {
        return switch (result.reason()) {
            case STOP_REQUESTED, PAUSED -> List.of(goOn(""));
            case PATIENCE -> {
                String evaluations = Count.of(settings.validation().patience(), "evaluation");
                yield withTrend("stopped early: no better loss in " + evaluations, result);
            }
            case TIME ->
                settings.loop().timed() ? completed(result) : List.of("stopped at the time limit; " + goOn(""));
            case COMPLETED -> completed(result);
        };
    }

    private List<String> completed(TrainingResult result) {
        return withTrend("now try: %s %s %s".formatted(Program.NAME, words.next(), ShellWord.of(output)), result);
    }

    private List<String> withTrend(String first, TrainingResult result) {
        List<String> lines = new ArrayList<>(List.of(first));
        switch (result.trend()) {
            case FALLING -> lines.add("the held-out loss was still falling; " + goOn(" " + longer(result)));
            case RISING ->
                lines.add(("the held-out loss rose after step %,d, whose weights were kept; more %s, %s or a smaller %s"
                                + " would help")
                        .formatted(
                                result.bestStep(),
                                words.data(),
                                config.dropout() > 0 ? "--dropout above " + config.dropout() : "--dropout",
                                words.smaller()));
            case LEVEL, UNKNOWN -> {}
        }
        return lines;
    }

    private String goOn(String more) {
        return "go on with: %s %s %s -o %s --resume%s"
                .formatted(
                        Program.NAME,
                        words.train(),
                        inputs.size() == 1 ? ShellWord.of(inputs.getFirst()) : "INPUT...",
                        ShellWord.of(output),
                        more);
    }

    /** The flag for a run of twice the length. */
    private String longer(TrainingResult result) {
        TrainingSettings.Loop loop = settings.loop();
        if (loop.timed()) {
            return "--max-time " + Durations.text(2 * loop.maxSeconds());
        }
        return result.steps() >= loop.maxSteps()
                ? "--max-steps " + 2L * loop.maxSteps()
                : "--epochs " + 2L * loop.epochs();
    }
}
