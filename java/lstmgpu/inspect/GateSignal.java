package lstmgpu.inspect;

import java.util.List;
import lstmgpu.backend.Cell;

/** What a recurrent unit computes at each step, beside its matrices. A gate lies in (0, 1). */
public enum GateSignal {
    FORGET("forget gate f"),
    INPUT("input gate i"),
    CANDIDATE("candidate"),
    OUTPUT("output gate o"),
    RESET("reset gate r"),
    UPDATE("update gate z"),
    CELL("cell state c"),
    HIDDEN("hidden state h");

    private static final List<GateSignal> LSTM = List.of(INPUT, FORGET, CANDIDATE, OUTPUT);
    private static final List<GateSignal> GRU = List.of(RESET, UPDATE, CANDIDATE);

    private final String label;

    GateSignal(String label) {
        this.label = label;
    }

    /** As a person reads it. */
    public String label() {
        return label;
    }

    public boolean isGate() {
        return this != CANDIDATE && this != CELL && this != HIDDEN;
    }

    /** In the order in which the weights' rows have them. */
    static List<GateSignal> rows(Cell cell) {
        return switch (cell) {
            case LSTM -> LSTM;
            case GRU -> GRU;
            case RNN_TANH, RNN_RELU -> List.of();
        };
    }

    /** Everything that a cell shows, in the order in which it comes about. */
    public static List<GateSignal> of(Cell cell) {
        return switch (cell) {
            case LSTM -> List.of(FORGET, INPUT, CANDIDATE, CELL, OUTPUT, HIDDEN);
            case GRU -> List.of(RESET, CANDIDATE, UPDATE, HIDDEN);
            case RNN_TANH, RNN_RELU -> List.of(HIDDEN);
        };
    }

    /** Where a cell keeps what it carries from step to step. */
    public static GateSignal state(Cell cell) {
        return cell.hasCellState() ? CELL : HIDDEN;
    }
}
