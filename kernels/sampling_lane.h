// A lane's keys as one thread sees them: it has a stretch of neighbouring tokens.
#ifndef LSTM_GPU_SAMPLING_LANE_H
#define LSTM_GPU_SAMPLING_LANE_H
#include "sampling_weight.h"

#define REMOVED 0u  // the key of a token that is not to be drawn

typedef struct {
    int first, end;  // this thread's stretch
    uint32 largest, mantissa;
    int exponent;
} Lane;

DEVICE void set_stretch(Lane *lane, int vocabulary) {
    int stretch = (vocabulary + BLOCK - 1) / BLOCK;
    lane->first = THREAD * stretch < vocabulary ? THREAD * stretch : vocabulary;
    lane->end = lane->first + stretch < vocabulary ? lane->first + stretch : vocabulary;
}

DEVICE ulong64 amount_of(const Lane *lane, uint32 key, int by_weight) {
    if (key == REMOVED) return 0;
    return by_weight ? weight_of(key, lane->largest, lane->mantissa, lane->exponent) : 1;
}

DEVICE ulong64 sum_of_stretch(GLOBAL uint32 *keys, const Lane *lane, int by_weight) {
    ulong64 sum = 0;
    for (int v = lane->first; v < lane->end; v++) sum += amount_of(lane, keys[v], by_weight);
    return sum;
}

#endif
