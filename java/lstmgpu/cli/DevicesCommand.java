package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.cuda.driver.CudaGpu;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.opencl.OpenClUnit;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;
import lstmgpu.devices.Backends;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what could run. */
@Command(
        name = "devices",
        customSynopsis = "lstm-gpu devices [FLAGS]",
        description = "Shows the devices that could run, and why the others cannot.",
        footer = {"", "Example:", "  lstm-gpu devices"})
final class DevicesCommand extends ProgramCommand {
    @Option(
            names = "--json",
            description = "One JSON object a device: device, available, name, memory_bytes, detail; or reason.")
    boolean json;

    DevicesCommand(Console console) {
        super(console);
    }

    /**
     * A device, or why there is none.
     *
     * @param name as {@code --device} takes it
     * @param line for a person
     */
    private record Found(String name, boolean available, String line, ObjectNode details) {
        static Found of(String name, String line, String title, long memoryBytes, String detail) {
            ObjectNode details = JsonLines.object().put("name", title).put("memory_bytes", memoryBytes);
            return new Found(name, true, line, details.put("detail", detail));
        }

        static Found none(String name, LstmGpuException refusal) {
            return new Found(
                    name, false, refusal.getMessage(), JsonLines.object().put("reason", refusal.getMessage()));
        }

        String text() {
            return "%-10s %-4s %s\n".formatted(name, available ? "yes" : "no", line);
        }

        String json() {
            ObjectNode object = JsonLines.object().put("device", name).put("available", available);
            object.setAll(details);
            return JsonLines.line(object) + "\n";
        }
    }

    @Override
    public Integer call() {
        for (String name : Backends.NAMES) {
            List<Found> found =
                    switch (name) {
                        case "auto" -> List.of();
                        case "cuda" -> gpus();
                        case "opencl" -> openCl();
                        default -> List.of(processor(name));
                    };
            found.forEach(device -> console.print(json ? device.json() : device.text()));
        }
        return ExitCode.DONE.code();
    }

    private List<Found> gpus() {
        List<Found> found = new ArrayList<>();
        try {
            for (CudaGpu gpu : CudaGpu.all(CudaLibraries.find(console.environment()))) {
                found.add(Found.of(
                        "cuda:" + found.size(),
                        DoctorReport.describe(gpu),
                        gpu.name(),
                        gpu.memoryBytes(),
                        "compute capability " + gpu.capability()));
            }
            return found;
        } catch (LstmGpuException refusal) {
            return List.of(Found.none("cuda", refusal));
        }
    }

    private static List<Found> openCl() {
        List<Found> found = new ArrayList<>();
        try {
            for (OpenClUnit unit : OpenClUnit.all()) {
                found.add(Found.of(
                        "opencl:" + found.size(),
                        DoctorReport.describe(unit),
                        unit.name(),
                        unit.memoryBytes(),
                        unit.detail()));
            }
            return found;
        } catch (LstmGpuException refusal) {
            return List.of(Found.none("opencl", refusal));
        }
    }

    private static Found processor(String name) {
        try (Backend backend = Backends.open(name, 0)) {
            DeviceInfo device = backend.device();
            String line = "%s, %s, %s".formatted(device.name(), Sizes.bytes(device.memoryBytes()), device.detail());
            return Found.of(name, line, device.name(), device.memoryBytes(), device.detail());
        } catch (LstmGpuException refusal) {
            return Found.none(name, refusal);
        }
    }
}
