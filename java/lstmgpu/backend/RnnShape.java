package lstmgpu.backend;

/** What decides the parameters of a recurrent stack: cell, L layers, I inputs, H hidden units. */
public record RnnShape(Cell cell, int layers, int inputSize, int hiddenSize) {
    public RnnShape {
        if (layers < 1 || inputSize < 1 || hiddenSize < 1) {
            throw new IllegalArgumentException("a recurrent stack needs at least one layer, input and hidden unit");
        }
    }

    /** Rows of a weight matrix: G·H. */
    public int gateRows() {
        return Math.multiplyExact(cell.gates(), hiddenSize);
    }

    /** Inputs of a layer: I for the first, H for the others. */
    public int inputOf(int layer) {
        return layer == 0 ? inputSize : hiddenSize;
    }
}
