package lstmgpu.backend;

import static lstmgpu.backend.Activation.RELU;
import static lstmgpu.backend.Activation.SIGMOID;
import static lstmgpu.backend.Activation.TANH;
import static lstmgpu.backend.CellSignal.CANDIDATE;
import static lstmgpu.backend.CellSignal.CELL;
import static lstmgpu.backend.CellSignal.FORGET;
import static lstmgpu.backend.CellSignal.HIDDEN;
import static lstmgpu.backend.CellSignal.INPUT;
import static lstmgpu.backend.CellSignal.OUTPUT;
import static lstmgpu.backend.CellSignal.RESET;
import static lstmgpu.backend.CellSignal.UPDATE;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The recurrent cells, with PyTorch's formulas and gate order. Each says here what others have to know of it; its
 * formulas are in the backends, where one table each names the cells, and docs/design.md lists the tables.
 *
 * <ul>
 *   <li>LSTM (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000): a = W_ih·x + b_ih + W_hh·h + b_hh in the
 *       order i, f, g, o; c' = σ(f)·c + σ(i)·tanh(g); h' = σ(o)·tanh(c'). b of f begins with 1 (Jozefowicz 2015).
 *   <li>GRU (Cho 2014, reset gate after the product): r = σ(..), z = σ(..), n = tanh(W_in·x + b_in + r·(W_hn·h +
 *       b_hn)); h' = (1 − z)·n + z·h.
 *   <li>RNN (Elman 1990): h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh), or max(0, ·).
 *   <li>LSTM_COUPLED (CIFG of Greff 2016, LSTM: A Search Space Odyssey; PyTorch has none): an LSTM with f = 1 − σ(i) in
 *       the order i, g, o; c' = c + σ(i)·(tanh(g) − c). b of i begins with −1, so that f begins as an LSTM's.
 *   <li>LSTM_PEEPHOLE (Gers and Schmidhuber 2000; PyTorch has none): an LSTM with σ(i + p_i·c), σ(f + p_f·c) and
 *       σ(o + p_o·c'), where p·c multiplies unit by unit; p in the order i, f, o.
 *   <li>LSTM_LAYER_NORM (Ba, Kiros and Hinton 2016; PyTorch has none): an LSTM with a = g_x·norm(W_ih·x) + b_ih +
 *       g_h·norm(W_hh·h) + b_hh and h' = σ(o)·tanh(g_c·norm(c') + b_c), where norm(v) = (v − mean(v))/√(var(v) + ε)
 *       over the G·H numbers of a product, or the H of c, of one sequence and step; c' itself is carried.
 * </ul>
 *
 * The constants' names are those of the structs in {@code kernels/cuda/cells.h}, and in small letters those in files
 * and flags.
 */
public enum Cell {
    LSTM(
            "long short-term memory",
            List.of(
                    Gate.of(INPUT, SIGMOID),
                    Gate.of(FORGET, SIGMOID).withBias(1),
                    Gate.of(CANDIDATE, TANH),
                    Gate.of(OUTPUT, SIGMOID)),
            List.of(HIDDEN, CELL),
            CellUpdate.KEPT_BESIDE,
            CellReading.KEPT_BESIDE,
            EnumSet.allOf(Plan.class)),
    GRU(
            "gated recurrent unit",
            List.of(
                    Gate.of(RESET, SIGMOID),
                    Gate.of(UPDATE, SIGMOID),
                    Gate.of(CANDIDATE, TANH).weighedBy(0)),
            List.of(HIDDEN),
            CellUpdate.KEPT_IN_PLACE,
            CellReading.KEPT_IN_PLACE,
            EnumSet.allOf(Plan.class)),
    RNN_TANH(
            "plain unit with tanh",
            List.of(Gate.of(HIDDEN, TANH)),
            List.of(HIDDEN),
            CellUpdate.PLAIN,
            CellReading.PLAIN,
            EnumSet.allOf(Plan.class)),
    RNN_RELU(
            "plain unit with max(0, x)",
            List.of(Gate.of(HIDDEN, RELU)),
            List.of(HIDDEN),
            CellUpdate.PLAIN,
            CellReading.PLAIN,
            EnumSet.allOf(Plan.class)),
    LSTM_COUPLED(
            "LSTM that forgets as much as it takes in",
            List.of(Gate.of(INPUT, SIGMOID).withBias(-1), Gate.of(CANDIDATE, TANH), Gate.of(OUTPUT, SIGMOID)),
            List.of(HIDDEN, CELL),
            CellUpdate.COUPLED,
            CellReading.COUPLED,
            EnumSet.of(Plan.TOKEN_STREAM)),
    LSTM_PEEPHOLE(
            "LSTM whose gates see c",
            List.of(
                    Gate.of(INPUT, SIGMOID).seeing(Gate.Peephole.BEFORE),
                    Gate.of(FORGET, SIGMOID).withBias(1).seeing(Gate.Peephole.BEFORE),
                    Gate.of(CANDIDATE, TANH),
                    Gate.of(OUTPUT, SIGMOID).seeing(Gate.Peephole.AFTER)),
            List.of(HIDDEN, CELL),
            CellUpdate.KEPT_BESIDE,
            CellReading.KEPT_BESIDE,
            EnumSet.noneOf(Plan.class)),
    LSTM_LAYER_NORM(
            "LSTM with layer normalisation",
            LSTM.rows,
            LSTM.states,
            CellUpdate.KEPT_BESIDE,
            CellReading.NORMALISED,
            EnumSet.noneOf(Plan.class),
            true);

    /** ε beside the variance in a normalised layer, as PyTorch's LayerNorm has it. */
    public static final float NORM_EPSILON = 1e-5f;

