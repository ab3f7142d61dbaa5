package lstmgpu.task;

/**
 * How data is divided into steps.
 *
 * @param batchSize B sequences
 * @param length T steps of a sequence
 * @param stepSize 0 if sequences read on and carry their state; otherwise how far apart windows start
 * @param varies whether steps of sequences that read on are of random lengths about T
 * @param seed of the windows' order and of those lengths
 */
public record Batching(int batchSize, int length, int stepSize, boolean varies, long seed) {}
