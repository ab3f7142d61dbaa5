package lstmgpu.backend;

/** What a recurrent unit computes at each step, beside its matrices. A gate lies in (0, 1). */
public enum CellSignal {
    FORGET("forget gate f"),
    INPUT("input gate i"),
    CANDIDATE("candidate"),
    OUTPUT("output gate o"),
    RESET("reset gate r"),
    UPDATE("update gate z"),
    CELL("cell state c"),
    HIDDEN("hidden state h");

    private final String label;

    CellSignal(String label) {
        this.label = label;
    }

    /** As a person reads it. */
    public String label() {
        return label;
    }
}
