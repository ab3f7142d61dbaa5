package lstmgpu.task.forecast;

import java.util.Arrays;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.data.SequenceBatches;
import lstmgpu.network.Network;
import lstmgpu.network.Purpose;
import lstmgpu.network.SequenceSweep;
import lstmgpu.parallel.Peers;

/** What a network predicts, and is judged by, at the last steps of windows. */
final class Sweep implements AutoCloseable {
    private final Backend backend;
    private final List<WindowRows.Window> windows;
    private final SequenceSweep sweep;
    private final int batch;
    private final int steps;
    private final int outputs;
    private final boolean judges;
    private final float[] predicted;
    private final float[] losses;

    /** Takes what was found for a window; the arrays are good during the call. */
    interface Taker {
        /**
         * @param predicted [targets, Q]
         * @param losses of each of these, 0 where there is no target; null where nothing is judged
         */
        void take(WindowRows.Window window, float[] predicted, float[] losses);
    }

    /** @param most windows that go through the network at once */
    Sweep(Network network, WindowRows rows, List<WindowRows.Window> windows, int most, boolean judges) {
        this.backend = network.backend();
        this.windows = windows;
        this.batch = Math.min(most, windows.size());
        this.steps = rows.model().windows().input();
        this.outputs = network.config().head().size();
        this.judges = judges;
        this.predicted = new float[batch * outputs];
        this.losses = judges ? new float[batch * outputs] : null;
        int[] lengths = new int[windows.size()];
        Arrays.fill(lengths, steps);
        this.sweep = new SequenceSweep(
                network,
                new SequenceBatches(lengths, batch, 0),
                rows.starts(windows),
                batch,
                judges ? Purpose.JUDGE : Purpose.PREDICT,
                new SeriesTables(backend, rows, judges, 1));
    }

    /** All call it, and all are given everything. */
    void run(Peers peers, Taker taker) {
        long last = (long) (steps - 1) * batch * outputs;
        float[] own = new float[outputs];
        float[] ownLosses = judges ? new float[outputs] : null;
        int numbers = judges ? 2 * outputs : outputs;
        SequenceSweep.Reader reader = (pass, count) -> {
            backend.download(pass.predictions().slice(last, predicted.length), predicted);
            if (judges) {
                backend.download(pass.losses().slice(last, losses.length), losses);
            }
            float[] found = new float[count * numbers];
            for (int i = 0; i < count; i++) {
                System.arraycopy(predicted, i * outputs, found, i * numbers, outputs);
                if (judges) {
                    System.arraycopy(losses, i * outputs, found, i * numbers + outputs, outputs);
                }
            }
            return found;
        };
        sweep.run(peers, numbers, reader, (sequence, found, from) -> {
            System.arraycopy(found, from, own, 0, outputs);
            if (judges) {
                System.arraycopy(found, from + outputs, ownLosses, 0, outputs);
            }
            taker.take(windows.get(sequence), own, ownLosses);
        });
    }

    @Override
    public void close() {
        sweep.close();
    }
}
