package lstmgpu.backend;

/**
 * What decides the parameters of a recurrent stack: cell, L layers, I inputs, H hidden units.
 *
 * @param bidirectional whether each layer reads its input in both directions, with weights of their own
 */
public record RnnShape(Cell cell, int layers, int inputSize, int hiddenSize, boolean bidirectional) {
    public RnnShape {
        if (layers < 1 || inputSize < 1 || hiddenSize < 1) {
            throw new IllegalArgumentException("a recurrent stack needs at least one layer, input and hidden unit");
        }
    }

    /** A stack that reads forward only. */
    public RnnShape(Cell cell, int layers, int inputSize, int hiddenSize) {
        this(cell, layers, inputSize, hiddenSize, false);
    }

    /** D, 1 or 2. */
    public int directions() {
        return bidirectional ? 2 : 1;
    }

    /**
     * Whether a table may stand for the first layer's input product: not where sequences are read both ways, nor where
     * the product is normalised before a bias is added to it.
     */
    public boolean takesTable() {
        return !bidirectional && !cell.normalises();
    }

    /** Rows of a weight matrix: G·H. */
    public int gateRows() {
        return Math.multiplyExact(cell.gates(), hiddenSize);
    }

    /** The width of y: D·H. */
    public int outputSize() {
        return Math.multiplyExact(directions(), hiddenSize);
    }

    /** Inputs of a layer: I for the first, D·H for the others. */
    public int inputOf(int layer) {
        return layer == 0 ? inputSize : outputSize();
    }

    /** One direction of a layer as a stack of its own. */
    public RnnShape direction(int layer) {
        return new RnnShape(cell, 1, inputOf(layer), hiddenSize);
    }
}
