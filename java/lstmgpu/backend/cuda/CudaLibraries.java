package lstmgpu.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import lstmgpu.CacheFolder;

/**
 * The vendor's libraries, each looked for and loaded when it is first asked for. JCuda's own native libraries then find them among the
 * loaded ones, so they are asked for before the first call to JCuda. Without a driver nothing else is looked at by {@link #driver}, which
 * is a few questions to the file system.
 *
 * <p>A process has one driver: a second set with another one says so as its problem.
 */
public final class CudaLibraries {
    private static final String DRIVER = "libcuda.so.1";
    private static final String CUDNN = "libcudnn.so.9";

    /** What cuDNN opens by name for recurrent networks, in the order in which they need each other. */
    private static final List<String> CUDNN_PARTS =
            List.of("libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_adv.so.9");

    private static Path driverOfProcess;

    private final Supplier<List<LibraryPlace>> driverPlaces;
    private final Supplier<List<LibraryPlace>> toolkitPlaces;
    private final Path cache;
    private CudaLibrary driver;
    private CudaLibrary cublas;
    private CudaLibrary cudnn;
    private CudaLibrary nvrtc;
    private Found nvrtcFile;

    /** The CUDA that the driver runs and the one that cuDNN is made for, as 1000·major + 10·minor; 0 if unknown. */
    private int driverVersion;

    private int cudnnRuntime;

    /** A library's file and what led to it. */
    private record Found(LibraryPlace place, String name, Path path) {
        /** A file that comes with it, in the same folder. */
        Optional<Path> neighbour(String name) {
            Optional<Path> beside =
                    LibraryPlace.folder("", path.toAbsolutePath().getParent()).find(name);
            return beside.isPresent() ? beside : place.find(name);
        }
    }

    private CudaLibraries(
            Supplier<List<LibraryPlace>> driverPlaces, Supplier<List<LibraryPlace>> toolkitPlaces, Path cache) {
        this.driverPlaces = driverPlaces;
        this.toolkitPlaces = toolkitPlaces;
        this.cache = cache;
    }

    /** Those of this machine. */
    public static CudaLibraries find() {
        return find(System.getenv());
    }

    /** Those of this machine, for an environment other than the process's. */
    public static CudaLibraries find(Map<String, String> environment) {
        return find(environment, Path.of("/"));
    }

    static CudaLibraries find(Map<String, String> environment, Path root) {
        LibraryPlaces places = new LibraryPlaces(environment, root);
        return new CudaLibraries(places::ofDriver, places::ofToolkit, CacheFolder.of(environment));
    }

    /** Those of a folder and no others. */
    public static CudaLibraries in(Path folder) {
        List<LibraryPlace> places = List.of(LibraryPlace.folder("the folder given", folder));
        return new CudaLibraries(() -> places, () -> places, CacheFolder.of(System.getenv()));
    }

    /** All of them, loaded. */
    public List<CudaLibrary> all() {
        return List.of(driver(), cublas(), cudnn(), nvrtc());
    }

    /** The newest CUDA that the driver runs, as 1000·major + 10·minor; 0 without a driver. */
    public int driverVersion() {
        driver();
        return driverVersion;
    }

    /** Needed by all that runs on the GPU, and enough for the project's own kernels. */
    public synchronized CudaLibrary driver() {
        if (driver == null) {
            LibraryReport report = new LibraryReport("NVIDIA's driver", DRIVER, LibraryAdvice.DRIVER);
            driver = report.of(() -> locate(driverPlaces.get(), List.of(DRIVER)).map(found -> {
                driverVersion = loadDriver(found.path).stored("cuDriverGetVersion", 1)[0];
                return report.usable(found.path, found.place.label(), LibraryReport.version(driverVersion));
            }));
        }
        return driver;
    }

    /** Products; without it a kernel of the project takes its place. */
    public synchronized CudaLibrary cublas() {
        if (cublas == null) {
            cudnn();
            List<String> names =
                    ofMajors("libcublas.so.", cudnnRuntime / 1000 == 13 ? List.of(13, 12) : List.of(12, 13));
            LibraryReport report =
                    new LibraryReport("cuBLAS", String.join(" or ", names), LibraryAdvice.cublas(driverVersion));
            cublas = report.of(() -> locate(toolkitPlaces.get(), names)
                    .map(found -> driver.isUsable() ? loadCublas(report, found) : idle(report, found)));
        }
        return cublas;
    }

