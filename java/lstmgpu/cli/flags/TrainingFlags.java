package lstmgpu.cli.flags;

import java.util.List;
import lstmgpu.runs.TrainingChoice;
import picocli.CommandLine.Mixin;

/** What every command that trains can be told, whatever is to be learnt. */
public final class TrainingFlags {
    @Mixin
    OptimisationFlags optimisation;

    @Mixin
    AveragingFlags averaging;

    @Mixin
    RegularisationFlags regularisation;

    @Mixin
    LoopFlags loop;

    @Mixin
    public RunFlags run;

    @Mixin
    public DeviceFlags device;

    /** @param arguments the command line, for the record */
    public TrainingChoice choice(List<String> arguments) {
        return new TrainingChoice(
                optimisation.choice(),
                averaging.choice(),
                regularisation.choice(),
                loop.choice(),
                run.choice(),
                arguments);
    }
}
