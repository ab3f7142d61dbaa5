package lstmgpu.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.RnnSteps;
import lstmgpu.backend.StepClock;

/** The recurrent kernels on all cores; each task divides units, gate rows or steps among the workers. */
final class CpuRnnSteps implements RnnSteps {
    private final RnnWorkspace work;
    private final WorkerPool pool;
    private final StepClock clock;
    private final RnnProducts products;
    private final BiasGradient biasGradient;

    /** Null where nothing normalises. */
    private final LayerNormLstm norms;

    private final TableGradient tableGradient;
    private final RnnDropout dropout;
    private final SequenceReset sequenceReset;
    private final CarriedStates carriedStates;
    private final InitialStates states;
    private final Transposition transposition = new Transposition();
    private final CpuBuffer dFeatures;
    private final List<CpuBuffer> initialStates = new ArrayList<>();

    /** @param unit multiplies in bfloat16; null where nothing does */
    CpuRnnSteps(RnnSpec spec, StepClock clock, CpuMemory memory, WorkerPool pool, Bfloat16Unit unit) {
        this.pool = pool;
        this.clock = clock;
        work = new RnnWorkspace(spec, memory);
        dFeatures = work.features; // x is not needed any more when its gradient is computed.
        norms = spec.shape().cell().normalises() ? new LayerNormLstm(work, pool.size()) : null;
        products = work.rounds() ? new Bfloat16Products(work, pool, norms, unit) : new FloatProducts(work, pool, norms);
        biasGradient = new BiasGradient(work);
        tableGradient = new TableGradient(work);
        dropout = new RnnDropout(work);
        carriedStates = new CarriedStates(work);
        states = new InitialStates(work);
        for (int layer = 0; layer < spec.shape().layers(); layer++) {
            initialStates.add(work.hidden[layer].slice(0, work.shownBlock()));
            if (work.cell[layer] != null) {
                initialStates.add(work.cell[layer].slice(0, work.unitBlock()));
            }
        }
        sequenceReset = new SequenceReset(initialStates, work.spec.share().first(), work.sequences);
    }

    RnnWorkspace workspace() {
        return work;
    }

