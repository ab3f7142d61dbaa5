package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Philox;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.StepClock;

/**
 * The recurrent stack's weights with elements of every W_hh dropped, others for every training step but the same for
 * all of its sequences, whichever process computes them. The plan reads these in place of the network's own.
 */
final class WeightDrop {
    private record Matrix(DeviceBuffer weights, DeviceBuffer dropped, DeviceBuffer gradient, DropoutSpec mask) {}

    private final Backend backend;
    private final StepClock clock;
    private final DeviceBuffer whole;
    private final DeviceBuffer dropped;
    private final List<Matrix> matrices = new ArrayList<>();

    /**
     * Null where nothing is dropped.
     *
     * @param gradients of all parameters, of which only those of one pass are there while it goes back
     */
    static WeightDrop of(Network network, Resources memory, DeviceBuffer gradients, Masks masks) {
        boolean drops = masks.regularisation().weightDrop() > 0;
        return drops ? new WeightDrop(network, memory, gradients, masks) : null;
    }

    private WeightDrop(Network network, Resources memory, DeviceBuffer gradients, Masks masks) {
        this.backend = network.backend();
        this.clock = masks.clock();
        this.whole = network.rnnPart(network.parameters());
        this.dropped = memory.alloc(ElementType.FLOAT32, whole.length());
        ParameterLayout layout = backend.recurrence().rnnLayout(network.config().rnnShape());
        DeviceBuffer slopes = network.rnnPart(gradients);
        RnnShape shape = network.config().rnnShape();
        for (int i = 0; i < shape.layers() * shape.directions(); i++) {
            String name = CellTensor.RECURRENT_WEIGHT.in(i / shape.directions(), i % shape.directions() == 1);
            matrices.add(new Matrix(
                    layout.view(whole, name),
                    layout.view(dropped, name),
                    layout.view(slopes, name),
                    DropoutSpec.of(masks.regularisation().weightDrop(), masks.seed(), Philox.WEIGHT_DROP + i)));
        }
    }

    /** The weights of this step; {@link #draw} makes them. */
    DeviceBuffer parameters() {
        return dropped;
    }

    void draw() {
        backend.copy(whole, dropped);
        for (Matrix each : matrices) {
            backend.layers().dropout(each.weights(), each.mask(), clock, each.dropped());
        }
    }

    /** From the gradient of the dropped weights, which is all that is there, to that of the weights. */
    void back() {
        for (Matrix each : matrices) {
            backend.layers().dropout(each.gradient(), each.mask(), clock, each.gradient());
        }
    }
}
