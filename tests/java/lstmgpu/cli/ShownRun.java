package lstmgpu.cli;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.cli.progress.ProgressView;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.ResultStream;
import lstmgpu.network.Measures;

/** What is shown of a training run on standard error. */
public final class ShownRun implements AutoCloseable {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(
            InputStream.nullInputStream(),
            new ResultStream(OutputStream.nullOutputStream(), false),
            new ResultStream(err, false),
            Map.of(),
            false);
    private final ProgressView view;

    public ShownRun(ProgressView.Style style, Measures measures) {
        view = ProgressView.of(style, console, new DeviceInfo("cpu", "a processor", "", 0), measures);
    }

    public ProgressView view() {
        return view;
    }

    /** All that was shown so far. */
    public String text() {
        console.flush();
        console.err().flush();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        view.close();
    }
}
