package lstmgpu.network;

import java.util.function.LongConsumer;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnPlan;

/**
 * Tells while a pass goes backward from which element on its gradients are whole: ever smaller numbers, and 0 in the
 * end.
 */
final class BackwardProgress implements RnnPlan.LayerListener {
    static final LongConsumer NOBODY = _ -> {};

    private final long[] starts;
    private final boolean atTheEnd;
    private LongConsumer listener = NOBODY;

    /** @param atTheEnd whether the recurrent layers' gradients change once more when they are all there */
    BackwardProgress(Network network, boolean atTheEnd) {
        this.starts = starts(network);
        this.atTheEnd = atTheEnd;
    }

    /** The first element of every recurrent layer, and of what the head shares with nothing. */
    static long[] starts(Network network) {
        int layers = network.config().layers();
        ParameterLayout layout = network.layout();
        long[] starts = new long[layers + 1];
        for (int layer = 0; layer < layers; layer++) {
            starts[layer] = layout.slot(NetworkConfig.RNN_PREFIX + CellTensor.INPUT_WEIGHT.in(layer, false))
                    .offset();
        }
        starts[layers] = layout.slots().stream()
                .filter(slot -> slot.offset() > starts[0] && !slot.name().startsWith(NetworkConfig.RNN_PREFIX))
                .mapToLong(ParameterLayout.Slot::offset)
                .min()
                .orElse(layout.length());
        return starts;
    }

    void tell(LongConsumer hears) {
        listener = hears;
    }

    void head() {
        listener.accept(starts[starts.length - 1]);
    }

    /** With the first layer's gradients come those of the input. */
    @Override
    public void layer(int number) {
        if (number > 0 && !atTheEnd) {
            listener.accept(starts[number]);
        }
    }

    void all() {
        listener.accept(0);
    }
}
