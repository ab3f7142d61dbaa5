package lstmgpu.backend.cuda.stream;

import java.util.stream.LongStream;
import java.util.stream.Stream;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.SamplingNumbers;
import lstmgpu.backend.TokenLoop;
import lstmgpu.backend.cuda.driver.CooperativeKernel;
import lstmgpu.backend.cuda.driver.CudaCall;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.Patience;
import lstmgpu.backend.kernels.KernelArguments;
import lstmgpu.backend.kernels.KernelBackend;
import lstmgpu.backend.kernels.KernelBuffer;

/** Launches {@code kernels/cuda/token_stream.cu}. The plan's state is where a launch begins and what it leaves. */
final class TokenStream implements TokenLoop {
    private final CudaDevice device;
    private final KernelBackend backend;
    private final CooperativeKernel kernel;
    private final TokenStreamShape shape;
    private final TokenStreamMemory memory;
    private final Network network;
    private final Draws draws;
    private final KernelBuffer table;
    private final KernelBuffer outputBias;
    private final SamplingNumbers numbers;
    private final int limit;
    private DeviceBuffer drawn;
    private DeviceBuffer losses;
    private int said = 1;

    /** @param memory closed with this */
    TokenStream(
            CudaDevice device,
            KernelBackend backend,
            CooperativeKernel kernel,
            TokenStreamShape shape,
            TokenStreamMemory memory,
            Network network,
            Draws draws,
            int limit) {
        this.device = device;
        this.backend = backend;
        this.kernel = kernel;
        this.shape = shape;
        this.memory = memory;
        this.network = network;
        this.draws = draws;
        this.limit = limit;
        int vocabulary = network.vocabulary();
        long elements = Math.multiplyExact((long) vocabulary, shape.rnn().gateRows());
        this.table = KernelArguments.floats(((RnnInput.Table) network.input()).table(), elements, "table");
        this.outputBias = KernelArguments.floats(network.outputBias(), vocabulary, "output bias");
        this.numbers = SamplingNumbers.of(draws.sampling(), vocabulary);
        cut(limit);
        device.upload(addresses(), memory.addresses);
    }

    /** The kernel's array of struct Layer. */
    private int[] addresses() {
        return memory.layers.stream()
                .flatMap(layer -> Stream.of(
                        layer.inputWeights(),
                        layer.recurrentWeights(),
                        layer.inputBias(),
                        layer.recurrentBias(),
                        layer.hidden(),
                        layer.factor(),
                        layer.cell()))
                .mapToLong(buffer -> buffer == null ? 0 : device.own(buffer).address())
                .flatMap(address -> LongStream.of(address, address >>> Integer.SIZE))
                .mapToInt(word -> (int) word)
                .toArray();
    }

    /** The stretches for the loss of so many tokens, cut when another number is drawn than before. */
    private void cut(int count) {
        if (draws.losses() != null && (drawn == null || drawn.length() != count)) {
            drawn = memory.drawn.slice(0, count);
            losses = draws.losses().slice(0, count);
        }
    }

    @Override
    public int most() {
        return limit;
    }

    @Override
    public int draw(int wanted) {
        int count = Math.min(wanted, limit);
        CudaCall call = device.call(kernel, shape.blocks());
        call.buffer(memory.addresses)
                .buffer(table)
                .buffer(memory.outputWeights)
                .buffer(outputBias)
                .buffer(memory.exchange)
                .buffer(draws.tokens())
                .buffer(draws.history())
                .buffer(draws.clock().counters())
                .buffer(memory.logits)
                .buffer(memory.drawn)
                .integer(shape.kind())
                .integer(shape.rnn().layers())
                .integer(shape.rnn().hiddenSize())
                .integer(shape.vocabulary())
                .integer(shape.units())
                .integer(shape.tableKept() ? 1 : 0)
                .integer(shape.window())
                .integer(count)
                .integer(said)
                .integer(numbers.greedy() ? 1 : 0)
                .real(draws.sampling().repeatPenalty())
                .integer(numbers.mantissa())
                .integer(numbers.exponent())
                .integer(numbers.topK())
                .integer(numbers.topP())
                .longInteger(numbers.minWeight())
                .longInteger(draws.sampling().seed())
                .integer(Patience.RUN.milliseconds());
        call.launchCooperative(1);
        said += count;
        if (draws.losses() != null) {
            cut(count);
            backend.losses().softmaxCrossEntropy(memory.logits, drawn, network.vocabulary(), 1, 0, losses, null, null);
        }
        return count;
    }

    @Override
    public void close() {
        memory.close();
    }
}
