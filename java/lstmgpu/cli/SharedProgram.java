package lstmgpu.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ResultStream;
import lstmgpu.models.Tasks;
import lstmgpu.parallel.mpi.Launch;
import lstmgpu.parallel.mpi.Processes;

/**
 * The program as one of several processes that mpirun or srun has started to work together. Only the first one is
 * heard; what another one says is told if it is the only one to fail, and whoever fails ends all.
 */
final class SharedProgram {
    /** What all find wrong the first one says, and it ends the others meanwhile. */
    private static final long FIRST_ONE_SECONDS = 3;

    /** Where every end is one in good order. */
    private static final List<ExitCode> ENDS = List.of(ExitCode.DONE, ExitCode.INTERRUPTED, ExitCode.TERMINATED);

    /** What tells something and writes nothing. */
    private static final Set<String> HARMLESS = Set.of("doctor", "help", "--help", "-h", "--version", "-V");

    /** What several processes do together. */
    private static final List<List<String>> DIVIDED = List.of(
            List.of("train"),
            List.of("classify", "train"),
            List.of("classify", "eval"),
            List.of("forecast", "train"),
            List.of("forecast", "backtest"),
            List.of("eval"),
            List.of("tune"),
            List.of("bench"));

    private SharedProgram() {}

    /** @return the exit code */
    static int run(Console console, String... arguments) {
        Launch launch = Launch.of(console.environment());
        if (!launch.isShared()) {
            return Program.run(console, arguments);
        }
        if (DIVIDED.stream().noneMatch(words -> begins(arguments, words))) {
            return alone(console, launch, arguments);
        }
        ByteArrayOutputStream unheard = new ByteArrayOutputStream();
        Console own = launch.rank() == 0 ? console : silent(console, unheard);
        Processes processes;
        try {
            processes = Processes.join(launch);
        } catch (LstmGpuException refusal) {
            return new Failures(own, Arrays.asList(arguments).contains("--verbose")).report(refusal);
        }
        int code = Program.run(own, Tasks.ALL, processes, arguments);
        if (ENDS.stream().anyMatch(end -> end.code() == code)) {
            processes.leave();
        } else {
            if (launch.rank() > 0) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(FIRST_ONE_SECONDS));
                console.say("%s, process %d of %d: %s".formatted(host(), launch.rank(), launch.size(), last(unheard)));
            }
            processes.abort(code);
        }
        return code;
    }

    /** Anything else several processes would do several times, into the same files. */
    private static int alone(Console console, Launch launch, String... arguments) {
        if (arguments.length == 0 || Arrays.stream(arguments).anyMatch(HARMLESS::contains)) {
            return Program.run(console, arguments);
        }
        if (launch.rank() == 0) {
            console.say("%s: %s runs in one process; start it without mpirun or srun"
                    .formatted(Program.NAME, arguments[0]));
        }
        return ExitCode.USAGE.code();
    }

    private static boolean begins(String[] arguments, List<String> words) {
        return Arrays.asList(arguments)
                .subList(0, Math.min(arguments.length, words.size()))
                .equals(words);
    }

    private static Console silent(Console console, ByteArrayOutputStream unheard) {
        return new Console(
                console.in(),
                new ResultStream(OutputStream.nullOutputStream(), false),
                new ResultStream(unheard, false),
                console.environment(),
                console.process());
    }

    private static String last(ByteArrayOutputStream said) {
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(Program.NAME))
                .reduce("", (_, line) -> line);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "this host";
        }
    }
}
