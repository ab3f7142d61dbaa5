package lstmgpu.onnx;

import static lstmgpu.backend.CellSignal.CANDIDATE;
import static lstmgpu.backend.CellSignal.FORGET;
import static lstmgpu.backend.CellSignal.HIDDEN;
import static lstmgpu.backend.CellSignal.INPUT;
import static lstmgpu.backend.CellSignal.OUTPUT;
import static lstmgpu.backend.CellSignal.RESET;
import static lstmgpu.backend.CellSignal.UPDATE;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;

/**
 * A cell as an operator of ONNX, which has its own order of the gates.
 *
 * @param operator its name there
 * @param gates in the order of its matrices' rows
 * @param resetsBehindProduct whether a reset gate acts after the matrix product, as it does here
 * @param activation of a cell that names it; empty where the operator's own are ours
 */
record OnnxCell(String operator, List<CellSignal> gates, boolean resetsBehindProduct, String activation) {
    static OnnxCell of(Cell cell) {
        return switch (cell) {
            case LSTM -> new OnnxCell("LSTM", List.of(INPUT, OUTPUT, FORGET, CANDIDATE), false, "");
            case GRU -> new OnnxCell("GRU", List.of(UPDATE, RESET, CANDIDATE), true, "");
            case RNN_TANH -> new OnnxCell("RNN", List.of(HIDDEN), false, "Tanh");
            case RNN_RELU -> new OnnxCell("RNN", List.of(HIDDEN), false, "Relu");
        };
    }

    /** What the operator is told beside its sizes. */
    Map<String, Object> attributes(int hiddenSize, int directions) {
        Map<String, Object> attributes = new TreeMap<>();
        attributes.put("hidden_size", (long) hiddenSize);
        attributes.put("direction", directions == 2 ? "bidirectional" : "forward");
        if (resetsBehindProduct) {
            attributes.put("linear_before_reset", 1L);
        }
        if (!activation.isEmpty()) {
            attributes.put("activations", Collections.nCopies(directions, activation));
        }
        return attributes;
    }

    /**
     * Copies the blocks of a tensor, one for each gate, into the operator's order.
     *
     * @param values [G·H, columns] or [G·H] in the cell's order
     * @param at where they begin in {@code target}
     * @return where they end there
     */
    int put(Cell cell, float[] values, float[] target, int at) {
        int block = values.length / gates.size();
        int place = at;
        for (CellSignal gate : gates) {
            System.arraycopy(values, row(cell, gate) * block, target, place, block);
            place += block;
        }
        return place;
    }

    private static int row(Cell cell, CellSignal gate) {
        for (int row = 0; row < cell.rows().size(); row++) {
            if (cell.rows().get(row).signal() == gate) {
                return row;
            }
        }
        throw new IllegalStateException(cell + " has no gate " + gate);
    }
}
