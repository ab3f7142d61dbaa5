package lstmgpu.backend.cuda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/**
 * The vendor's libraries in a jar on the class path (org.bytedeco:cuda, classifier redist; the Maven profile cuda-libraries). They are
 * unpacked into the cache of JavaCPP when they are asked for, all of a family into one folder, because they open each other by name.
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

    /** @throws UncheckedIOException if there is no room for the files */
    Optional<Path> find(String name) {
        if (RedistributedLibraries.class.getResource(FOLDER + name) == null) {
            return Optional.empty();
        }
        if (name.startsWith("libcudnn.")) {
            CUDNN.forEach(RedistributedLibraries::unpack);
        }
        return unpack(name);
    }

    private static Optional<Path> unpack(String name) {
        if (RedistributedLibraries.class.getResource(FOLDER + name) == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(Loader.cacheResource(RedistributedLibraries.class, FOLDER + name))
                    .map(File::toPath);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }
}
