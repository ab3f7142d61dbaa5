package lstmgpu.runs;

import java.util.List;
import java.util.Objects;
import lstmgpu.backend.Cell;
import lstmgpu.network.Initialisation;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Task;
import lstmgpu.train.RunRecord;
import lstmgpu.train.Trainer;
import lstmgpu.train.TrainingSettings;

/**
 * What every training can be told, whatever is to be learnt.
 *
 * @param arguments by which the run can be begun again, for the record
 */
public record TrainingChoice(
        OptimisationChoice optimisation,
        AveragingChoice averaging,
        RegularisationChoice regularisation,
        LoopChoice loop,
        RunChoice run,
        List<String> arguments) {
    public TrainingChoice {
        arguments = List.copyOf(arguments);
    }

    /**
     * The settings that these make of others.
     *
     * @param initialisation null for the others'
     */
    TrainingSettings settings(TrainingSettings others, Initialisation initialisation) {
        TrainingSettings.Run defaults = others.run();
        return new TrainingSettings(
                optimisation.optimisation(run.resume() ? recorded().optimisation() : others.optimisation()),
                optimisation.rate(others.rate()),
                averaging.averaging(others.averaging()),
                regularisation.regularisation(others.regularisation()),
                loop.loop(others.loop()),
                loop.validation(others.validation()),
                loop.saving(others.saving()),
                others.samples(),
                new TrainingSettings.Run(
                        Objects.requireNonNullElse(run.seed(), defaults.seed()),
                        Objects.requireNonNullElse(initialisation, defaults.initialisation()),
                        Objects.requireNonNullElse(run.precision(), defaults.precision()),
                        run.rnn(),
                        run.initFrom() == null ? null : run.initFrom().toString(),
                        run.resume(),
                        arguments));
    }

    /** A run that goes on learns as it did, whatever the presets of this build are. */
    private TrainingSettings recorded() {
        return RunRecord.settings(ModelDirectory.open(run.output()));
    }

    /** A preset's settings, or of a run that goes on those by which it has read its data. */
    TrainingSettings usual(Preset preset, Cell cell, boolean projects, int layers) {
        TrainingSettings usual = preset.settings(cell, projects, layers);
        return run.resume() ? usual.readingAs(recorded().loop()) : usual;
    }

    /** A run that is given no last step gets what suits data of this size, and one that goes on what it had. */
    TrainingSettings fitting(TrainingSettings settings, Task task, RunLength length) {
        if (loop.hasLength()) {
            return settings;
        }
        int epochs = run.resume() ? recorded().loop().epochs() : TrainingSettings.UNLIMITED;
        RunLength own = epochs == TrainingSettings.UNLIMITED ? length : RunLength.ofEpochs(epochs);
        return own.fitting(settings, Trainer.stepsPerEpoch(task, settings));
    }
}
