package lstmgpu.backend;

/** A state in host memory: hidden [L,B,H] and, for LSTM, cell [L,B,H]; otherwise cell is empty. */
@SuppressWarnings("ArrayRecordComponent")
public record RnnState(float[] hidden, float[] cell) {}
