package lstmgpu.backend.cuda.libraries;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.natives.NativeLibraries;

/**
 * The vendor's libraries in a jar on the class path (org.bytedeco:cuda, classifier redist; the Maven profile
 * cuda-libraries). They are unpacked when they are asked for, all into one folder, because they open each other by
 * name.
 */
final class RedistributedLibraries {
    private static final String FOLDER = "/org/bytedeco/cuda/linux-x86_64/";

    /** What a library opens by name. */
    private static final List<String> CUDNN = List.of(
            "libcudnn_graph.so.9",
            "libcudnn_ops.so.9",
            "libcudnn_adv.so.9",
            "libcudnn_cnn.so.9",
            "libcudnn_heuristic.so.9",
            "libcudnn_engines_precompiled.so.9",
            "libcudnn_engines_runtime_compiled.so.9");

    /** What tells one version of all of them from another. */
    private static final List<String> FOUNDATIONS =
            List.of("libcudnn.so.9", "libcublas.so.13", "libcublas.so.12", "libnvrtc.so.13", "libnvrtc.so.12");

    /** @throws LstmGpuException with exit code 1 if they cannot be unpacked */
    Optional<Path> find(String name) {
        if (!isThere(name)) {
            return Optional.empty();
        }
        List<String> wanted = new ArrayList<>();
        wanted.add(name);
        if (name.startsWith("libcudnn.")) {
            wanted.addAll(CUDNN);
        }
        return Optional.of(
                NativeLibraries.unpack(there(FOUNDATIONS), there(wanted)).getFirst());
    }

    private static boolean isThere(String name) {
        return NativeLibraries.isPacked(FOLDER + name);
    }

    private static List<String> there(List<String> names) {
        return names.stream()
                .filter(RedistributedLibraries::isThere)
                .map(FOLDER::concat)
                .toList();
    }
}
