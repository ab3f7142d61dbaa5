package lstmgpu.train;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.store.LossChart;
import lstmgpu.store.MetricsFile;
import lstmgpu.store.ModelDirectory;

/**
 * Draws the loss on a thread of its own, since the first picture of a process takes a second. While one is being drawn,
 * others are left out; the last one of a run is always drawn. That a picture failed is said once, and the run goes on.
 */
final class LossPicture implements AutoCloseable {
    private final ModelDirectory directory;
    private final String unit;
    private final Consumer<String> notice;
    private final ExecutorService artist = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("loss chart").factory());
    private CompletableFuture<Void> drawing = CompletableFuture.completedFuture(null);
    private boolean noticed;

    /**
     * @param unit of the loss
     * @param notice hears, on the thread that calls this object, why there is no picture
     */
    LossPicture(ModelDirectory directory, String unit, Consumer<String> notice) {
        this.directory = directory;
        this.unit = unit;
        this.notice = notice;
    }

    /** Returns at once. */
    void redraw(List<MetricsFile.Row> rows) {
        if (drawing.isDone() && canDraw()) {
            drawing = CompletableFuture.runAsync(() -> draw(rows), artist);
        }
    }

    private void draw(List<MetricsFile.Row> rows) {
        try {
            directory.saveLossChart(rows, unit);
        } catch (LossChart.Unavailable unavailable) {
            throw new CompletionException(unavailable);
        }
    }

    /** What cannot be written now may be written later; where there are no fonts there will be none. */
    private boolean canDraw() {
        if (!drawing.isCompletedExceptionally()) {
            return true;
        }
        Throwable failure = drawing.exceptionNow();
        say(failure.getMessage());
        return failure instanceof LstmGpuException;
    }

    private void say(String failure) {
        if (!noticed) {
            noticed = true;
            notice.accept(failure);
        }
    }

    /**
     * Waits for a picture that is being drawn and draws the last one.
     *
     * @throws LstmGpuException if it cannot be written
     */
    void finish(List<MetricsFile.Row> rows) {
        close();
        if (canDraw()) {
            try {
                directory.saveLossChart(rows, unit);
            } catch (LossChart.Unavailable unavailable) {
                say(unavailable.getMessage());
            }
        }
    }

    /** Waits for a picture that is being drawn. */
    @Override
    public void close() {
        artist.close();
    }
}
