package lstmgpu.backend.cpu;

import lstmgpu.backend.DeviceBuffer;

/** How many of the steps each sequence of [steps, sequences, width] has. */
final class SequenceLengths {
    private int steps;
    private int fewest;
    private CpuBuffer lengths;

    /** @param all INT32 [sequences], or null: each has all steps */
    void of(DeviceBuffer all, int sequences, int most, int least) {
        steps = most;
        fewest = least;
        lengths = all == null ? null : CpuArguments.ints(all, sequences, "lengths");
    }

    int get(int sequence) {
        if (lengths == null) {
            return steps;
        }
        int length = lengths.getInt(sequence);
        if (length < fewest || length > steps) {
            throw new IllegalArgumentException(
                    "the length of sequence %d is %d, outside [%d, %d]".formatted(sequence, length, fewest, steps));
        }
        return length;
    }
}
