// One vector of a sequence from those of its steps, and the gradient of that. Sequence b has len = lengths[b] steps:
//   last   out[b,h] = y[len−1,b,h]                    dy[len−1,b,h] = d
//   mean   out[b,h] = 1/len · Σ_{t<len} y[t,b,h]      dy[t,b,h] = d/len for t < len
//   max    out[b,h] = max_{t<len} y[t,b,h]            dy[t,b,h] = d at the first t < len that has the largest value
// with d = dout[b,h], and dy 0 everywhere else. A NaN before the end makes mean and max NaN, whose gradient then goes to
// the first NaN.
//
// Arrays   y         float [T,B,H]    in     pool_grad: null but for max
//          lengths   int [B]          in     each in [1, T]; null: all T
//          out       float [B,H]      out
//          dout      float [B,H]      in
//          dy        float [T,B,H]    out
// Numbers  pooling: 0 last, 1 mean, 2 max
// Launch   x = any, for B·H; pool_grad: y = any, for the steps, but 1 for max; a thread takes all steps of a unit
// Traffic  pool reads y once up to the sequences' ends, for last only that step; pool_grad writes all of dy once, for
//          max after reading y as pool does
// Needs    nothing
//
// The steps are read a few at a time, because a unit's thread alone has to have enough reads under way.
#define BLOCK 256
#include "dialect.h"

#define LAST 0
#define MEAN 1
#define AT_ONCE 4

// The mean of n elements `stride` apart: AT_ONCE sums, each over every AT_ONCE-th element, added up in their order.
DEVICE float mean_of(GLOBAL const float *values, int n, long64 stride) {
    float sums[AT_ONCE], sum = 0.0f;
    for (int k = 0; k < AT_ONCE; k++) sums[k] = 0.0f;
    for (int t = 0; t < n; t += AT_ONCE) {
        for (int k = 0; k < AT_ONCE; k++) sums[k] += t + k < n ? values[(t + k) * stride] : 0.0f;
    }
    for (int k = 0; k < AT_ONCE; k++) sum += sums[k];
    return sum / (float)n;
}

// The place of the largest of n elements `stride` apart, the first among equals; of the first NaN, if there is one.
DEVICE int place_of_largest(GLOBAL const float *values, int n, long64 stride, float *largest) {
    int place = 0;
    float most = values[0];
    for (int t = 1; t < n; t += AT_ONCE) {
        float next[AT_ONCE];
        for (int k = 0; k < AT_ONCE; k++) next[k] = t + k < n ? values[(t + k) * stride] : -INFINITY;
        for (int k = 0; k < AT_ONCE; k++) {
            if (next[k] <= most || most != most) continue;  // neither is true of the first NaN
            most = next[k];
            place = t + k;
        }
    }
    *largest = most;
    return place;
}

KERNEL(pool, BUFFER(const float, y), BUFFER(const int, lengths), BUFFER(float, out), int steps, int sequences,
       int width, int pooling) {
    VIEW(const float, y);
    VIEW(const int, lengths);
    VIEW(float, out);
    long64 stride = (long64)sequences * width;
    FOR_EACH(i, stride) {
        int n = lengths ? lengths[i / width] : steps;
        float value;
        if (pooling == LAST) {
            value = y[(n - 1) * stride + i];
        } else if (pooling == MEAN) {
            value = mean_of(y + i, n, stride);
        } else {
            place_of_largest(y + i, n, stride, &value);
        }
        out[i] = value;
    }
}

KERNEL(pool_grad, BUFFER(const float, dout), BUFFER(const float, y), BUFFER(const int, lengths), BUFFER(float, dy),
       int steps, int sequences, int width, int pooling) {
    VIEW(const float, dout);
    VIEW(const float, y);
    VIEW(const int, lengths);
    VIEW(float, dy);
    long64 stride = (long64)sequences * width;
    FOR_EACH(i, stride) {
        int n = lengths ? lengths[i / width] : steps;
        int from = 0, to = n;  // the steps that the gradient goes to
        float slope = dout[i];
        if (pooling == MEAN) {
            slope /= (float)n;
        } else if (pooling == LAST) {
            from = n - 1;
        } else {
            float largest;
            from = place_of_largest(y + i, n, stride, &largest);
            to = from + 1;
        }
        for (long64 t = BLOCK_Y; t < steps; t += BLOCKS_Y) dy[t * stride + i] = t >= from && t < to ? slope : 0.0f;
    }
}
