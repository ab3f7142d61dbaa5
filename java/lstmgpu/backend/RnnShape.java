package lstmgpu.backend;

import java.util.Arrays;
import java.util.List;

/**
 * What decides the parameters of a recurrent stack: cell, L layers, I inputs, H hidden units, P numbers of a
 * projection. Of a unit that is projected (Sak 2014, PyTorch's {@code proj_size}) others see h = W_hr·m, where m is
 * what its gates make of c: the layer itself, one step later, the layer above and the head.
 *
 * @param projection P; 0 where h is m itself
 * @param bidirectional whether each layer reads its input in both directions, with weights of their own
 */
public record RnnShape(Cell cell, int layers, int inputSize, int hiddenSize, int projection, boolean bidirectional) {
    public RnnShape {
        if (projection < 0 || projection > 0 && (!cell.takesProjection() || projection >= hiddenSize)) {
            throw new IllegalArgumentException(
                    "no projection of %d %s units to %d numbers".formatted(hiddenSize, cell, projection));
        }
        if (layers < 1 || inputSize < 1 || hiddenSize < 1) {
            throw new IllegalArgumentException("a recurrent stack needs at least one layer, input and hidden unit");
        }
    }

    /** A stack that reads forward only, without a projection. */
    public RnnShape(Cell cell, int layers, int inputSize, int hiddenSize) {
        this(cell, layers, inputSize, hiddenSize, false);
    }

    /** A stack without a projection. */
    public RnnShape(Cell cell, int layers, int inputSize, int hiddenSize, boolean bidirectional) {
        this(cell, layers, inputSize, hiddenSize, 0, bidirectional);
    }

    /** The same with a projection to so many numbers, or none. */
    public RnnShape withProjection(int numbers) {
        return new RnnShape(cell, layers, inputSize, hiddenSize, numbers, bidirectional);
    }

    /** Whether h is projected. */
    public boolean projects() {
        return projection > 0;
    }

    /** R, the numbers of h, and so the columns of W_hh: P where there is a projection, otherwise H. */
    public int shownSize() {
        return projects() ? projection : hiddenSize;
    }

    /** The tensors of each layer and direction, in the order in which they lie. */
    public List<CellTensor> tensors() {
        return Arrays.stream(CellTensor.values())
                .filter(tensor -> tensor.isIn(this))
                .toList();
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

    /** The width of y: D·R. */
    public int outputSize() {
        return Math.multiplyExact(directions(), shownSize());
    }

    /** Inputs of a layer: I for the first, D·R for the others. */
    public int inputOf(int layer) {
        return layer == 0 ? inputSize : outputSize();
    }

    /** One direction of a layer as a stack of its own. */
    public RnnShape direction(int layer) {
        return new RnnShape(cell, 1, inputOf(layer), hiddenSize, projection, false);
    }
}
