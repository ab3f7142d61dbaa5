package lstmgpu.backend.cuda.libraries;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;

/** Makes the {@link CudaLibrary} of one library out of what its search comes to. */
public final class LibraryReport {
    private final String name;
    private final String wanted;
    private final String advice;

    /** @param advice what to do where it is absent */
    LibraryReport(String name, String wanted, String advice) {
        this.name = name;
        this.wanted = wanted;
        this.advice = advice;
    }

    /** Runs a search; that it ends with nothing, or with a library that does not load, is a result like any other. */
    CudaLibrary of(Supplier<Optional<CudaLibrary>> search) {
        try {
            return search.get().orElseGet(() -> unusable(null, "", "was not found", advice));
        } catch (UnsatisfiedLinkError | IllegalArgumentException failure) {
            return unusable(null, "", "cannot be loaded (%s)".formatted(firstLine(failure)), advice);
        } catch (LstmGpuException failure) {
            return unusable(
                    null,
                    "",
                    "cannot be unpacked (%s)".formatted(firstLine(failure)),
                    "set LSTM_GPU_CACHE to a folder of your own with more room");
        }
    }

    CudaLibrary usable(Path path, String source, String version) {
        return new CudaLibrary(name, wanted, path, source, version, "", "");
    }

    CudaLibrary unusable(Path path, String source, String problem, String remedy) {
        return new CudaLibrary(name, wanted, path, source, "", problem, remedy);
    }

    /** 12060 as 12.6. */
    public static String version(int number) {
        return number == 0 ? "of unknown version" : "%d.%d".formatted(number / 1000, number % 1000 / 10);
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }
}
