/**
 * The seam: everything above this package is written once and never asks which backend runs.
 *
 * <p>Arrays are row-major. T steps, B sequences, I input size, H hidden size, E embedding size, V vocabulary, L layers,
 * G gates (4 for LSTM, 3 for GRU, 1 for plain cells), N = T·B tokens of a step in time-major order: token {@code n} is
 * step {@code n / B} of sequence {@code n % B}.
 */
package lstmgpu.backend;
