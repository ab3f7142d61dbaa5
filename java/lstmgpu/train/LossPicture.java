package lstmgpu.train;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import lstmgpu.model.LossChart;
import lstmgpu.model.MetricsFile;
import lstmgpu.model.ModelDirectory;

/**
 * Draws the loss on a thread of its own, since the first picture of a process takes a second. While one is being drawn,
 * others are left out; the last one of a run is always drawn.
 */
final class LossPicture implements AutoCloseable {
    private final ModelDirectory directory;
    private final ExecutorService artist = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("loss chart").factory());
    private CompletableFuture<Void> drawing = CompletableFuture.completedFuture(null);

    LossPicture(ModelDirectory directory) {
        this.directory = directory;
    }

    /** Returns at once. */
    void redraw(List<MetricsFile.Row> rows) {
        if (drawing.isDone() && !drawing.isCompletedExceptionally()) {
            drawing = CompletableFuture.runAsync(() -> draw(rows), artist);
        }
    }

    private void draw(List<MetricsFile.Row> rows) {
        try {
            directory.saveLossChart(rows);
        } catch (LossChart.Unavailable unavailable) {
            throw new CompletionException(unavailable);
        }
    }

    /**
     * Waits for a picture that is being drawn and draws the last one.
     *
     * @throws LossChart.Unavailable if this machine cannot draw
     */
    void finish(List<MetricsFile.Row> rows) throws LossChart.Unavailable {
        close();
        directory.saveLossChart(rows);
    }

    /** Waits for a picture that is being drawn; whether it came about is of no interest any more. */
    @Override
    public void close() {
        artist.close();
    }
}
