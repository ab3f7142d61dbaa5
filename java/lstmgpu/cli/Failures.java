package lstmgpu.cli;

import java.util.List;
import java.util.regex.Pattern;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Turns failures into one sentence and an exit code; the stack trace comes only with {@code
 * --verbose}.
 */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private static final Pattern LONG_WORD = Pattern.compile("(\\S{240})\\S+");
    private static final int LONGEST = 1500;

    private final Console console;
    private final boolean verbose;

    Failures(Console console, boolean verbose) {
        this.console = console;
        this.verbose = verbose;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        if (failure.getCause() instanceof LstmGpuException known) {
            return report(known);
        }
        console.say(Program.NAME + ": " + sentence(failure));
        return ExitCode.USAGE.code();
    }

    /** What is wrong with an argument, and where to see what is right. */
    static String sentence(ParameterException failure) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        return "%s; %s --help lists what there is".formatted(shortened(mistake(failure)), command);
    }

    private static String mistake(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        if (failure instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            CommandLine.Model.ArgSpec first = missing.getMissing().getFirst();
            String name =
                    first instanceof CommandLine.Model.OptionSpec option ? option.longestName() : first.paramLabel();
            return name + " is missing";
        }
        String value = failure.getValue() == null ? "" : failure.getValue();
        String message = failure.getMessage()
                .replace(value, LstmGpuException.shortened(value))
                .replaceAll("\\s+", " ")
                .replaceFirst(
                        " is not an? (int|long)$", isDigits(value) ? " is out of range" : " is not a whole number")
                .replaceFirst(" is not a (float|double)$", " is not a number");
        return message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
    }

    private static boolean isDigits(String value) {
        return value.matches("[-+]?\\d+");
    }

    private static String unmatched(UnmatchedArgumentException failure) {
        String word = failure.getUnmatched().getFirst();
        String what = failure.isUnknownOption()
                ? "unknown flag "
                : failure.getCommandLine().getSubcommands().isEmpty() ? "unexpected argument " : "unknown command ";
        List<String> suggestions = Suggestions.of(failure);
        return what + word + (suggestions.isEmpty() ? "" : "; did you mean " + String.join(" or ", suggestions) + "?");
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine commandLine, ParseResult result) {
        return report(failure);
    }

    int report(Throwable failure) {
        if (failure instanceof Console.ClosedPipe) {
            return ExitCode.DONE.code();
        }
        console.say(Program.NAME + ": " + shortened(message(failure)));
        if (verbose) {
            failure.printStackTrace(console.err());
            console.err().flush();
        }
        return exitCode(failure).code();
    }

    /** One line, whatever a file or an argument has put into it. */
    private static String shortened(String message) {
        String line = LONG_WORD.matcher(message.replaceAll("\\R", " ")).replaceAll("$1…");
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }

    private static String message(Throwable failure) {
        return switch (failure) {
            case LstmGpuException known -> known.getMessage();
            case OutOfMemoryError memory ->
                "out of memory on the Java heap (%s); give the JVM more with JDK_JAVA_OPTIONS=-Xmx4g or use a smaller text or vocabulary"
                        .formatted(memory.getMessage());
            default -> "internal error: %s; run it again with --verbose and report what it prints".formatted(failure);
        };
    }

    private static ExitCode exitCode(Throwable failure) {
        return switch (failure) {
            case LstmGpuException known -> known.exitCode();
            case OutOfMemoryError memory -> ExitCode.MEMORY;
            default -> ExitCode.FAILED;
        };
    }
}
