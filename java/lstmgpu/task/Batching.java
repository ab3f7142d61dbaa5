package lstmgpu.task;

/**
 * How data is divided into steps.
 *
 * @param batchSize B sequences
 * @param length T steps of a sequence
 * @param stepSize 0 if sequences read on and carry their state; otherwise how far apart windows start
 * @param seed of the windows' order
 */
public record Batching(int batchSize, int length, int stepSize, long seed) {}
