package lstmgpu.cli;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Backends;
import lstmgpu.backend.DeviceInfo;
import picocli.CommandLine.Command;

/** Shows what could run. */
@Command(
        name = "devices",
        customSynopsis = "lstm-gpu devices [FLAGS]",
        description = "Shows the devices that could run, and why the others cannot.",
        footer = {"", "Example:", "  lstm-gpu devices"})
final class DevicesCommand extends ProgramCommand {
    DevicesCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        for (String name : Backends.NAMES) {
            if (!name.equals("auto")) {
                console.print("%-10s %s\n".formatted(name, describe(name)));
            }
        }
        return ExitCode.DONE.code();
    }

    private static String describe(String name) {
        try (Backend backend = Backends.open(name, 0)) {
            DeviceInfo device = backend.device();
            return "yes  %s, %s, %s".formatted(device.name(), Sizes.bytes(device.memoryBytes()), device.detail());
        } catch (LstmGpuException refusal) {
            return "no   " + refusal.getMessage();
        }
    }
}