    private CudaLibrary loadCublas(LibraryReport report, Found found) {
        found.neighbour(found.name.replace("libcublas", "libcublasLt")).ifPresent(LoadedLibrary::load);
        LoadedLibrary library = LoadedLibrary.load(found.path);
        String source = found.place.label();
        if (!found.name.equals(CublasBridge.FILE)) {
            if (!CublasBridge.isBuilt()) {
                return report.unusable(
                        found.path,
                        source,
                        "is of CUDA 13, and the bridge to it is not in this build",
                        LibraryAdvice.BRIDGE);
            }
            CublasBridge.open(found.path, cache);
            source += ", through the bridge";
        }
        String version = "%d.%d.%d"
                .formatted(
                        library.property("cublasGetProperty", 0),
                        library.property("cublasGetProperty", 1),
                        library.property("cublasGetProperty", 2));
        return report.usable(found.path, source, version);
    }

    /** Whole recurrent layers; without it the project's fused kernels run them. */
    public synchronized CudaLibrary cudnn() {
        if (cudnn == null) {
            driver();
            LibraryReport report = new LibraryReport("cuDNN", CUDNN, LibraryAdvice.cudnn(driverVersion));
            cudnn = report.of(() -> locate(toolkitPlaces.get(), List.of(CUDNN))
                    .map(found -> driver.isUsable() ? loadCudnn(report, found) : idle(report, found)));
        }
        return cudnn;
    }

    private CudaLibrary loadCudnn(LibraryReport report, Found found) {
        LoadedLibrary library = LoadedLibrary.load(found.path);
        CUDNN_PARTS.forEach(part -> found.neighbour(part).ifPresent(LoadedLibrary::load));
        int runtime = (int) library.number("cudnnGetCudartVersion");
        if (driverVersion > 0 && runtime / 1000 > driverVersion / 1000) {
            String problem = "is made for CUDA %s, and the driver runs CUDA %s"
                    .formatted(LibraryReport.version(runtime), LibraryReport.version(driverVersion));
            return report.unusable(found.path, found.place.label(), problem, LibraryAdvice.cudnn(driverVersion));
        }
        cudnnRuntime = runtime;
        int version = (int) library.number("cudnnGetVersion");
        String text = "%d.%d.%d for CUDA %s"
                .formatted(version / 10_000, version / 100 % 100, version % 100, LibraryReport.version(runtime));
        return report.usable(found.path, found.place.label(), text);
    }

    /** Compiles kernels for which the build has no image. */
    public synchronized CudaLibrary nvrtc() {
        if (nvrtc == null) {
            driver();
            List<String> names = ofMajors("libnvrtc.so.", List.of(13, 12));
            LibraryReport report =
                    new LibraryReport("NVRTC", String.join(" or ", names), LibraryAdvice.nvrtc(driverVersion));
            nvrtc = report.of(() -> locate(toolkitPlaces.get(), names).map(found -> {
                nvrtcFile = found;
                int[] version = LoadedLibrary.load(found.path).stored("nvrtcVersion", 2);
                return report.usable(found.path, found.place.label(), version[0] + "." + version[1]);
            }));
        }
        return nvrtc;
    }

    /** The second file of NVRTC, which it opens by name; it lies beside the first, as a rule. */
    synchronized Optional<Path> nvrtcBuiltins() {
        return nvrtc().isUsable() ? nvrtcFile.neighbour("libnvrtc-builtins.so." + nvrtc.version()) : Optional.empty();
    }

    /** A library of half a gigabyte that nothing can use is not loaded only to be shown. */
    private static CudaLibrary idle(LibraryReport report, Found found) {
        return report.unusable(
                found.path, found.place.label(), "is of no use without NVIDIA's driver", LibraryAdvice.DRIVER);
    }

    /** Libraries of a CUDA that the driver does not run are left alone; nothing is left out where the driver's version is unknown. */
    private List<String> ofMajors(String prefix, List<Integer> majors) {
        List<String> names = new ArrayList<>();
        for (int major : majors) {
            if (driverVersion == 0 || major <= driverVersion / 1000) {
                names.add(prefix + major);
            }
        }
        return names;
    }

    /** The first name that is anywhere. */
    private static Optional<Found> locate(List<LibraryPlace> places, List<String> names) {
        for (String name : names) {
            for (LibraryPlace place : places) {
                Optional<Path> path = place.find(name);
                if (path.isPresent()) {
                    return Optional.of(new Found(place, name, path.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** @throws UnsatisfiedLinkError if it does not load or the process has another driver already: JCuda would keep to that one */
    private static LoadedLibrary loadDriver(Path path) {
        Path file = path.toAbsolutePath().normalize();
        synchronized (CudaLibraries.class) {
            if (driverOfProcess != null && !isSame(driverOfProcess, file)) {
                throw new UnsatisfiedLinkError("this process works with " + driverOfProcess);
            }
            LoadedLibrary library = LoadedLibrary.load(file);
            driverOfProcess = file;
            return library;
        }
    }

    /** A driver has many names: links of its version, and folders that lead to the same one. */
    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false;
        }
    }
}
