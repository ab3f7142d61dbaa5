// Zoneout (Krueger et al. 2017) of one step: units that keep what they had. Forward is behind the cells, backward
// before the way back through them.
// Forward   h = d_h·h_before + (1 − d_h)·h_made;  c likewise with d_c
// Backward  of h: sum = dy + d_recurrent + passed_h + carried_h;  passed_h = d_h·sum;  slopes = (1 − d_h)·sum, and
//           d_recurrent = carried_h = 0, so that the cell finds slopes alone
//           of c: sum = carried_c + passed_c;  passed_c = d_c·sum;  carried_c = (1 − d_c)·sum
// With counters each d is 1 where the element's random word (philox.h) is below its threshold, else 0; h's words are
// those of the stream behind c's. Without them it is the probability, which is what is expected. With d of 1 or 0 the
// one state or the other is taken as it is, if both are finite.
//
// Arrays   forward
//          h_before     float [B,H]   in
//          h_made       float [B,H]   in     by the cell
//          h            float [B,H]   out    may be h_made
//          h_factor     real [B,H]    out    h once more as a factor of products; null where h itself is one
//          c_before, c_made, c        as those of h; null where no c is kept
//          counters     int [3]       in     the first is the step; null where nothing is drawn
//          backward
//          dy           float [B,H]   in     gradient of h through the output
//          d_recurrent  float [B,H]   in     the next step's gate gradients times W_hh, out: 0; null at the last step
//          carried_h    float [B,H]   in     what the cell of the step after left for h, out: 0; null for no such cell
//          passed_h     float [B,H]   in, but at the last step, and out
//          slopes       float [B,H]   out    gradient of h_made, for the cell
//          carried_c    float [B,H]   in and out, but at the last step; null where no c is kept
//          passed_c     float [B,H]   in, but at the last step, and out; null where no c is kept
//          counters     as forward's
// Numbers  n = B·H; offset = the step's first element in the whole batch's [T,B',H]; stream = c's; probabilities and
//          their thresholds ⌊p·2^32⌋ as 32 bits
// Launch   any one-dimensional grid; a thread takes the elements, up to four, whose words are one block of Philox
// Traffic  forward B·H·(4·3 + size of real) for h and B·H·4·3 for c; backward B·H·4·8 at most for h and 4·4 for c
// Needs    nothing
#define BLOCK 256
#include "philox.h"

// How much the four elements of a block keep.
DEVICE void shares(GLOBAL const int *counters, ulong64 seed, int stream, ulong64 block, uint32 threshold, float p,
                   float share[4]) {
    uint32 words[4] = {0, 0, 0, 0};
    if (counters) philox_block(seed, stream, counters[0], block, words);
    for (int place = 0; place < 4; place++) {
        share[place] = counters ? (words[place] < threshold ? 1.0f : 0.0f) : p;
    }
}

DEVICE float weighed(float share, float before, float made) {
    return share == 1.0f ? before : FMA(share, before, (1.0f - share) * made);
}

KERNEL(zoneout_forward, BUFFER(const float, h_before), BUFFER(const float, h_made), BUFFER(float, h),
       BUFFER(real, h_factor), BUFFER(const float, c_before), BUFFER(const float, c_made), BUFFER(float, c),
       BUFFER(const int, counters), long64 n, long64 offset, long64 seed, int stream, int threshold_h, int threshold_c,
       float keep_h, float keep_c) {
    VIEW(const float, h_before);
    VIEW(const float, h_made);
    VIEW(float, h);
    VIEW(real, h_factor);
    VIEW(const float, c_before);
    VIEW(const float, c_made);
    VIEW(float, c);
    VIEW(const int, counters);
    FOR_EACH(quad, (offset + n + 3) / 4 - offset / 4) {
        ulong64 block = (ulong64)(offset / 4 + quad);
        float of_h[4], of_c[4];
        shares(counters, (ulong64)seed, stream + 1, block, (uint32)threshold_h, keep_h, of_h);
        if (c) shares(counters, (ulong64)seed, stream, block, (uint32)threshold_c, keep_c, of_c);
        for (int place = 0; place < 4; place++) {
            long64 i = (offset / 4 + quad) * 4 + place - offset;
            if (i < 0 || i >= n) continue;
            float value = weighed(of_h[place], h_before[i], h_made[i]);
            h[i] = value;
            if (h_factor) STORE(h_factor, i, value);
            if (c) c[i] = weighed(of_c[place], c_before[i], c_made[i]);
        }
    }
}

KERNEL(zoneout_backward, BUFFER(const float, dy), BUFFER(float, d_recurrent), BUFFER(float, carried_h),
       BUFFER(float, passed_h), BUFFER(float, slopes), BUFFER(float, carried_c), BUFFER(float, passed_c),
       BUFFER(const int, counters), long64 n, long64 offset, long64 seed, int stream, int threshold_h, int threshold_c,
       float keep_h, float keep_c) {
    VIEW(const float, dy);
    VIEW(float, d_recurrent);
    VIEW(float, carried_h);
    VIEW(float, passed_h);
    VIEW(float, slopes);
    VIEW(float, carried_c);
    VIEW(float, passed_c);
    VIEW(const int, counters);
    FOR_EACH(quad, (offset + n + 3) / 4 - offset / 4) {
        ulong64 block = (ulong64)(offset / 4 + quad);
        float of_h[4], of_c[4];
        shares(counters, (ulong64)seed, stream + 1, block, (uint32)threshold_h, keep_h, of_h);
        if (carried_c) shares(counters, (ulong64)seed, stream, block, (uint32)threshold_c, keep_c, of_c);
        for (int place = 0; place < 4; place++) {
            long64 i = (offset / 4 + quad) * 4 + place - offset;
            if (i < 0 || i >= n) continue;
            float sum = dy[i];
            if (d_recurrent) {
                sum += d_recurrent[i] + passed_h[i];
                d_recurrent[i] = 0.0f;
                if (carried_h) {
                    sum += carried_h[i];
                    carried_h[i] = 0.0f;
                }
            }
            passed_h[i] = of_h[place] * sum;
            slopes[i] = (1.0f - of_h[place]) * sum;
            if (!carried_c) continue;
            float of_cell = d_recurrent ? carried_c[i] + passed_c[i] : 0.0f;
            passed_c[i] = of_c[place] * of_cell;
            if (d_recurrent) carried_c[i] = (1.0f - of_c[place]) * of_cell;
        }
    }
}
