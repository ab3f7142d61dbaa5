package lstmgpu.cli;

import java.util.Locale;

/** The process: its streams and its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(Program.run(Console.ofProcess(), args));
    }
}
