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
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.Gate;

/**
 * A cell as an operator of ONNX, which has its own order of the gates.
 *
 * @param operator its name there
 * @param gates in the order of its matrices' rows
 * @param switches its attributes that make it the cell that it is here
 * @param activation of a cell that names it; empty where the operator's own are ours
 */
record OnnxCell(String operator, List<CellSignal> gates, Map<String, Long> switches, String activation) {
    /** @throws LstmGpuException with exit code 2 if ONNX has no operator for it */
    static OnnxCell of(Cell cell) {
        return switch (cell) {
            case LSTM -> new OnnxCell("LSTM", List.of(INPUT, OUTPUT, FORGET, CANDIDATE), Map.of(), "");
            case GRU -> new OnnxCell("GRU", List.of(UPDATE, RESET, CANDIDATE), Map.of("linear_before_reset", 1L), "");
            case RNN_TANH -> new OnnxCell("RNN", List.of(HIDDEN), Map.of(), "Tanh");
            case RNN_RELU -> new OnnxCell("RNN", List.of(HIDDEN), Map.of(), "Relu");
            case LSTM_PEEPHOLE -> new OnnxCell("LSTM", List.of(INPUT, OUTPUT, FORGET, CANDIDATE), Map.of(), "");
            case LSTM_COUPLED ->
                new OnnxCell("LSTM", List.of(INPUT, OUTPUT, FORGET, CANDIDATE), Map.of("input_forget", 1L), "");
            case LSTM_LAYER_NORM ->
                throw LstmGpuException.usage(
                        "ONNX has no operator for %s cells; lstm-gpu alone runs this model", cell.word());
        };
    }

    /** What the operator is told beside its sizes. */
    Map<String, Object> attributes(int hiddenSize, int directions) {
        Map<String, Object> attributes = new TreeMap<>(switches);
        attributes.put("hidden_size", (long) hiddenSize);
        attributes.put("direction", directions == 2 ? "bidirectional" : "forward");
        if (!activation.isEmpty()) {
            attributes.put("activations", Collections.nCopies(directions, activation));
        }
        return attributes;
    }

    /**
     * Copies the blocks of a tensor, one for each gate, into the operator's order; of a gate that the cell has not,
     * because another stands for it, the block stays as it is.
     *
     * @param values [G·H, columns] or [G·H] in the cell's order
     * @param at where they begin in {@code target}
     * @return where they end there
     */
    int put(Cell cell, float[] values, float[] target, int at) {
        return put(cell.rows().stream().map(Gate::signal).toList(), gates, values, target, at);
    }

    /** The same of peepholes, [P·H]: a block for each gate that sees c. */
    int putPeepholes(Cell cell, float[] values, float[] target, int at) {
        List<CellSignal> own = cell.rows().stream()
                .filter(row -> row.peephole() != Gate.Peephole.NONE)
                .map(Gate::signal)
                .toList();
        return put(own, gates.stream().filter(own::contains).toList(), values, target, at);
    }

    private static int put(List<CellSignal> own, List<CellSignal> order, float[] values, float[] target, int at) {
        int block = values.length / own.size();
        int place = at;
        for (CellSignal gate : order) {
            int row = own.indexOf(gate);
            if (row >= 0) {
                System.arraycopy(values, row * block, target, place, block);
            }
            place += block;
        }
        return place;
    }
}
