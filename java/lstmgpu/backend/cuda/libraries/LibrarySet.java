package lstmgpu.backend.cuda.libraries;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was found of NVIDIA's libraries of one CUDA major; null for what was not. Those of two majors in one process
 * would find each other's parts, which have names in common.
 *
 * @param cublasLt what cuBLAS is linked to, and what cuDNN opens by its bare name
 */
public record LibrarySet(int major, LibraryFile cublas, LibraryFile cublasLt, LibraryFile cudnn, LibraryFile nvrtc) {
    static final String CUBLAS = "libcublas.so.";
    static final String CUBLAS_LT = "libcublasLt.so.";
    public static final String CUDNN = "libcudnn.so.9";
    static final String NVRTC = "libnvrtc.so.";

    static LibrarySet of(int major, List<LibraryPlace> places) {
        LibraryFile cublas = LibraryFile.first(places, CUBLAS + major).orElse(null);
        Optional<LibraryFile> beside = Optional.ofNullable(cublas)
                .flatMap(file -> file.neighbour(CUBLAS_LT + major)
                        .map(path -> new LibraryFile(file.place(), CUBLAS_LT + major, path)));
        return new LibrarySet(
                major,
                cublas,
                beside.or(() -> LibraryFile.first(places, CUBLAS_LT + major)).orElse(null),
                cudnnOf(major, places).orElse(null),
                LibraryFile.first(places, NVRTC + major).orElse(null));
    }

    /** The first cuDNN that is not known to be of another major: its file has the same name in each. */
    private static Optional<LibraryFile> cudnnOf(int major, List<LibraryPlace> places) {
        return places.stream()
                .flatMap(place -> LibraryFile.first(List.of(place), CUDNN).stream())
                .filter(file -> {
                    int known = CudnnFile.cudaMajor(file);
                    return known == 0 || known == major;
                })
                .findFirst();
    }

    /** How good a set it is: cuBLAS before NVRTC, which some builds cannot do without, before cuDNN. */
    int worth() {
        int products = cublas != null && (major == 12 || CublasBridge.isBuilt()) ? 4 : 0;
        return products + (nvrtc == null ? 0 : 2) + (hasCudnn() ? 1 : 0);
    }

    private boolean hasCudnn() {
        return cudnn != null && cublasLt != null;
    }

    /** Whether nothing of it can be used. */
    boolean isEmpty() {
        return present().isEmpty();
    }

    boolean isComplete() {
        return cublas != null && hasCudnn() && nvrtc != null;
    }

    Stream<LibraryFile> files() {
        return Stream.of(cublas, cudnn, nvrtc).filter(file -> file != null);
    }

    /** Names of what can be used. */
    String present() {
        List<String> names = new ArrayList<>();
        if (cublas != null) {
            names.add("cuBLAS");
        }
        if (hasCudnn()) {
            names.add("cuDNN");
        }
        if (nvrtc != null) {
            names.add("NVRTC");
        }
        return String.join(", ", names);
    }

    /** Names of what would have to be added. */
    String missing() {
        List<String> names = new ArrayList<>();
        if (cublas == null) {
            names.add("cuBLAS");
        }
        if (!hasCudnn()) {
            names.add(cudnn == null ? "cuDNN" : "cuDNN's " + CUBLAS_LT + major);
        }
        if (nvrtc == null) {
            names.add("NVRTC");
        }
        return String.join(", ", names);
    }
}
