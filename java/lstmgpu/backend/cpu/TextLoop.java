package lstmgpu.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.LayeredRnnPlan;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.backend.TokenLoop;

/**
 * Texts, token after token: all layers and the head in one hand-over to the workers, with rounded weights, or one text
 * with weights in float32, as the operations would compute it bit for bit. A layer's units are divided among the
 * workers in the same way at every token, so that rounded weights stay in the caches of their processors. A text is the
 * same whatever is beside it.
 */
final class TextLoop implements TokenLoop {
    private final WorkerPool pool;
    private final Network network;
    private final Body body;
    private final CpuRnnSteps steps;
    private final List<TextRows> matrices = new ArrayList<>();
    private final TaskChain chain;

    private TextLoop(WorkerPool pool, RnnWorkspace.Memory memory, RowUnit unit, Network network, Body body) {
        this.pool = pool;
        this.network = network;
        this.body = body;
        steps = (CpuRnnSteps) ((LayeredRnnPlan) network.plan()).kernels();
        steps.startForward(network.rnnParameters(), network.input());
        try {
            chain = new TaskChain(tasks(steps.workspace(), memory, unit), pool);
        } catch (RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    /** Null where a loop of operations has to do. */
    static TokenLoop of(WorkerPool pool, RnnWorkspace.Memory memory, RowUnit unit, Network network, Body body) {
        boolean fits = network.plan() instanceof LayeredRnnPlan plan
                && plan.kernels() instanceof CpuRnnSteps
                && suits(network, unit);
        return fits ? new TextLoop(pool, memory, unit, network, body) : null;
    }

    private static boolean suits(Network network, RowUnit unit) {
        if (network.outputWeight() == null) {
            return false;
        }
        if (network.weights() == null) {
            return network.plan().spec().batch() == 1 && LaneProduct.isThere();
        }
        int columns = Math.max(
                network.plan().spec().shape().inputSize(),
                network.plan().spec().shape().hiddenSize());
        return unit != null && columns <= RowProduct.MOST_COLUMNS;
    }

    /** Bytes of the weights' rounded copies. */
    static long bytes(RowUnit unit, Network network) {
        if (network.weights() == null || !suits(network, unit)) {
            return 0;
        }
        var shape = network.plan().spec().shape();
        RoundedWeights form = network.weights();
        int texts = network.plan().spec().batch();
        int units = shape.hiddenSize();
        int gates = shape.cell().gates();
        int shown = shape.shownSize();
        long bytes = RoundedRows.bytes(form, unit, texts, 1, network.vocabulary(), shown);
        for (int layer = 0; layer < shape.layers(); layer++) {
            bytes += RoundedRows.bytes(form, unit, texts, gates, units, shown);
            bytes += shape.projects() ? RoundedRows.bytes(form, unit, texts, 1, shown, units) : 0;
            if (layer > 0 || network.input() instanceof RnnInput.Features) {
                bytes += RoundedRows.bytes(form, unit, texts, gates, units, shape.inputOf(layer));
            }
        }
        return bytes;
    }

    private List<WorkerPool.Task> tasks(RnnWorkspace work, RnnWorkspace.Memory memory, RowUnit unit) {
        int gates = work.shape.cell().gates();
        int layers = work.shape.layers();
        List<WorkerPool.Task> tasks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            LayerTensors at = work.tensors[layer];
            TextRows inputs = null;
            if (layer > 0 || !work.readsTable()) {
                FloatRows rows = new FloatRows(work.parameters, at.inputWeight(), work.units, work.inputOf(layer));
                inputs = kept(unit, rows, gates, memory);
            }
            FloatRows rows = new FloatRows(work.parameters, at.recurrentWeight(), work.units, work.shown);
            LayerNormLstm norms = work.shape.cell().normalises() ? new LayerNormLstm(work, pool.size()) : null;
            tasks.add(new TextStep(work, norms, layer, inputs, kept(unit, rows, gates, memory)));
            if (norms != null) {
                tasks.add(norms.of(layer, 0, false));
                if (work.zoneout != null) {
                    tasks.add(work.zoneout.behind(layer));
                }
            }
            if (work.shape.projects()) {
                FloatRows projection = new FloatRows(work.parameters, at.projection(), work.shown, work.units);
                tasks.add(new TextProjection(work, layer, kept(unit, projection, 1, memory)));
            }
        }
        int vocabulary = network.vocabulary();
        CpuBuffer weight = CpuArguments.floats(network.outputWeight(), (long) vocabulary * work.shown, "output weight");
        TextRows head = kept(unit, new FloatRows(weight, 0, vocabulary, work.shown), 1, memory);
        tasks.add(new TextHead(
                head,
                CpuArguments.floats(network.outputBias(), vocabulary, "output bias"),
                work.hidden[layers - 1],
                work.shownBlock(),
                CpuArguments.floats(network.logits(), (long) work.sequences * vocabulary, "logits"),
                vocabulary,
                work.sequences));
        return tasks;
    }

    private TextRows kept(RowUnit unit, FloatRows rows, int blocks, RnnWorkspace.Memory memory) {
        int texts = network.plan().spec().batch();
        TextRows matrix =
                network.weights() == null ? rows : RoundedRows.of(network.weights(), unit, texts, rows, blocks, memory);
        matrices.add(matrix);
        return matrix;
    }

    @Override
    public int most() {
        return 1;
    }

    @Override
    public int draw(int wanted) {
        body.bring().run();
        steps.startForward(network.rnnParameters(), network.input());
        pool.run(chain.begin());
        steps.carryState();
        body.choose().accept(0);
        return 1;
    }

    @Override
    public void close() {
        matrices.forEach(TextRows::close);
    }
}
