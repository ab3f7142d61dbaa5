package lstmgpu.cli;

import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.cuda.driver.CudaGpu;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.opencl.OpenClUnit;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Sizes;
import lstmgpu.devices.Backends;
import lstmgpu.files.CacheFolder;
import lstmgpu.parallel.mpi.Processes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows what the program found on this machine and what would mend the rest. */
@Command(
        name = "doctor",
        customSynopsis = "lstm-gpu doctor [FLAGS]",
        description = "Shows the driver, the GPUs, each library wanted and found, and what would mend the rest.",
        footer = {"", "Example:", "  lstm-gpu doctor"})
final class DoctorCommand extends ProgramCommand {
    @Option(
            names = "--json",
            description = "One JSON object: findings (name, usable, finding, advice) and auto, the device that --device"
                    + " auto takes.")
    boolean json;

    DoctorCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        Map<String, String> environment = console.environment();
        CudaLibraries libraries = CudaLibraries.find(environment);
        DoctorReport report = new DoctorReport();
        int gpus = addGpus(report, libraries);
        report.add("libraries", libraries.description());
        for (CudaLibrary library : libraries.all().subList(1, libraries.all().size())) {
            report.add(library);
        }
        report.add(libraries.nccl());
        addKernels(report, libraries, environment);
        int openClGpus = addOpenCl(report);
        addCpu(report);
        addMpi(report);
        report.add(
                "Java",
                "%s by %s, %s"
                        .formatted(
                                Runtime.version(), System.getProperty("java.vendor"), System.getProperty("java.home")));
        addCache(report, environment);
        report.conclude(gpus, openClGpus);
        console.print(json ? report.json() : report.text());
        return ExitCode.DONE.code();
    }

    private static void addKernels(DoctorReport report, CudaLibraries libraries, Map<String, String> environment) {
        try {
            report.add("kernels", KernelImages.find(libraries, environment).description());
        } catch (LstmGpuException refusal) {
            report.add("kernels", refusal.getMessage());
        }
    }

    private static void addCpu(DoctorReport report) {
        try (Backend cpu = Backends.open("cpu", 0)) {
            DeviceInfo device = cpu.device();
            report.add(
                    "CPU", "%s, %s, %s".formatted(device.name(), Sizes.bytes(device.memoryBytes()), device.detail()));
        } catch (LstmGpuException refusal) {
            report.add("CPU", refusal.getMessage());
        }
    }

    private static void addMpi(DoctorReport report) {
        try {
            String library = Processes.library();
            if (library == null) {
                report.addAbsent(
                        "MPI", "this build has no bridge to it; build where mpicxx is, to train in several processes");
            } else {
                report.add("MPI", library + ", for training in several processes: mpirun -n N lstm-gpu train");
            }
        } catch (LstmGpuException refusal) {
            report.addAbsent("MPI", refusal.getMessage());
        }
    }

    private static void addCache(DoctorReport report, Map<String, String> environment) {
        try {
            Path cache = CacheFolder.of(environment);
            report.add("cache", "%s, %s free there".formatted(cache, Sizes.bytes(DoctorReport.freeBytes(cache))));
        } catch (LstmGpuException refusal) {
            report.add("cache", refusal.getMessage());
        }
    }

    /** @return how many of OpenCL's devices are GPUs */
    private static int addOpenCl(DoctorReport report) {
        int gpus = 0;
        try {
            int index = 0;
            for (OpenClUnit unit : OpenClUnit.all()) {
                report.add("opencl:" + index++, DoctorReport.describe(unit));
                gpus += unit.isGpu() ? 1 : 0;
            }
        } catch (LstmGpuException refusal) {
            report.addAbsent("OpenCL", refusal.getMessage());
        }
        return gpus;
    }

    /** @return how many GPUs can be used */
    private static int addGpus(DoctorReport report, CudaLibraries libraries) {
        report.add(libraries.driver());
        if (!libraries.driver().isUsable()) {
            return 0;
        }
        try {
            int index = 0;
            for (CudaGpu gpu : CudaGpu.all(libraries)) {
                report.add("cuda:" + index++, DoctorReport.describe(gpu));
            }
            return index;
        } catch (LstmGpuException refusal) {
            report.addAbsent("GPU", refusal.getMessage());
            return 0;
        }
    }
}
