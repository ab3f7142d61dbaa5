// Zero states for sequences that are drawn: state[r,:] = 0 where the random word (philox.h) of element first + r %
// sequences is below the threshold. The same step draws the same sequences in every buffer, so all layers of a sequence
// begin anew together.
//
// Arrays   state      real [rows,width]    in and out    rows is a multiple of sequences
//          counters   int [3]              in            the first is the step
// Numbers  threshold = ⌊p·2^32⌋ as 32 bits; first = the number of the first sequence in the whole batch
// Launch   one block per row
// Traffic  what becomes zero, written once
// Needs    nothing
#define BLOCK 256
#include "philox.h"

KERNEL(reset_sequences, BUFFER(real, state), BUFFER(const int, counters), int sequences, int first, int width,
       long64 seed, int stream, int threshold) {
    VIEW(real, state);
    VIEW(const int, counters);
    long64 row = BLOCK_X;
    long64 sequence = first + row % sequences;
    if (philox_word((ulong64)seed, stream, counters[0], (ulong64)sequence) >= (uint32)threshold) return;
    for (int unit = THREAD; unit < width; unit += BLOCK) STORE(state, row * width + unit, 0.0f);
}
