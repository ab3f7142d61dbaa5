package lstmgpu.models;

import java.util.function.Consumer;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.network.Network;

/** Language models that write with rounded weights. */
public final class Rounding {
    private Rounding() {}

    /**
     * Rounds a model's matrices.
     *
     * @param form null for all bits
     * @param use why these texts are not written more quickly with them; null where they are
     * @param notice hears in a line why nothing becomes quicker, if so
     */
    public static void round(Network model, RoundedWeights form, String use, Consumer<String> notice) {
        if (form == null) {
            return;
        }
        model.round(form);
        String hindrance = hindrance(model, use);
        if (hindrance != null) {
            notice.accept("--weights %s: the text is that of the rounded weights, and no quicker: %s"
                    .formatted(form.word(), hindrance));
        }
    }

    private static String hindrance(Network model, String use) {
        if (!model.backend().drawing().multipliesRounded()) {
            return "only a CPU with AVX2 multiplies them as they are";
        }
        return model.config().clusters() == null ? use : "the model has an adaptive softmax";
    }
}
