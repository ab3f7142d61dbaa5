package lstmgpu.backend.reference;

import java.util.Arrays;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/** The least that is a language model. */
final class TinyLanguageModel {
    private final ReferenceBackend backend;
    private final Layers layers;
    private final StepClock clock;
    private final ParameterLayout layout;
    private final DeviceBuffer parameters;
    private final DeviceBuffer gradients;
    private final RnnPlan plan;
    private final int tokens;
    private final int inputSize;
    private final int hiddenSize;
    private final int vocabulary;
    private final DeviceBuffer embedded;
    private final DeviceBuffer dEmbedded;
    private final DeviceBuffer dropped;
    private final DeviceBuffer logits;
    private final DeviceBuffer losses;

    TinyLanguageModel(
            ReferenceBackend backend,
            StepClock clock,
            RnnSpec spec,
            ParameterLayout layout,
            DeviceBuffer parameters,
            DeviceBuffer gradients) {
        this.backend = backend;
        this.layers = backend.layers();
        this.clock = clock;
        this.layout = layout;
        this.parameters = parameters;
        this.gradients = gradients;
        this.plan = backend.recurrence().newRnnPlan(spec, clock);
        this.tokens = spec.tokens();
        this.inputSize = spec.shape().inputSize();
        this.hiddenSize = spec.shape().hiddenSize();
        this.vocabulary = layout.slot("embedding").shape().getFirst();
        this.embedded = backend.alloc(ElementType.FLOAT32, (long) tokens * inputSize);
        this.dEmbedded = backend.alloc(ElementType.FLOAT32, (long) tokens * inputSize);
        this.dropped = backend.alloc(ElementType.FLOAT32, (long) tokens * hiddenSize);
        this.logits = backend.alloc(ElementType.FLOAT32, (long) tokens * vocabulary);
        this.losses = backend.alloc(ElementType.FLOAT32, tokens);
    }

    private DeviceBuffer weight(String name) {
        return layout.view(parameters, name);
    }

    private DeviceBuffer slope(String name) {
        return layout.view(gradients, name);
    }

    private DeviceBuffer stack(DeviceBuffer buffer) {
        long start = layout.slot("rnn.weight_ih_l0").offset();
        return buffer.slice(start, layout.slot("output.weight").offset() - start);
    }

    double loss(DeviceBuffer inputs, DeviceBuffer targets) {
        layers.embed(weight("embedding"), inputs, inputSize, embedded);
        DeviceBuffer y = plan.forward(stack(parameters), new RnnInput.Features(embedded, dEmbedded));
        layers.dropout(y, DropoutSpec.of(0.2f, 7, 2), clock, dropped);
        DeviceBuffer bias = weight("output.bias");
        layers.linear(
                dropped,
                weight("output.weight"),
                bias,
                new LinearSpec(tokens, hiddenSize, vocabulary, Precision.FP32),
                logits);
        backend.losses().softmaxCrossEntropy(logits, targets, vocabulary, 1f / tokens, 0, losses, logits, null);
        return sum(losses) / tokens;
    }

    void backward(DeviceBuffer inputs) {
        DeviceBuffer dy = backend.alloc(ElementType.FLOAT32, (long) tokens * hiddenSize);
        DeviceBuffer output = slope("output.weight");
        DeviceBuffer weight = weight("output.weight");
        DeviceBuffer bias = slope("output.bias");
        layers.linearGrad(
                dropped,
                weight,
                logits,
                new LinearSpec(tokens, hiddenSize, vocabulary, Precision.FP32),
                dy,
                false,
                output,
                bias);
        layers.dropout(dy, DropoutSpec.of(0.2f, 7, 2), clock, dy);
        RnnInput.Features input = new RnnInput.Features(embedded, dEmbedded);
        plan.backward(stack(parameters), input, dy, stack(gradients));
        layers.embedGrad(dEmbedded, inputs, inputSize, slope("embedding"));
    }

    private double sum(DeviceBuffer buffer) {
        double[] values = new double[(int) buffer.length()];
        backend.download(buffer, values);
        return Arrays.stream(values).sum();
    }
}
