package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The vendor's libraries, each looked for and loaded when it is first asked for. JCuda's own native libraries then find
 * them among the loaded ones, so they are asked for before the first call to JCuda. Without a driver nothing else is
 * looked at by {@link #driver}, which is a few questions to the file system.
 *
 * <p>A process has one driver: a second set with another one says so as its problem.
 */
public final class CudaLibraries {
    private static final String DRIVER = "libcuda.so.1";
    private static final String NCCL = "libnccl.so.2";

    /** What cuDNN opens by name for recurrent networks, in the order in which they need each other. */
    private static final List<String> CUDNN_PARTS =
            List.of("libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_adv.so.9");

    private static Path driverOfProcess;

    private final Supplier<List<LibraryPlace>> driverPlaces;
    private final Supplier<List<LibraryPlace>> toolkitPlaces;
    private CudaLibrary driver;
    private CudaLibrary cublas;
    private CudaLibrary cudnn;
    private CudaLibrary nvrtc;
    private CudaLibrary nccl;
    private Path nvrtcBuiltins;
    private LibrarySets sets;

    /** The CUDA that the driver runs, as 1000·major + 10·minor; 0 if unknown. */
    private int driverVersion;

    private CudaLibraries(Supplier<List<LibraryPlace>> driverPlaces, Supplier<List<LibraryPlace>> toolkitPlaces) {
        this.driverPlaces = driverPlaces;
        this.toolkitPlaces = toolkitPlaces;
    }

    /** Those of this machine. */
    public static CudaLibraries find() {
        return find(System.getenv());
    }

    /** Those of this machine, for an environment other than the process's. */
    public static CudaLibraries find(Map<String, String> environment) {
        return find(environment, Path.of("/"));
    }

    public static CudaLibraries find(Map<String, String> environment, Path root) {
        LibraryPlaces places = new LibraryPlaces(environment, root);
        return new CudaLibraries(places::ofDriver, places::ofToolkit);
    }

    /** Those of a folder and no others. */
    public static CudaLibraries in(Path folder) {
        List<LibraryPlace> places = List.of(LibraryPlace.folder("the folder given", folder));
        return new CudaLibraries(() -> places, () -> places);
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
            driver = report.of(() -> LibraryFile.first(driverPlaces.get(), DRIVER)
                    .map(found -> {
                        driverVersion = loadDriver(found.path()).stored("cuDriverGetVersion", 1)[0];
                        return report.usable(found.path(), found.place().label(), LibraryReport.version(driverVersion));
                    }));
        }
        return driver;
    }

    /** Which libraries are taken beside the driver, and why others are not. */
    public synchronized String description() {
        return sets().description();
    }

    private LibrarySets sets() {
        if (sets == null) {
            driver();
            sets = new LibrarySets(toolkitPlaces.get(), driverVersion);
        }
        return sets;
    }

    private LibrarySet set() {
        return sets().chosen();
    }

    /** The CUDA that a library to be added has to be for. */
    private int wantedVersion() {
        return set().isEmpty() ? driverVersion : 1000 * set().major();
    }

    /** Products; without it a kernel of the project takes its place. */
    public synchronized CudaLibrary cublas() {
        if (cublas == null) {
            String wanted = sets().wanted(LibrarySet.CUBLAS);
            LibraryReport report = new LibraryReport("cuBLAS", wanted, LibraryAdvice.cublas(wantedVersion()));
            cublas = report.of(() -> Optional.ofNullable(set().cublas())
                    .map(found -> driver.isUsable() ? loadCublas(report, found) : idle(report, found)));
        }
        return cublas;
    }

    private CudaLibrary loadCublas(LibraryReport report, LibraryFile found) {
        String source = found.place().label();
        boolean isBridged = !found.name().equals(CublasBridge.FILE);
        if (isBridged && !CublasBridge.isBuilt()) {
            return report.unusable(
                    found.path(),
                    source,
                    "is of CUDA 13, and the bridge to it is not in this build",
                    LibraryAdvice.BRIDGE);
        }
        loadCublasLt();
        LoadedLibrary library = LoadedLibrary.load(found.path());
        if (isBridged) {
            CublasBridge.open(found.path());
            source += ", through the bridge";
        }
        String version = "%d.%d.%d"
                .formatted(
                        library.property("cublasGetProperty", 0),
                        library.property("cublasGetProperty", 1),
                        library.property("cublasGetProperty", 2));
        return report.usable(found.path(), source, version);
    }

    /** By its full name, after which whoever opens it by its bare one gets this one. */
    private void loadCublasLt() {
        if (set().cublasLt() != null) {
            LoadedLibrary.load(set().cublasLt().path());
        }
    }

    /** Whole recurrent layers; without it the project's fused kernels run them. */
    public synchronized CudaLibrary cudnn() {
        if (cudnn == null) {
            sets();
            LibraryReport report = new LibraryReport("cuDNN", LibrarySet.CUDNN, LibraryAdvice.cudnn(wantedVersion()));
            cudnn = report.of(() -> Optional.ofNullable(set().cudnn())
                    .map(found -> driver.isUsable() ? loadCudnn(report, found) : idle(report, found))
                    .or(() -> otherCudnn(report)));
        }
        return cudnn;
    }

    /** One of another CUDA than that of the libraries taken. */
    private Optional<CudaLibrary> otherCudnn(LibraryReport report) {
        return LibraryFile.first(toolkitPlaces.get(), LibrarySet.CUDNN)
                .map(found -> otherCudnn(report, found, 1000 * CudnnFile.cudaMajor(found)));
    }

    private CudaLibrary otherCudnn(LibraryReport report, LibraryFile found, int version) {
        boolean isNewer = driverVersion > 0 && version / 1000 > driverVersion / 1000;
        String reason = isNewer
                ? "the driver runs CUDA " + LibraryReport.version(driverVersion)
                : "the other libraries are of CUDA " + set().major();
        String problem = version == 0
                ? "is of no use with such a driver"
                : "is made for CUDA %d, and %s".formatted(version / 1000, reason);
        return report.unusable(found.path(), found.place().label(), problem, LibraryAdvice.cudnn(wantedVersion()));
    }

    /** cuDNN ends the process where it cannot open cuBLAS's second library, so without that one it is not used. */
    private CudaLibrary loadCudnn(LibraryReport report, LibraryFile found) {
        if (set().cublasLt() == null) {
            return report.unusable(
                    found.path(),
                    found.place().label(),
                    "needs %s%d, which was not found".formatted(LibrarySet.CUBLAS_LT, set().major()),
                    LibraryAdvice.cublas(1000 * set().major()));
        }
        loadCublasLt();
        LoadedLibrary library = LoadedLibrary.load(found.path());
        int runtime = (int) library.number("cudnnGetCudartVersion");
        if (runtime / 1000 != set().major()) {
            return otherCudnn(report, found, runtime);
        }
        CUDNN_PARTS.forEach(part -> found.neighbour(part).ifPresent(LoadedLibrary::load));
        CudnnVersion version = new CudnnVersion((int) library.number("cudnnGetVersion"));
        String text = "%s for CUDA %s%s"
                .formatted(
                        version.digits(),
                        LibraryReport.version(runtime),
                        version.hasBfloat16()
                                ? ""
                                : " without layers in bfloat16, which need %s"
                                        .formatted(CudnnVersion.BFLOAT16.digits()));
        return report.usable(found.path(), found.place().label(), text);
    }

    /** Compiles kernels for which the build has no image. */
    public synchronized CudaLibrary nvrtc() {
        if (nvrtc == null) {
            String wanted = sets().wanted(LibrarySet.NVRTC);
            LibraryReport report = new LibraryReport("NVRTC", wanted, LibraryAdvice.nvrtc(wantedVersion()));
            nvrtc = report.of(() -> Optional.ofNullable(set().nvrtc()).map(found -> loadNvrtc(report, found)));
        }
        return nvrtc;
    }

    /** With its second file, which it opens by its bare name when it compiles. */
    private CudaLibrary loadNvrtc(LibraryReport report, LibraryFile found) {
        int[] version = LoadedLibrary.load(found.path()).stored("nvrtcVersion", 2);
        String text = version[0] + "." + version[1];
        String builtins = "libnvrtc-builtins.so." + text;
        nvrtcBuiltins = found.neighbour(builtins).orElse(null);
        if (nvrtcBuiltins == null) {
            String problem = "needs %s, which was not found".formatted(builtins);
            return report.unusable(found.path(), found.place().label(), problem, LibraryAdvice.nvrtc(wantedVersion()));
        }
        LoadedLibrary.load(nvrtcBuiltins);
        return report.usable(found.path(), found.place().label(), text);
    }

    /** Sums over several GPUs; without it they go through the memory of the hosts. */
    public synchronized CudaLibrary nccl() {
        if (nccl == null) {
            sets();
            LibraryReport report = new LibraryReport("NCCL", NCCL, LibraryAdvice.nccl(wantedVersion()));
            nccl = report.of(() -> LibraryFile.first(toolkitPlaces.get(), NCCL)
                    .map(found -> driver.isUsable() ? loadNccl(report, found) : idle(report, found)));
        }
        return nccl;
    }

    private static CudaLibrary loadNccl(LibraryReport report, LibraryFile found) {
        int version = LoadedLibrary.load(found.path()).stored("ncclGetVersion", 1)[0];
        String text = "%d.%d.%d".formatted(version / 10_000, version / 100 % 100, version % 100);
        return report.usable(found.path(), found.place().label(), text);
    }

    /** The second file of a usable NVRTC. */
    synchronized Optional<Path> nvrtcBuiltins() {
        return nvrtc().isUsable() ? Optional.of(nvrtcBuiltins) : Optional.empty();
    }

    /** A library of half a gigabyte that nothing can use is not loaded only to be shown. */
    private static CudaLibrary idle(LibraryReport report, LibraryFile found) {
        return report.unusable(
                found.path(), found.place().label(), "is of no use without NVIDIA's driver", LibraryAdvice.DRIVER);
    }

    /**
     * @throws UnsatisfiedLinkError if it does not load or the process has another driver already: JCuda would keep to
     *     that one
     */
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
