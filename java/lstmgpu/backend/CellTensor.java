package lstmgpu.backend;

import java.util.List;

/**
 * The tensors that a layer of a recurrent stack has, in each direction, with PyTorch's names; a block of H rows a gate.
 */
public enum CellTensor {
    /** W_ih [G·H, I], or [G·H, D·R] above the first layer; R is the width of h, H without a projection. */
    INPUT_WEIGHT("weight_ih"),
    /** W_hh [G·H, R]. */
    RECURRENT_WEIGHT("weight_hh"),
    /** b_ih [G·H]. */
    INPUT_BIAS("bias_ih"),
    /** b_hh [G·H]. */
    RECURRENT_BIAS("bias_hh"),
    /** W_hr [P, H] of stacks whose h is projected. */
    PROJECTION_WEIGHT("weight_hr"),
    /** p [P·H] of cells whose gates see c, a block of H a gate that does; PyTorch has none. */
    PEEPHOLE_WEIGHT("weight_peephole"),
    /** g_x [G·H] of cells that normalise, as are the next three; PyTorch has none. */
    INPUT_GAIN("weight_ln_ih"),
    /** g_h [G·H]. */
    RECURRENT_GAIN("weight_ln_hh"),
    /** g_c [H]. */
    CELL_GAIN("weight_ln_c"),
    /** b_c [H]. */
    CELL_SHIFT("bias_ln_c");

    private final String stem;

    CellTensor(String stem) {
        this.stem = stem;
    }

    /** What its names begin with in every layer. */
    public String stem() {
        return stem;
    }

    /** The tensor's name in a layer that reads forward: {@code weight_ih_l0}. */
    public String in(int layer) {
        return stem + "_l" + layer;
    }

    /** Its name in a layer's direction: {@code weight_ih_l0}, or {@code weight_ih_l0_reverse}. */
    public String in(int layer, boolean reverse) {
        return reverse ? in(layer) + "_reverse" : in(layer);
    }

    public boolean isMatrix() {
        return this == INPUT_WEIGHT || this == RECURRENT_WEIGHT || this == PROJECTION_WEIGHT;
    }

    public boolean isBias() {
        return this == INPUT_BIAS || this == RECURRENT_BIAS;
    }

    /** Whether a stack's layers have it. */
    public boolean isIn(RnnShape shape) {
        return this == PROJECTION_WEIGHT ? shape.projects() : rows(shape.cell()) > 0;
    }

    /** Its rows per hidden unit; 0 where a cell has no such tensor, and of a projection, whose rows no unit has. */
    public int rows(Cell cell) {
        return switch (this) {
            case PROJECTION_WEIGHT -> 0;
            case PEEPHOLE_WEIGHT -> cell.peepholes();
            case INPUT_GAIN, RECURRENT_GAIN -> cell.normalises() ? cell.gates() : 0;
            case CELL_GAIN, CELL_SHIFT -> cell.normalises() ? 1 : 0;
            default -> cell.gates();
        };
    }

    /** Its shape in a layer. */
    public List<Integer> shape(RnnShape shape, int layer) {
        int length = Math.multiplyExact(rows(shape.cell()), shape.hiddenSize());
        return switch (this) {
            case INPUT_WEIGHT -> List.of(length, shape.inputOf(layer));
            case RECURRENT_WEIGHT -> List.of(length, shape.shownSize());
            case PROJECTION_WEIGHT -> List.of(shape.projection(), shape.hiddenSize());
            default -> List.of(length);
        };
    }

    /** The one number that a gate's rows begin with; null where they begin as the run's initialisation says. */
    public Float beginning(Gate gate) {
        return switch (this) {
            case INPUT_GAIN, RECURRENT_GAIN, CELL_GAIN -> Float.valueOf(1);
            case CELL_SHIFT -> Float.valueOf(0);
            case INPUT_BIAS -> gate.bias();
            case RECURRENT_BIAS -> gate.bias() == null ? null : Float.valueOf(0);
            case INPUT_WEIGHT, RECURRENT_WEIGHT, PROJECTION_WEIGHT, PEEPHOLE_WEIGHT -> null;
        };
    }
}
