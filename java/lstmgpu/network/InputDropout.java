package lstmgpu.network;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Philox;
import lstmgpu.backend.StepClock;

/** Dropout of whole words and of single numbers of what the recurrent stack reads in training, x [T,B,I]. */
final class InputDropout {
    private final Backend backend;
    private final StepClock clock;
    private final int width;
    private final DropoutSpec words;
    private final DropoutSpec numbers;
    private final DeviceBuffer tokens;
    private final DeviceBuffer factors;

    /** Null where nothing is dropped. */
    static InputDropout of(Network network, Resources memory, Batch.Form form, Batch batch, Masks masks) {
        boolean drops = masks != null && masks.regularisation().dropsInput();
        return drops ? new InputDropout(network, memory, form, batch, masks) : null;
    }

    private InputDropout(Network network, Resources memory, Batch.Form form, Batch batch, Masks masks) {
        Regularisation wanted = masks.regularisation();
        this.backend = network.backend();
        this.clock = masks.clock();
        this.width = network.config().input().size();
        this.tokens = batch.inputs();
        this.words = wanted.wordDropout() > 0 ? DropoutSpec.of(wanted.wordDropout(), masks.seed(), Philox.WORDS) : null;
        this.factors = words == null ? null : memory.alloc(ElementType.FLOAT32, form.rows());
        this.numbers = wanted.inputDropout() > 0
                ? new DropoutSpec(
                        wanted.inputDropout(),
                        masks.seed(),
                        Philox.INPUT,
                        form.sequences(),
                        width,
                        form.share(),
                        wanted.locked())
                : null;
    }

    void forward(DeviceBuffer x) {
        if (words != null) {
            backend.layers().tokenMask(tokens, words, clock, factors);
            backend.losses().weigh(x, factors, width);
        }
        drop(x);
    }

    void backward(DeviceBuffer dx) {
        drop(dx);
        if (words != null) {
            backend.losses().weigh(dx, factors, width);
        }
    }

    private void drop(DeviceBuffer values) {
        if (numbers != null) {
            backend.layers().dropout(values, numbers, clock, values);
        }
    }
}
