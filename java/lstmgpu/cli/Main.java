package lstmgpu.cli;

/** The process: its streams and its exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Program.run(Console.ofProcess(), args));
    }
}
