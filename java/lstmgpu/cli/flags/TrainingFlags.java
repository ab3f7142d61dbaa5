package lstmgpu.cli.flags;

import java.util.List;
import java.util.Objects;
import lstmgpu.network.Initialisation;
import lstmgpu.train.TrainingSettings;
import picocli.CommandLine.Mixin;

/** What every command that trains can be told, whatever is to be learnt. */
public final class TrainingFlags {
    @Mixin
    OptimisationFlags optimisation;

    @Mixin
    public LoopFlags loop;

    @Mixin
    public RunFlags run;

    @Mixin
    public DeviceFlags device;

    /**
     * The settings that these flags make of others.
     *
     * @param initialisation null for the others'
     * @param arguments the command line, for the record
     */
    public TrainingSettings settings(TrainingSettings others, Initialisation initialisation, List<String> arguments) {
        TrainingSettings.Run defaults = others.run();
        return new TrainingSettings(
                optimisation.optimisation(others.optimisation()),
                optimisation.rate(others.rate()),
                loop.loop(others.loop()),
                loop.validation(others.validation()),
                loop.saving(others.saving()),
                others.samples(),
                new TrainingSettings.Run(
                        Objects.requireNonNullElse(run.seed, defaults.seed()),
                        Objects.requireNonNullElse(initialisation, defaults.initialisation()),
                        Objects.requireNonNullElse(run.precision, defaults.precision()),
                        run.rnn,
                        run.initFrom == null ? null : run.initFrom.toString(),
                        run.resume,
                        arguments));
    }
}
