package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.parallel.Peers;

/**
 * The gradients of a step on their way to the sums of all processes: a stretch of them sets out as soon as it is whole,
 * while the layers below it still go backward.
 */
final class SharedGradients implements LongConsumer {
    private record Stretch(long first, DeviceBuffer values) {}

    private final Peers peers;

    /** From the last to the first; together they are the whole buffer. */
    private final List<Stretch> stretches = new ArrayList<>();

    private int begun;

    /** @param gradients laid out as the network's parameters */
    SharedGradients(Peers peers, Network network, DeviceBuffer gradients) {
        this.peers = peers.size() == 1 ? Peers.ALONE : peers;
        long[] starts = BackwardProgress.starts(network);
        long end = gradients.length();
        for (int part = starts.length - 1; part > 0; part--) {
            end = cut(gradients, starts[part], end);
        }
        stretches.add(new Stretch(0, gradients.slice(0, end)));
    }

    /** What is too small for a way of its own goes with what lies before it. */
    private long cut(DeviceBuffer gradients, long first, long end) {
        if (end - first < peers.leastElements()) {
            return end;
        }
        stretches.add(new Stretch(first, gradients.slice(first, end - first)));
        return first;
    }

    /** Begins to add up what lies behind {@code first} and was not whole before. */
    @Override
    public void accept(long first) {
        while (begun < stretches.size() && stretches.get(begun).first() >= first) {
            peers.begin(stretches.get(begun++).values());
        }
    }

    /** What follows sees the sums of all elements. */
    void end() {
        peers.end();
        begun = 0;
    }
}