    /** What a model has unless something else was asked for. */
    public static final Cell DEFAULT = LSTM;

    /** The word of {@link #DEFAULT}, for the help and the defaults of flags. */
    public static final String DEFAULT_WORD = "lstm";

    /** Every cell's word. */
    public static final String WORDS = "lstm, gru, rnn_tanh, rnn_relu, lstm_coupled, lstm_peephole or lstm_layer_norm";

    /** Every cell's word and long name, for the help of a flag. */
    public static final String HELP = "lstm (long short-term memory), gru (gated recurrent unit),"
            + " rnn_tanh (plain unit with tanh), rnn_relu (plain unit with max(0, x)),"
            + " lstm_coupled (LSTM that forgets as much as it takes in), lstm_peephole (LSTM whose gates see c) or"
            + " lstm_layer_norm (LSTM with layer normalisation).";

    /** Ways to compute a recurrent stack beside the steps that every backend has of every cell. */
    public enum Plan {
        /** One of cuDNN's modes. */
        CUDNN,
        /** All steps of a layer in one launch, {@code kernels/cuda/cells.h}. */
        SEQUENCE,
        /** Many tokens of one text in one launch, {@code kernels/cuda/stream_cells.h}. */
        TOKEN_STREAM
    }

    private final String longName;
    private final List<Gate> rows;
    private final List<CellSignal> states;
    private final CellUpdate update;
    private final CellReading reading;
    private final Set<Plan> plans;
    private final boolean normalises;

    Cell(
            String longName,
            List<Gate> rows,
            List<CellSignal> states,
            CellUpdate update,
            CellReading reading,
            Set<Plan> plans) {
        this(longName, rows, states, update, reading, plans, false);
    }

    Cell(
            String longName,
            List<Gate> rows,
            List<CellSignal> states,
            CellUpdate update,
            CellReading reading,
            Set<Plan> plans,
            boolean normalises) {
        this.longName = longName;
        this.rows = rows;
        this.states = states;
        this.update = update;
        this.reading = reading;
        this.plans = plans;
        this.normalises = normalises;
    }

    /** The cell that a file or a flag names by its {@link #word}. */
    public static Optional<Cell> named(String word) {
        return Arrays.stream(values()).filter(cell -> cell.word().equals(word)).findFirst();
    }

    /** Its name in files and flags, as {@code lstm}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name in words. */
    public String longName() {
        return longName;
    }

    /** Its gates, in the order in which the weights' rows have them. */
    public List<Gate> rows() {
        return rows;
    }

    /** G, the rows of a weight matrix per hidden unit. */
    public int gates() {
        return rows.size();
    }

    /** How many gates see c; each has a vector of H weights for it. */
    public int peepholes() {
        return (int) rows.stream()
                .filter(row -> row.peephole() != Gate.Peephole.NONE)
                .count();
    }

    /** Whether its h may be projected: c remembers, and a norm does not see all units at once. */
    public boolean takesProjection() {
        return hasCellState() && !normalises;
    }

    /** What is carried from step to step, h first. */
    public List<CellSignal> states() {
        return states;
    }

    /** Whether the cell carries a second state c beside h. */
    public boolean hasCellState() {
        return states.contains(CELL);
    }

    /** Where a unit keeps what it remembers: c where there is one, otherwise h. */
    public CellSignal memory() {
        return states.getLast();
    }

    /**
     * Whether the hidden side of the last gate, W_hh·h + b_hh, stays apart from its input's side, because another gate
     * weighs it: GRU's candidate. Gradients of the two sides then differ, and backward needs the hidden side's value.
     */
    public boolean splitsLastGate() {
        return rows.getLast().weigher().isPresent();
    }

    /**
     * Whether both products, and c on its way to h, are normalised over the units of a layer (Ba, Kiros and Hinton
     * 2016). Gradients of the two products then differ in every gate.
     */
    public boolean normalises() {
        return normalises;
    }

    /** How many gates, the last ones, have their hidden side apart from their input's side. */
    public int splitGates() {
        return normalises ? gates() : splitsLastGate() ? 1 : 0;
    }

    /** Pre-activations of a unit, sequence and step: one a gate, and one more for each gate that is split. */
    public int sides() {
        return gates() + splitGates();
    }

    /**
     * Values of a unit, sequence and step that backward reads beside the states: as many as {@link #sides}, or none
     * where the gate is h.
     */
    public int kept() {
        return rows.getLast().signal() == HIDDEN ? 0 : sides();
    }

    /** Whether backward reads anything of a step beside the states. */
    public boolean keepsGates() {
        return kept() > 0;
    }

    /** Whether a gate goes through this function. */
    public boolean uses(Activation activation) {
        return rows.stream().anyMatch(gate -> gate.activation() == activation);
    }

    /**
     * Whether PyTorch has a module of this cell: weights of its shapes are taken for it unless told otherwise, and
     * comparisons of cells have it unless told otherwise.
     */
    public boolean isUsual() {
        return this != LSTM_COUPLED && this != LSTM_PEEPHOLE && this != LSTM_LAYER_NORM;
    }

    /** Whether there are formulas of this cell for a plan. */
    public boolean isIn(Plan plan) {
        return plans.contains(plan);
    }

    /** Everything that a unit shows, in the order in which it comes about. */
    public List<CellSignal> signals() {
        return reading.signals();
    }

    /**
     * How a map of the gates is read, in plain text; a word with a colon begins what the word is about.
     *
     * @param open what a gate near 1 is drawn as, as in "blue"
     */
    public String reading(String open) {
        return reading.text().formatted(open);
    }

    /** The last part of a step. */
    CellUpdate update() {
        return update;
    }
}
