package lstmgpu.backend.cuda.libraries;

import java.nio.file.Path;

/**
 * One of the vendor's libraries as this machine has it. A library that can be used has a path and no problem.
 *
 * @param name cuBLAS, for example
 * @param wanted the files that would do, the best first
 * @param path the file found, or null
 * @param source what led to that file, in a few words; empty without one
 * @param version as the library tells it; empty if it was not asked
 * @param problem why it cannot be used, as part of a sentence; empty if it can
 * @param advice one sentence that mends the problem; empty without one
 */
public record CudaLibrary(
        String name, String wanted, Path path, String source, String version, String problem, String advice) {

    public boolean isUsable() {
        return path != null && problem.isEmpty();
    }

    /** One sentence for a message that refuses something for want of this library. */
    public String refusal() {
        return "%s (%s) %s: %s".formatted(name, wanted, problem, advice);
    }
}
