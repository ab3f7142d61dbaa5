package lstmgpu.cli;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Backends;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.cuda.CudaGpu;
import lstmgpu.backend.cuda.CudaLibraries;
import lstmgpu.backend.opencl.OpenClUnit;
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
            switch (name) {
                case "auto" -> {}
                case "cuda" -> printGpus();
                case "opencl" -> printOpenCl();
                default -> console.print("%-10s %s\n".formatted(name, describe(name)));
            }
        }
        return ExitCode.DONE.code();
    }

    private void printGpus() {
        try {
            int index = 0;
            for (CudaGpu gpu : CudaGpu.all(CudaLibraries.find(console.environment()))) {
                console.print("%-10s yes  %s\n".formatted("cuda:" + index++, DoctorReport.describe(gpu)));
            }
        } catch (LstmGpuException refusal) {
            console.print("%-10s no   %s\n".formatted("cuda", refusal.getMessage()));
        }
    }

    private void printOpenCl() {
        try {
            int index = 0;
            for (OpenClUnit unit : OpenClUnit.all()) {
                console.print("%-10s yes  %s\n".formatted("opencl:" + index++, DoctorReport.describe(unit)));
            }
        } catch (LstmGpuException refusal) {
            console.print("%-10s no   %s\n".formatted("opencl", refusal.getMessage()));
        }
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
