package lstmgpu.api;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;

/** Something that can be mended. The message is one sentence that names the thing and the remedy. */
public final class LstmException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Pattern FLAG = Pattern.compile("(?<![\\w/.-])--([a-z]+(?:-[a-z]+)*)");
    private static final Map<String, String> OTHER_NAMES =
            Map.of("lr", "learningRate", "time", "timeColumn", "target", "targetColumn", "series", "seriesColumn");

    /** What went wrong. */
    private final Kind kind;

    /** What went wrong, with the exit codes of the program lstm-gpu. */
    public enum Kind {
        /** Anything else, such as a disk that is full. */
        FAILED(ExitCode.FAILED),
        /** A setting is out of range, or settings contradict each other. */
        USAGE(ExitCode.USAGE),
        /** Data or a model cannot be read or does not fit. */
        DATA(ExitCode.DATA),
        /** The device asked for is not available. */
        DEVICE(ExitCode.DEVICE),
        /** Memory is short, that of the device or Java's. */
        MEMORY(ExitCode.MEMORY),
        /** The loss diverged, however often the learning rate was halved. */
        DIVERGED(ExitCode.DIVERGED);

        private final ExitCode code;

        Kind(ExitCode code) {
            this.code = code;
        }

        /** {@return the exit code, from 1 to 6} */
        public int exitCode() {
            return code.code();
        }

        private static Kind of(ExitCode code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return FAILED;
        }
    }

    private LstmException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** {@return what went wrong} */
    public Kind kind() {
        return kind;
    }

    static LstmException usage(String format, Object... arguments) {
        return of(LstmGpuException.usage(format, arguments));
    }

    static LstmException data(String format, Object... arguments) {
        return of(LstmGpuException.data(format, arguments));
    }

    static LstmException of(LstmGpuException internal) {
        return new LstmException(Kind.of(internal.exitCode()), inJava(internal.getMessage()), internal);
    }

    /** Work whose failures are told in the words of this package. */
    static <R> R told(Supplier<R> work) {
        try {
            return work.get();
        } catch (LstmGpuException internal) {
            throw of(internal);
        } catch (OutOfMemoryError memory) {
            throw new LstmException(
                    Kind.MEMORY,
                    "out of memory on the Java heap (%s); give the JVM more with -Xmx".formatted(memory.getMessage()),
                    memory);
        }
    }

    /** A message with {@code --hidden-size} as {@code hiddenSize}: settings have the names of the program's flags. */
    private static String inJava(String message) {
        return FLAG.matcher(Objects.requireNonNullElse(message, "")).replaceAll(flag -> {
            String name = flag.group(1);
            return OTHER_NAMES.getOrDefault(name, camel(name));
        });
    }

    private static String camel(String flag) {
        StringBuilder name = new StringBuilder();
        for (String word : flag.split("-")) {
            name.append(
                    name.isEmpty()
                            ? word
                            : word.substring(0, 1).toUpperCase(java.util.Locale.ROOT) + word.substring(1));
        }
        return name.toString();
    }
}
