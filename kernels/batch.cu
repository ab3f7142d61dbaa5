// Batches out of a text: inputs[t,b] = text[s+t], targets[t,b] = text[s+t+1], with
//   s = origin + (first + b)·sequence_stride + k·step_stride, or, where there are places,
//   s = origin + (first + b)·sequence_stride + places[k], or, where windows > 0,
//   s = origin + sequence_stride·π(k·all + first + b),
// where the B sequences are those from `first` on of a batch of `all`, k is the step in the epoch, and π the permutation
// of java/lstmgpu/backend/Shuffle.java: a four-round Feistel network over the next power of four, walked until it lands
// inside (Black and Rogaway 2002). And the clock: advance adds one to STEP and EPOCH_STEP; at steps_per_epoch
// EPOCH_STEP returns to 0 and EPOCH goes up.
//
// Arrays   text       int [.]      in       little-endian tokens of `bytes` bytes each, 1, 2 or 4, in words of 32 bits
//          counters   int [3]      in       STEP, EPOCH_STEP, EPOCH; advance: in and out
//          places     int [.]      in       a number for every step of an epoch, or null
//          inputs     int [T,B]    out
//          targets    int [T,B]    out
// Numbers  windows is the size of the permutation, 0 for none
// Launch   gather_batch: one block per sequence; advance: one block
// Traffic  (bytes + 8)·T·B bytes
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

#define ROUNDS 4

// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
DEVICE ulong64 mix(ulong64 z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
}

DEVICE ulong64 permute(ulong64 index, ulong64 size, ulong64 seed, ulong64 epoch) {
    int half_bits = 1;
    while (((ulong64)1 << (2 * half_bits)) < size) half_bits++;
    ulong64 mask = ((ulong64)1 << half_bits) - 1;
    ulong64 value = index;
    do {
        ulong64 left = value >> half_bits, right = value & mask;
        for (int round = 0; round < ROUNDS; round++) {
            ulong64 next = left ^ (mix(right + mix(seed + mix((epoch << 3) + (ulong64)round))) & mask);
            left = right;
            right = next;
        }
        value = left << half_bits | right;
    } while (value >= size);
    return value;
}

DEVICE int token_at(GLOBAL const int *text, int bytes, long64 index) {
    if (bytes == 4) return text[index];
    long64 at = index * bytes;
    uint32 word = (uint32)text[at >> 2] >> (8 * (int)(at & 3));
    return (int)(word & (bytes == 1 ? 0xffu : 0xffffu));
}

KERNEL(gather_batch, BUFFER(const int, text), int bytes, BUFFER(const int, counters), BUFFER(const int, places),
       BUFFER(int, inputs), BUFFER(int, targets), int steps, int first, int all, long64 origin, long64 sequence_stride,
       long64 step_stride, long64 windows, long64 seed) {
    VIEW(const int, text);
    VIEW(const int, counters);
    VIEW(const int, places);
    VIEW(int, inputs);
    VIEW(int, targets);
    long64 sequence = BLOCK_X, sequences = BLOCKS_X;
    long64 epoch_step = counters[1];
    long64 place = places ? places[epoch_step] : epoch_step * step_stride;
    long64 start = origin + (first + sequence) * sequence_stride + place;
    if (windows > 0) {
        ulong64 index = (ulong64)(epoch_step * all + first + sequence);
        ulong64 window = permute(index, (ulong64)windows, (ulong64)seed, (ulong64)counters[2]);
        start = origin + sequence_stride * (long64)window;
    }
    for (int step = THREAD; step < steps; step += BLOCK) {
        inputs[step * sequences + sequence] = token_at(text, bytes, start + step);
        targets[step * sequences + sequence] = token_at(text, bytes, start + step + 1);
    }
}

KERNEL(advance, BUFFER(int, counters), int steps_per_epoch) {
    VIEW(int, counters);
    if (BLOCK_X > 0 || THREAD > 0) return;
    int epoch_step = counters[1] + 1;
    counters[0]++;
    counters[1] = epoch_step == steps_per_epoch ? 0 : epoch_step;
    if (epoch_step == steps_per_epoch) counters[2]++;
}
