// Softmax with cross-entropy, forward and gradient: losses[n] = log Σ exp(z[n,:]) − z[n,target], dz[n,v] =
// scale·(softmax(z[n,:])[v] − (1−smoothing)·[v = target] − smoothing/V), best[n] = the index of the largest z[n,v], the
// lowest among equals. The largest logit is taken out before exp.
//
// Arrays   z         float [N,V]    in
//          targets   int [N]        in     below 0 for a row that is left out: loss and best are 0, dz stays
//          losses    float [N]      out    in nats
//          dz        float [N,V]    out    may be z; null without a backward pass
//          best      int [N]        out    null where nobody counts hits
// Launch   x = ⌈N / (BLOCK/threads)⌉; `threads` threads take a row, a power of two up to BLOCK
// Traffic  V ≤ HELD·threads: a row is read once and stays in registers, 4·N·V bytes read, 4·N·V written; a longer row
//          is read twice
// Needs    nothing
//
// Where a row does not fit, largest and sum are found together: when a larger logit comes, the sum so far is scaled
// down (Milakov and Gimelshein 2018).
#define BLOCK 256
#include "block_sums.h"

#define HELD 16
#define NOWHERE 0x7fffffff

DEFINE_GROUP_SUM(group_sum, float)

// The largest value of a row's threads, and in *place the lowest index at which it stands.
DEVICE float group_max(LOCAL float *values, LOCAL int *places, float value, int *place, int threads) {
    int member = THREAD & (threads - 1);
    values[THREAD] = value;
    places[THREAD] = *place;
    BARRIER();
    for (int reach = threads / 2; reach > 0; reach /= 2) {
        if (member < reach) {
            float other = values[THREAD + reach];
            int at = places[THREAD + reach];
            if (other > values[THREAD] || (other == values[THREAD] && at < places[THREAD])) {
                values[THREAD] = other;
                places[THREAD] = at;
            }
        }
        BARRIER();
    }
    float largest = values[THREAD - member];
    *place = places[THREAD - member];
    BARRIER();
    return largest;
}

KERNEL(softmax_cross_entropy, BUFFER(const float, z), BUFFER(const int, targets), BUFFER(float, losses),
       BUFFER(float, dz), BUFFER(int, best), long64 n, int vocabulary, int threads, float scale,
       float smoothing) {
    LOCAL_ARRAY(float, values, BLOCK);
    LOCAL_ARRAY(int, places, BLOCK);
    VIEW(const float, z);
    VIEW(const int, targets);
    VIEW(float, losses);
    VIEW(float, dz);
    VIEW(int, best);
    long64 row = BLOCK_X * (BLOCK / threads) + THREAD / threads;
    int target = row < n ? targets[row] : -1;
    int member = THREAD & (threads - 1), inside = target >= 0;
    int fits = vocabulary <= HELD * threads;
    int end = inside ? vocabulary : 0;  // threads without a row see none, but reach every barrier
    GLOBAL const float *logits = z + row * vocabulary;
    float held[HELD], largest = -INFINITY, sum = 0.0f;
    int place = NOWHERE;
    if (fits) {
        for (int k = 0; k < HELD; k++) {
            int v = member + k * threads;
            held[k] = v < end ? logits[v] : -INFINITY;
            if (held[k] > largest) {
                largest = held[k];
                place = v;
            }
        }
    } else {
        for (int v = member; v < end; v += threads) {
            float value = logits[v];
            if (value > largest) {
                sum *= EXP(largest - value);
                largest = value;
                place = v;
            }
            sum += EXP(value - largest);
        }
    }
    float own = largest;
    largest = group_max(values, places, own, &place, threads);
    if (fits) {
        for (int k = 0; k < HELD; k++) {
            held[k] = member + k * threads < end ? EXP(held[k] - largest) : 0.0f;
            sum += held[k];
        }
    } else if (sum > 0.0f) {
        sum *= EXP(own - largest);
    }
    sum = group_sum(values, sum, threads);
    if (row < n && member == 0) {
        losses[row] = inside ? LOG(sum) + (largest - logits[target]) : 0.0f;
        if (best) best[row] = place < vocabulary ? place : 0;
    }
    BARRIER();  // dz may be z, whose target is read above
    if (!inside || !dz) return;
    GLOBAL float *slopes = dz + row * vocabulary;
    float share = 1.0f / sum, spread = smoothing / (float)vocabulary, wanted = 1.0f - smoothing + spread;
    if (fits) {
        for (int k = 0; k < HELD; k++) {
            int v = member + k * threads;
            if (v < end) slopes[v] = scale * (held[k] * share - (v == target ? wanted : spread));
        }
    } else {
        for (int v = member; v < end; v += threads) {
            slopes[v] = scale * (EXP(logits[v] - largest) * share - (v == target ? wanted : spread));
        }
    }
}
