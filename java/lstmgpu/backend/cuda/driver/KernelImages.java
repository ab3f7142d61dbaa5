package lstmgpu.backend.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import lstmgpu.backend.cuda.libraries.LibraryReport;
import lstmgpu.backend.cuda.libraries.Nvrtc;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptImage;
import lstmgpu.backend.kernels.KernelSources;
import lstmgpu.files.CacheFolder;

/**
 * Compiled kernels for a GPU, from the first of these that has them: a folder (LSTM_GPU_KERNELS), the images that nvcc
 * made for this build, the cache, NVRTC, whose result goes into the cache.
 */
public final class KernelImages {
    static final String VARIABLE = "LSTM_GPU_KERNELS";

    private static final String[] NONE = {};
    private static final String[] BFLOAT16 = {"STORE_BFLOAT16"};

    private final CudaLibraries libraries;
    private final Path folder;
    private final Path cache;
    private final ImageIndex index;

    /** @param folder of images that come before all others, or null */
    public KernelImages(CudaLibraries libraries, Path folder) {
        this(libraries, folder, CacheFolder.of(System.getenv()), ImageIndex.ofProgram());
    }

    public KernelImages(CudaLibraries libraries, Path folder, Path cache, ImageIndex index) {
        this.libraries = libraries;
        this.folder = folder;
        this.cache = cache.resolve("kernels");
        this.index = index;
    }

    /** Those of this machine: LSTM_GPU_KERNELS names the folder. */
    public static KernelImages find(CudaLibraries libraries) {
        return find(libraries, System.getenv());
    }

    /** Those of this machine, for an environment other than the process's. */
    public static KernelImages find(CudaLibraries libraries, Map<String, String> environment) {
        String folder = environment.getOrDefault(VARIABLE, "").strip();
        return new KernelImages(
                libraries,
                folder.isEmpty() ? null : Path.of(folder),
                CacheFolder.of(environment),
                ImageIndex.ofProgram());
    }

    /**
     * The image of a file of kernels.
     *
     * @param file the name without its ending, below {@code kernels/}
     * @param storage FLOAT32 or BFLOAT16: what {@code real} is in the text
     * @param major of the GPU's compute capability
     * @param minor of the GPU's compute capability
     * @throws LstmGpuException with exit code 4 if there is neither an image nor a compiler, 1 if the text does not
     *     compile
     */
    public byte[] image(String file, ElementType storage, int major, int minor) {
        String[] names = names(file, storage);
        String[] constants = storage == ElementType.BFLOAT16 ? BFLOAT16 : NONE;
        byte[] image = fromFolder(names);
        if (image == null && index.covers(major, minor, libraries.driverVersion())) {
            image = fromProgram(names);
        }
        return image == null ? compiled(KernelSources.of(file), constants, major, minor) : image;
    }

    /**
     * The image of a kernel with numbers compiled in.
     *
     * @param file the name without its ending, below {@code kernels/}
     * @param constants of the compiler, NAME=value
     * @param major of the GPU's compute capability
     * @param minor of the GPU's compute capability
     * @throws LstmGpuException with exit code 4 if there is neither an image nor a compiler, 1 if the text does not
     *     compile
     */
    public byte[] image(String file, String[] constants, int major, int minor) {
        String[] names = {name(file, constants)};
        byte[] image = fromFolder(names);
        if (image == null && index.covers(major, minor, libraries.driverVersion())) {
            image = fromProgram(names);
        }
        return image == null ? compiled(KernelSources.of(file), constants, major, minor) : image;
    }

    /** The image below {@code kernels/}; CMakeLists.txt makes those of kernels/cuda/images.txt. */
    public static String name(String file, String[] constants) {
        return "%s.%s.fatbin".formatted(file, String.join("-", constants).replace('=', '.'));
    }

    /** One sentence: where kernels would come from. */
    public String description() {
        String program = index.isEmpty()
                ? "no images in this build: NVRTC compiles them at the first use"
                : "images by nvcc %s for %s in this build; NVRTC compiles for other GPUs"
                        .formatted(LibraryReport.version(index.toolkit()), String.join(", ", index.targets()));
        return folder == null ? program : "images in %s (%s); %s".formatted(folder, VARIABLE, program);
    }

    /** A file whose text has no {@code real} is compiled once. */
    private static String[] names(String file, ElementType storage) {
        String plain = file + ".fp32.fatbin";
        return storage == ElementType.BFLOAT16 ? new String[] {file + ".bf16.fatbin", plain} : new String[] {plain};
    }

    private byte[] fromFolder(String[] names) {
        if (folder == null) {
            return null;
        }
        for (String name : names) {
            Path path = folder.resolve(name);
            try {
                if (Files.isRegularFile(path)) {
                    return Files.readAllBytes(path);
                }
            } catch (IOException unreadable) {
                throw new LstmGpuException(
                        ExitCode.DEVICE,
                        "%s cannot be read (%s): mend that, or set %s to another folder"
                                .formatted(path, unreadable.getMessage(), VARIABLE),
                        unreadable);
            }
        }
        return null;
    }

    private static byte[] fromProgram(String[] names) {
        for (String name : names) {
            try (InputStream resource = KernelImages.class.getResourceAsStream("/kernels/" + name)) {
                if (resource != null) {
                    return resource.readAllBytes();
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        return null;
    }

    private byte[] compiled(KernelSources sources, String[] constants, int major, int minor) {
        CudaLibrary library = libraries.nvrtc();
        if (!library.isUsable()) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "this build has no kernels for a GPU of compute capability %d.%d, and %s"
                            .formatted(major, minor, library.refusal()));
        }
        Nvrtc compiler = Nvrtc.of(libraries);
        Nvrtc.Target target = compiler.target(major, minor, constants);
        byte[] options =
                (String.join(" ", target.options()) + " NVRTC " + library.version()).getBytes(StandardCharsets.UTF_8);
        KeptImage kept = new KeptImage(cache.resolve(ContentHash.of(sources.identity(), options) + ".image"));
        byte[] image = kept.read();
        if (image == null) {
            image = compiler.compile(sources, target);
            kept.keep(image);
        }
        return image;
    }
}
