package lstmgpu.backend.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import lstmgpu.backend.Backend;
import lstmgpu.backend.BatchShare;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.StepClock;

/**
 * A mistake that somebody could make in a recurrent plan.
 *
 * @param cells where it shows
 * @param layers how many layers it needs to show
 */
public record PlantedFault(String name, Set<Cell> cells, int layers, Maker maker) {
    /** Makes the faulty plan. */
    @FunctionalInterface
    public interface Maker {
        RnnPlan make(ReferenceBackend backend, RnnSpec spec, StepClock clock);
    }

    private static final String PROJECTED = "projected";
    private static final Set<Cell> EVERY = EnumSet.allOf(Cell.class);
    private static final Set<Cell> WITH_CELL_STATE = EVERY.stream()
            .filter(Cell::hasCellState)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Cell.class)));

    /** A backend that is right but for this mistake. */
    public Backend open() {
        return new ReferenceBackend() {
            private final Recurrence faulty = new Faulty(this, maker);

            @Override
            public Recurrence recurrence() {
                return faulty;
            }
        };
    }

    private static final class Faulty extends ReferenceRecurrence {
        private final ReferenceBackend backend;
        private final Maker maker;

        Faulty(ReferenceBackend backend, Maker maker) {
            super(backend.memory);
            this.backend = backend;
            this.maker = maker;
        }

        @Override
        public RnnPlan newRnnPlan(RnnSpec spec, StepClock clock) {
            return maker.make(backend, spec, clock);
        }
    }

    public static List<PlantedFault> all() {
        List<PlantedFault> faults = new ArrayList<>();
        addSwaps(faults, Cell.LSTM);
        addSwaps(faults, Cell.GRU);
        addSwaps(faults, Cell.LSTM_COUPLED);
        addSwaps(faults, Cell.LSTM_PEEPHOLE);
        addPeepholes(faults);
        addNorms(faults);
        addProjections(faults);
        addWeights(faults);
        faults.add(new PlantedFault(
                "state not carried",
                EVERY,
                1,
                (backend, spec, clock) -> new FaultyPlan.LateState(backend, spec, clock, spec.steps())));
        faults.add(new PlantedFault(
                "state one step late",
                EVERY,
                1,
                (backend, spec, clock) -> new FaultyPlan.LateState(backend, spec, clock, 1)));
        faults.add(new PlantedFault("sequences reset of the step before", EVERY, 1, FaultyPlan.LateReset::new));
        faults.add(new PlantedFault("h0 zero on the way back", EVERY, 1, FaultyPlan.ForgottenInitialState::new));
        faults.add(new PlantedFault(
                "dc dropped",
                WITH_CELL_STATE,
                1,
                (backend, spec, clock) -> new FaultyPlan(
                        backend,
                        spec,
                        clock,
                        new FaultyCells.DroppedCellGradient(
                                ReferenceCell.of(spec.shape().cell())))));
        faults.add(new PlantedFault(
                "coupled the other way round",
                EnumSet.of(Cell.LSTM_COUPLED),
                1,
                (backend, spec, clock) -> new FaultyPlan(
                        backend, spec, clock, new FaultyCells.TurnedGate(new ReferenceCoupledLstm(), 0))));
        faults.add(new PlantedFault("reset before product", EnumSet.of(Cell.GRU), 1, FaultyPlan.EarlyReset::new));
        faults.add(new PlantedFault("dropout unscaled", EVERY, 2, FaultyPlan.UnscaledDropout::new));
        faults.add(new PlantedFault("dropout from another stream", EVERY, 2, FaultyPlan.OtherDropoutStream::new));
        faults.add(new PlantedFault("dropout numbered by the share", EVERY, 2, FaultyPlan.DropoutByShare::new));
        faults.add(new PlantedFault("resets numbered by the share", EVERY, 1, (backend, spec, clock) -> {
            return new FaultyPlan(backend, spec.in(BatchShare.whole(spec.batch())), clock);
        }));
        faults.add(new PlantedFault("gradients overwritten", EVERY, 1, FaultyPlan.OverwrittenGradient::new));
        return faults;
    }

    /** Of plans over sequences that end within the batch, in both directions. */
    public static List<PlantedFault> ofBounded() {
        return List.of(
                new PlantedFault("lengths ignored", EVERY, 1, FaultyBoundedPlan::withoutLengths),
                new PlantedFault("one step too many", EVERY, 2, FaultyBoundedPlan::withLongLengths),
                new PlantedFault("the other direction first", EVERY, 1, FaultyBoundedPlan.SwappedHalves::new),
                new PlantedFault(
                        "gradient of the other direction left out",
                        EVERY,
                        2,
                        (backend, spec, clock) ->
                                new FaultyPlan.MissingGradient(backend, spec, clock, "weight_hh_l0_reverse")),
                new PlantedFault("a state carried", EVERY, 1, FaultyBoundedPlan.CarriedState::new));
    }

    /** Of plans whose units keep what they had, drawn or as expected. */
    public static List<PlantedFault> ofZoneout(boolean drawn) {
        List<PlantedFault> faults = new ArrayList<>();
        for (FaultyZoneout.Mistake mistake : FaultyZoneout.Mistake.values()) {
            if (mistake.shows(drawn)) {
                faults.add(new PlantedFault(
                        mistake.toString(),
                        mistake.isOfCell() ? WITH_CELL_STATE : EVERY,
                        1,
                        (backend, spec, clock) -> new FaultyZoneout.Plan(backend, spec, clock, mistake)));
            }
        }
        return faults;
    }

    private static void addSwaps(List<PlantedFault> faults, Cell cell) {
        for (int one = 0; one < cell.gates(); one++) {
            for (int other = one + 1; other < cell.gates(); other++) {
                ReferenceCell swapped = new FaultyCells.SwappedGates(ReferenceCell.of(cell), one, other);
                faults.add(new PlantedFault(
                        "gates " + one + " and " + other + " swapped",
                        EnumSet.of(cell),
                        1,
                        (backend, spec, clock) -> new FaultyPlan(backend, spec, clock, swapped)));
            }
        }
    }

    private static void addPeepholes(List<PlantedFault> faults) {
        Set<Cell> cells = EnumSet.of(Cell.LSTM_PEEPHOLE);
        String name = "weight_peephole";
        for (boolean ofOutput : new boolean[] {true, false}) {
            ReferenceCell other = new FaultyCells.OtherPeephole(new ReferencePeepholeLstm(), ofOutput);
            faults.add(new PlantedFault(
                    (ofOutput ? "o" : "i and f") + " see the other c",
                    cells,
                    1,
                    (backend, spec, clock) -> new FaultyPlan(backend, spec, clock, other)));
        }
        faults.add(new PlantedFault(
                "peepholes of i and f swapped",
                cells,
                1,
                (backend, spec, clock) -> new FaultyPlan.OtherWeights(backend, spec, clock, name, p -> {
                    double[] swapped = p.clone();
                    System.arraycopy(p, 0, swapped, p.length / 3, p.length / 3);
                    System.arraycopy(p, p.length / 3, swapped, 0, p.length / 3);
                    return swapped;
                })));
        faults.add(new PlantedFault(
                "peepholes left out",
                cells,
                1,
                (backend, spec, clock) ->
                        new FaultyPlan.OtherWeights(backend, spec, clock, name, p -> new double[p.length])));
        faults.add(new PlantedFault(
                "gradient of " + name + " left out",
                cells,
                1,
                (backend, spec, clock) -> new FaultyPlan.MissingGradient(backend, spec, clock, name)));
    }

    /** In stacks whose h is projected. */
    private static void addProjections(List<PlantedFault> faults) {
        String name = "weight_hr";
        Set<Cell> cells = EnumSet.of(Cell.LSTM);
        faults.add(new PlantedFault(
                PROJECTED + " by rows in another order",
                cells,
                1,
                (backend, spec, clock) -> new FaultyPlan.OtherWeights(backend, spec, clock, name, w -> {
                    double[] turned = w.clone();
                    int units = spec.shape().hiddenSize();
                    System.arraycopy(w, 0, turned, units, w.length - units);
                    System.arraycopy(w, w.length - units, turned, 0, units);
                    return turned;
                })));
        faults.add(new PlantedFault(
                PROJECTED + ", gradient of " + name + " left out",
                cells,
                1,
                (backend, spec, clock) -> new FaultyPlan.MissingGradient(backend, spec, clock, name)));
        faults.add(new PlantedFault(
                PROJECTED + ", state one step late",
                cells,
                2,
                (backend, spec, clock) -> new FaultyPlan.LateState(backend, spec, clock, 1)));
    }

    /** Whether the stack in which it is looked for has a projection. */
    public boolean projects() {
        return name.startsWith(PROJECTED);
    }

    private static void addNorms(List<PlantedFault> faults) {
        Set<Cell> cells = EnumSet.of(Cell.LSTM_LAYER_NORM);
        for (String name : new String[] {"weight_ln_ih", "weight_ln_hh", "weight_ln_c", "bias_ln_c"}) {
            double idle = name.startsWith("weight") ? 1 : 0;
            faults.add(new PlantedFault(
                    name + " left out",
                    cells,
                    1,
                    (backend, spec, clock) -> new FaultyPlan.OtherWeights(backend, spec, clock, name, values -> {
                        double[] others = values.clone();
                        Arrays.fill(others, idle);
                        return others;
                    })));
            faults.add(new PlantedFault(
                    "gradient of " + name + " left out",
                    cells,
                    1,
                    (backend, spec, clock) -> new FaultyPlan.MissingGradient(backend, spec, clock, name)));
        }
        for (FaultyCells.OtherNorm.Mistake mistake : FaultyCells.OtherNorm.Mistake.values()) {
            ReferenceCell other = new FaultyCells.OtherNorm(new ReferenceLayerNormLstm(), mistake);
            faults.add(new PlantedFault(
                    mistake.toString(),
                    cells,
                    1,
                    (backend, spec, clock) -> new FaultyPlan(backend, spec, clock, other)));
        }
    }

    private static void addWeights(List<PlantedFault> faults) {
        for (String bias : new String[] {"bias_ih", "bias_hh"}) {
            faults.add(new PlantedFault(
                    bias + " left out",
                    EVERY,
                    1,
                    (backend, spec, clock) ->
                            new FaultyPlan.OtherWeights(backend, spec, clock, bias, b -> new double[b.length])));
        }
        for (String name : new String[] {"bias_ih", "bias_hh", "weight_ih", "weight_hh"}) {
            faults.add(new PlantedFault(
                    "gradient of " + name + " left out",
                    EVERY,
                    1,
                    (backend, spec, clock) -> new FaultyPlan.MissingGradient(backend, spec, clock, name)));
        }
        faults.add(new PlantedFault(
                "weight_hh transposed",
                EVERY,
                1,
                (backend, spec, clock) -> new FaultyPlan.OtherWeights(
                        backend,
                        spec,
                        clock,
                        "weight_hh",
                        w -> transposed(w, spec.shape().hiddenSize()))));
    }

    /** Each gate's square matrix, transposed. */
    private static double[] transposed(double[] weights, int hidden) {
        double[] result = new double[weights.length];
        for (int row = 0; row < weights.length / hidden; row++) {
            int gate = row / hidden;
            for (int column = 0; column < hidden; column++) {
                result[(gate * hidden + column) * hidden + row % hidden] = weights[row * hidden + column];
            }
        }
        return result;
    }

    @Override
    public String toString() {
        return name;
    }
}
