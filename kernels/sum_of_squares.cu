// Sums over a buffer in two stages, in a fixed order: parts[s] = Σ x or Σ x² over stretch s; then out = Σ parts, or
// history[STEP mod places] = Σ parts / n. Not finite if any x is not.
//
// Arrays   x          float [n]               in
//          parts      float [⌈n/STRETCH⌉]     between the two
//          out        float [1]               out, of sum_parts
//          history    float [places]          out, of record_mean: one place of it
//          counters   int [3]                 in, of record_mean: the first is STEP
// Launch   sum_stretches: one block per stretch; sum_parts and record_mean: one block
// Traffic  4·n bytes read; parts are 4·n/STRETCH bytes, written and read
// Needs    nothing
//
// A thread adds STRETCH/BLOCK elements, the block's sums are added pairwise, so the rounding error grows with log n.
#define BLOCK 256
#include "block_sums.h"

#define STRETCH 4096

DEFINE_GROUP_SUM(block_sum, float)

KERNEL(sum_stretches, BUFFER(const float, x), long64 n, int squared, BUFFER(float, parts)) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, x);
    VIEW(float, parts);
    float sum = 0.0f;
    for (int place = 0; place < STRETCH; place += BLOCK) {
        long64 i = BLOCK_X * STRETCH + place + THREAD;
        float value = i < n ? x[i] : 0.0f;
        sum += squared ? value * value : value;
    }
    sum = block_sum(cells, sum, BLOCK);
    if (THREAD == 0) parts[BLOCK_X] = sum;
}

DEVICE float total(GLOBAL const float *parts, long64 count, LOCAL float *cells) {
    float sum = 0.0f;
    for (long64 i = THREAD; i < count; i += BLOCK) sum += parts[i];
    return block_sum(cells, sum, BLOCK);
}

KERNEL(sum_parts, BUFFER(const float, parts), long64 count, BUFFER(float, out)) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, parts);
    VIEW(float, out);
    float sum = total(parts, count, cells);
    if (THREAD == 0) out[0] = sum;
}

KERNEL(record_mean, BUFFER(const float, parts), long64 count, long64 n, BUFFER(const int, counters),
       BUFFER(float, history), long64 places) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, parts);
    VIEW(const int, counters);
    VIEW(float, history);
    float sum = total(parts, count, cells);
    if (THREAD == 0) history[counters[0] % places] = sum / (float)n;
}
