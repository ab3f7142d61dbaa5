// A sequence's keys as one thread sees them: it has a stretch of neighbouring tokens.
#ifndef LSTM_GPU_SAMPLING_RANGE_H
#define LSTM_GPU_SAMPLING_RANGE_H
#include "sampling_weight.h"

#define REMOVED 0u  // the key of a token that is not to be drawn

typedef struct {
    int first, end;  // this thread's stretch
    uint32 largest, mantissa;
    int exponent;
} KeyRange;

DEVICE void set_range(KeyRange *range, int vocabulary) {
    int stretch = (vocabulary + BLOCK - 1) / BLOCK;
    range->first = THREAD * stretch < vocabulary ? THREAD * stretch : vocabulary;
    range->end = range->first + stretch < vocabulary ? range->first + stretch : vocabulary;
}

DEVICE ulong64 amount_of(const KeyRange *range, uint32 key, int by_weight) {
    if (key == REMOVED) return 0;
    return by_weight ? weight_of(key, range->largest, range->mantissa, range->exponent) : 1;
}

DEVICE ulong64 sum_of_stretch(GLOBAL uint32 *keys, const KeyRange *range, int by_weight) {
    ulong64 sum = 0;
    for (int v = range->first; v < range->end; v++) sum += amount_of(range, keys[v], by_weight);
    return sum;
}

#endif
