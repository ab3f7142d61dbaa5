package lstmgpu.cli;

import java.util.List;
import java.util.Locale;
import lstmgpu.backend.natives.NativeLibraries;
import lstmgpu.cli.report.Console;

/** The process: its streams and its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        NativeLibraries.claim();
        openLog(List.of(args).contains("--verbose"));
        Console console = Console.ofProcess();
        // Whatever libraries print goes the same way.
        System.setOut(console.out());
        System.setErr(console.err());
        System.exit(SharedProgram.run(console, args));
    }

    /** Libraries and backends tell what they chose and why; only who asked for more wants to read that. */
    private static void openLog(boolean verbose) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "info" : "off");
        System.setProperty("org.slf4j.simpleLogger.showThreadName", "false");
        System.setProperty("org.slf4j.simpleLogger.showLogName", "false");
    }
}