    @Override
    public void startForward(DeviceBuffer parameters, RnnInput input) {
        work.parameters = CpuArguments.floats(parameters, work.parameterCount, "parameters");
        work.input = input;
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                long length = (long) work.spec.tokens() * work.shape.inputSize();
                CpuBuffer x = CpuArguments.floats(in.x(), length, "x");
                pool.run(transposition.of(x, 0, work.features, work.steps, work.sequences, work.shape.inputSize()));
            }
            case RnnInput.Table in -> {
                requireTable(true);
                int rows = work.spec.tableSize();
                CpuBuffer table = CpuArguments.floats(in.table(), (long) rows * work.gateRows, "table");
                if (work.table != null) {
                    pool.run(transposition.of(table, 0, work.table, 1, rows, work.gateRows));
                }
                readTokens(CpuArguments.ints(in.tokens(), work.tokens.length, "tokens"), rows);
            }
        }
    }

    private void requireTable(boolean table) {
        if (table != work.readsTable()) {
            throw new IllegalArgumentException("this plan was made for " + (table ? "features" : "a table"));
        }
    }

    private void readTokens(CpuBuffer tokens, int vocabulary) {
        tokens.read(0, work.tokens, 0, work.tokens.length);
        for (int token : work.tokens) {
            if (token < 0 || token >= vocabulary) {
                throw new IllegalArgumentException("token " + token + " is outside [0, " + vocabulary + ")");
            }
        }
    }

    @Override
    public void projectInput(int layer) {
        products.projectInput(layer);
    }

    @Override
    public void stepsForward(int layer, int steps) {
        if (work.spec.zoneout().draws()) {
            work.zoneout.draw(pool, layer, step(clock));
        }
        RnnSteps.super.stepsForward(layer, steps);
    }

    @Override
    public void stepForward(int layer, int step) {
        products.stepForward(layer, step);
    }

    @Override
    public void dropoutForward(int layer) {
        pool.run(dropout.of(layer, step(clock), work.hidden[layer], work.shownBlock(), work.dropped[layer]));
    }

    private static int step(StepClock clock) {
        return ((CpuBuffer) clock.counters()).getInt(StepClock.STEP);
    }

    @Override
    public DeviceBuffer output() {
        CpuBuffer last = work.hidden[work.hidden.length - 1];
        pool.run(transposition.of(last, work.shownBlock(), work.output, work.steps, work.shown, work.sequences));
        return work.output;
    }

    @Override
    public void startBackward(DeviceBuffer parameters, RnnInput input, DeviceBuffer dOutput, DeviceBuffer gradients) {
        work.parameters = CpuArguments.floats(parameters, work.parameterCount, "parameters");
        work.gradients = CpuArguments.floats(gradients, work.parameterCount, "gradients");
        work.input = input;
        switch (input) {
            case RnnInput.Features in -> {
                requireTable(false);
                CpuArguments.floatsOrNull(in.dx(), (long) work.spec.tokens() * work.shape.inputSize(), "dx");
            }
            case RnnInput.Table in -> {
                requireTable(true);
                CpuArguments.floats(in.dTable(), (long) work.spec.tableSize() * work.gateRows, "dTable");
            }
        }
        CpuBuffer dy = CpuArguments.floats(dOutput, work.steps * work.shownBlock(), "dOutput");
        pool.run(transposition.of(dy, 0, work.dHidden, work.steps, work.sequences, work.shown));
    }

    @Override
    public void stepBackward(int layer, int step) {
        products.stepBackward(layer, step);
    }

    @Override
    public void weightGradients(int layer) {
        boolean fromTable = layer == 0 && work.readsTable();
        if (!fromTable) {
            products.addMatrixGradient(layer, CellTensor.INPUT_WEIGHT);
        }
        products.addMatrixGradient(layer, CellTensor.RECURRENT_WEIGHT);
        if (work.shape.projects()) {
            products.addMatrixGradient(layer, CellTensor.PROJECTION_WEIGHT);
        }
        if (norms == null) {
            pool.run(biasGradient.of(layer));
        } else {
            norms.addGradients();
        }
        if (fromTable) {
            pool.run(tableGradient);
        }
    }

    @Override
    public void inputGradient(int layer) {
        if (layer > 0) {
            products.inputGradient(layer, work.dHidden);
        } else if (work.input instanceof RnnInput.Features in && in.dx() instanceof CpuBuffer dx) {
            products.inputGradient(0, dFeatures);
            pool.run(transposition.of(dFeatures, 0, dx, work.steps, work.shape.inputSize(), work.sequences));
        }
    }

    @Override
    public void dropoutBackward(int layer) {
        pool.run(dropout.of(layer, step(clock), work.dHidden, 0, work.dHidden));
    }

    @Override
    public void carryState() {
        if (work.unitBlock() >= (long) pool.size() * Worker.TILE) {
            pool.run(carriedStates);
        } else {
            carriedStates.carry();
        }
    }

    @Override
    public void resetState() {
        for (int i = 0; i < initialStates.size(); i++) {
            initialStates.get(i).clear();
        }
    }

    @Override
    public void resetSequences(float probability, long seed, StepClock drawing) {
        pool.run(sequenceReset.of(probability, seed, step(drawing)));
    }

    @Override
    public void storeState(DeviceBuffer hidden, DeviceBuffer cell) {
        carriedStates.store(hidden, cell);
    }

    @Override
    public void takeState(DeviceBuffer hidden, DeviceBuffer cell) {
        carriedStates.take(hidden, cell);
    }

    @Override
    public RnnState readState() {
        return states.read();
    }

    @Override
    public void writeState(RnnState state) {
        states.write(state);
    }

    @Override
    public RnnState readState(int sequence) {
        return states.read(sequence);
    }

    @Override
    public void writeState(int sequence, RnnState state) {
        states.write(sequence, state);
    }

    @Override
    public void close() {
        work.close();
    }
}
