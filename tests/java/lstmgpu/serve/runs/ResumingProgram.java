package lstmgpu.serve.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;

/**
 * A program that resumes the run in a folder and, at Ctrl-C, stops it in every way there is; and, started by that, the
 * program that would train there: it only keeps a list of the signals that it gets.
 */
final class ResumingProgram {
    /** The list, a file in the run's folder. */
    static final String SIGNALS = "signals.txt";

    private static final int TERMINATED = 143;
    private static final long SLOW_MILLIS = 1000;

    private ResumingProgram() {}

    @SuppressWarnings("try") // closed before its end is waited for
    public static void main(String... words) throws Exception {
        if (words.length > 1) {
            train(Path.of(words[Arrays.asList(words).indexOf("-o") + 1]).resolve(SIGNALS));
            return;
        }
        Path folder = Path.of(words[0]);
        CountDownLatch end = new CountDownLatch(1);
        Signals.register("INT", end::countDown);
        ProcessRun ending;
        try (ProcessRun run = new ProcessRun(folder, new TrainingProgram(ResumingProgram.class.getName(), "cpu", 1))) {
            run.resume();
            while (!Files.exists(folder.resolve(SIGNALS))) {
                Thread.sleep(10);
            }
            System.out.println("it goes on");
            end.await();
            run.stop();
            while (Files.size(folder.resolve(SIGNALS)) == 0) {
                Thread.sleep(10); // two signals at a time would be one
            }
            run.stop();
            ending = run;
        }
        ending.awaitEnd(Duration.ofSeconds(20));
    }

    private static void train(Path signals) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        for (String signal : List.of("INT", "TERM")) {
            Signals.register(signal, () -> {
                note(signals, signal);
                end.countDown();
            });
        }
        Files.createFile(signals);
        end.await();
        Thread.sleep(SLOW_MILLIS); // a checkpoint takes its time
        System.exit(TERMINATED);
    }

    private static synchronized void note(Path signals, String signal) {
        try {
            Files.writeString(signals, signal + "\n", StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
