package lstmgpu.task;

/**
 * How data is divided into steps.
 *
 * @param batchSize B lanes
 * @param length T steps of a lane
 * @param stepSize 0 if lanes read on and carry their state; otherwise how far apart windows start
 * @param seed of the windows' order
 */
public record Batching(int batchSize, int length, int stepSize, long seed) {}
