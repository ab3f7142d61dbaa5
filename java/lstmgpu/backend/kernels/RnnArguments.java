package lstmgpu.backend.kernels;

import java.util.function.UnaryOperator;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;

/** What a plan is called with, checked and cut to pieces; the same buffers are cut once. */
final class RnnArguments {
    private final KernelDevice device;
    private final RnnSpec spec;
    private final RnnShape shape;
    private final RnnMemory memory;
    private final UnaryOperator<KernelBuffer> copies;
    private final long parameterLength;
    private final Cuts<RnnTensors> tensors;
    private final Cuts<TokenSteps> tokenSteps;
    private final Cuts<KernelBuffer[]> outputSteps;

    private RnnTensors parameters;
    private KernelBuffer features;
    private KernelBuffer table;
    private TokenSteps tokens;
    private KernelBuffer dOutput;
    private KernelBuffer[] dOutputSteps;
    private KernelBuffer dFeatures;

    /** @param copies gives the BFLOAT16 stretch that mirrors one of weights, always up to date */
    RnnArguments(KernelDevice device, RnnMemory memory, UnaryOperator<KernelBuffer> copies) {
        this.device = device;
        this.spec = memory.spec;
        this.shape = spec.shape();
        this.memory = memory;
        this.copies = copies;
        ParameterLayout layout = ParameterLayout.ofRnn(shape);
        this.parameterLength = layout.length();
        this.tensors = new Cuts<>(flat -> RnnTensors.of(flat, layout, shape));
        this.tokenSteps = new Cuts<>(this::cutTokens);
        this.outputSteps = new Cuts<>(all -> Cuts.blocks(all, spec.steps(), memory.shownBlock()));
    }

    /** Tokens INT32 [T,B], and their steps. */
    private record TokenSteps(KernelBuffer all, KernelBuffer[] steps) {}

    private TokenSteps cutTokens(KernelBuffer all) {
        return new TokenSteps(all.slice(0, spec.tokens()), Cuts.blocks(all, spec.steps(), spec.batch()));
    }

    /** Takes those of a forward pass. */
    void forward(DeviceBuffer flat, RnnInput input) {
        parameters = tensors(flat, "parameters");
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                KernelBuffer x = KernelArguments.floats(in.x(), (long) spec.tokens() * shape.inputSize(), "x");
                features = memory.isFloat() ? x : memory.features;
                if (!memory.isFloat()) {
                    Rounding.round(device, x, features, features.length());
                }
            }
            case RnnInput.Table in -> {
                requireTable(true);
                table = KernelArguments.floats(in.table(), tableLength(), "table");
                tokens = tokensOf(in);
            }
        }
    }

    /** Takes those of a backward pass, and tells the gradients of the weights where they are to be added. */
    void backward(
            DeviceBuffer flat,
            RnnInput input,
            DeviceBuffer dOutputGiven,
            DeviceBuffer gradients,
            RnnWeightGradients weightGradients) {
        parameters = tensors(flat, "parameters");
        dOutput = KernelArguments.floats(dOutputGiven, spec.steps() * memory.shownBlock(), "dOutput");
        dOutputSteps = outputSteps.of(dOutput);
        RnnTensors sums = tensors(gradients, "gradients");
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                long length = (long) spec.tokens() * shape.inputSize();
                dFeatures = KernelArguments.floatsOrNull(in.dx(), length, "dx");
                weightGradients.start(sums);
            }
            case RnnInput.Table in -> {
                requireTable(true);
                KernelBuffer dTable = KernelArguments.floats(in.dTable(), tableLength(), "dTable");
                weightGradients.start(sums, tokensOf(in).all(), dTable);
            }
        }
    }

    private long tableLength() {
        return (long) spec.tableSize() * shape.gateRows();
    }

    private TokenSteps tokensOf(RnnInput.Table input) {
        return tokenSteps.of(KernelArguments.ints(input.tokens(), spec.tokens(), "tokens"));
    }

    private void requireTable(boolean given) {
        if (given != readsTable()) {
            throw new IllegalArgumentException("this plan was made for " + (given ? "features" : "a table"));
        }
    }

    /** Whether a table stands for the first layer's input product. */
    boolean readsTable() {
        return spec.tableSize() > 0;
    }

    /** The tensors of parameters or gradients. */
    RnnTensors tensors(DeviceBuffer flat, String name) {
        return tensors.of(KernelArguments.floats(flat, parameterLength, name));
    }

    RnnTensors parameters() {
        return parameters;
    }

    /** Weights as a factor. */
    KernelBuffer factor(KernelBuffer weights) {
        return memory.isFloat() ? weights : copies.apply(weights);
    }

    /** A layer's W_ih as a factor. */
    KernelBuffer inputWeights(int layer) {
        return factor(parameters.inputWeights()[layer]);
    }

    /** A layer's W_hh as a factor. */
    KernelBuffer recurrentWeights(int layer) {
        return factor(parameters.recurrentWeights()[layer]);
    }

    /** A layer's W_hr as a factor. */
    KernelBuffer projection(int layer) {
        return factor(parameters.projections()[layer]);
    }

    /** x [T,B,I] as a factor. */
    KernelBuffer features() {
        return features;
    }

    KernelBuffer dFeatures() {
        return dFeatures;
    }

    /** [V,G·H] */
    KernelBuffer table() {
        return table;
    }

    /** INT32 [T,B] */
    KernelBuffer tokens() {
        return tokens.all();
    }

    /** INT32 [B] */
    KernelBuffer tokens(int step) {
        return tokens.steps()[step];
    }

    /** [T,B,R] */
    KernelBuffer dOutput() {
        return dOutput;
    }

    /** [B,R] */
    KernelBuffer dOutput(int step) {
        return dOutputSteps[step];
    }
}
