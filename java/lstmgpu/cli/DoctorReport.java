package lstmgpu.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import lstmgpu.backend.cuda.driver.CudaGpu;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.opencl.OpenClUnit;
import lstmgpu.cli.report.JsonLines;
import lstmgpu.cli.report.Sizes;

/** The page that doctor prints: a line for each thing, and below it the advice where something is wrong. */
final class DoctorReport {
    private static final String LINE = "%-16s %s\n";

    private final StringBuilder text = new StringBuilder();
    private final ArrayNode findings = JsonLines.object().putArray("findings");
    private boolean isLibraryMissing;
    private String automatic = "cpu";

    void add(String name, String finding) {
        add(name, finding, true, null);
    }

    /** What is not there, although that is not amiss by itself. */
    void addAbsent(String name, String reason) {
        add(name, reason, false, null);
    }

    /** @param advice what would mend it, or null */
    private void add(String name, String finding, boolean usable, String advice) {
        text.append(LINE.formatted(name, finding));
        findings.addObject()
                .put("name", name)
                .put("usable", usable)
                .put("finding", finding)
                .put("advice", advice);
        if (advice != null) {
            text.append(LINE.formatted("", "to mend that: " + advice));
        }
    }

    void add(CudaLibrary library) {
        String origin = library.path() == null
                ? "wanted: " + library.wanted()
                : "%s, found through %s".formatted(library.path(), library.source());
        if (library.isUsable()) {
            String driver = library.name().contains("driver") ? "CUDA " : "";
            add(library.name(), "%s%s, %s".formatted(driver, library.version(), origin));
        } else {
            add(library.name(), "%s; %s".formatted(library.problem(), origin), false, library.advice());
            isLibraryMissing = true;
        }
    }

    /** Says what runs now. */
    void conclude(int gpus, int openClGpus) {
        automatic = gpus > 0 ? "cuda:0" : openClGpus > 0 ? "opencl" : "cpu";
        text.append('\n');
        if (isLibraryMissing && gpus > 0) {
            text.append("The build can bring all of NVIDIA's libraries (2 GB): README.md, \"With nothing but the"
                    + " driver\".\n");
        }
        text.append(
                switch (gpus) {
                    case 0 ->
                        "There is no NVIDIA GPU that this program can use; --device auto takes %s.\n"
                                .formatted(openClGpus > 0 ? "the first GPU of OpenCL" : "the CPU");
                    case 1 -> "--device auto takes cuda:0.\n";
                    default ->
                        "--device auto takes cuda:0; --device cuda:%d is the last of %d GPUs.\n"
                                .formatted(gpus - 1, gpus);
                });
    }

    String text() {
        return text.toString();
    }

    /** Keys: findings (name, usable, finding, advice) and auto, the device that {@code --device auto} takes. */
    String json() {
        ObjectNode object = JsonLines.object();
        object.set("findings", findings);
        return JsonLines.line(object.put("auto", automatic)) + "\n";
    }

    static String describe(CudaGpu gpu) {
        return "%s, compute capability %s, %d multiprocessors, %s, %s free"
                .formatted(
                        gpu.name(),
                        gpu.capability(),
                        gpu.multiprocessors(),
                        Sizes.bytes(gpu.memoryBytes()),
                        Sizes.bytes(gpu.freeBytes()));
    }

    static String describe(OpenClUnit unit) {
        return "%s, %s%s, %s"
                .formatted(unit.name(), unit.isGpu() ? "" : "no GPU, ", Sizes.bytes(unit.memoryBytes()), unit.detail());
    }

    /** Room on the disk where a folder is or would be. */
    static long freeBytes(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing == null ? 0 : new File(existing.toString()).getUsableSpace();
    }
}
