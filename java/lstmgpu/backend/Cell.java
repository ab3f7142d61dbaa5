package lstmgpu.backend;

/**
 * The recurrent cells, with PyTorch's formulas and gate order.
 *
 * <ul>
 *   <li>LSTM (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000): a = W_ih·x + b_ih + W_hh·h + b_hh in the order i, f, g, o;
 *       c' = σ(f)·c + σ(i)·tanh(g); h' = σ(o)·tanh(c').
 *   <li>GRU (Cho 2014, reset gate after the product): r = σ(..), z = σ(..), n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn));
 *       h' = (1 − z)·n + z·h.
 *   <li>RNN (Elman 1990): h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh), or max(0, ·).
 * </ul>
 */
public enum Cell {
    LSTM(4, true),
    GRU(3, false),
    RNN_TANH(1, false),
    RNN_RELU(1, false);

    private final int gates;
    private final boolean cellState;

    Cell(int gates, boolean cellState) {
        this.gates = gates;
        this.cellState = cellState;
    }

    /** Rows of a weight matrix per hidden unit. */
    public int gates() {
        return gates;
    }

    /** Whether the cell carries a second state c beside h. */
    public boolean hasCellState() {
        return cellState;
    }
}
