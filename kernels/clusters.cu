// An adaptive softmax (Grave et al. 2017) divides rows among clusters of tokens. partition: cluster k has the tokens of
// [cutoffs[k], cutoffs[k+1]); entries[n] = tokens[n] below cutoffs[0], otherwise cutoffs[0] + k; places[k,:] are the
// rows n of cluster k, rising, and inside[k,:] = tokens[n] − cutoffs[k]; behind the last of them 0 and `behind`.
// clear_behind: x[r,:] = 0 for every r ≥ count − before. log_softmax: out[n, at+j] = z[n,j] − log Σ exp(z[n,:]) +
// (outer ? outer[n,entry] − log Σ exp(outer[n,:]) : 0) for every j < kept.
//
// Arrays   tokens     int [N]            in     each in [0, cutoffs[K])
//          cutoffs    int [K+1]          in
//          entries    int [N]            out
//          places     int [K,N]          out
//          inside     int [K,N]          out
//          counts     int [K]            out
//          x          float [R,width]    in and out
//          count      int [1]            in
//          z          float [N,width]    in
//          outer      float [N,around]   in     null for none
//          out        float [N,outputs]  out
// Launch   partition: K blocks; clear_behind: any one-dimensional grid; log_softmax: a block for each row
// Traffic  partition: K·N·4 bytes read twice, 8·K·N written; clear_behind: 4 bytes for every element behind;
//          log_softmax: 8·N·(width + around/2) read, 4·N·kept written
// Needs    nothing
//
// Largest and sum are found together: when a larger logit comes, the sum so far is scaled down (Milakov and Gimelshein
// 2018).
#define BLOCK 256
#include "block_sums.h"

DEFINE_SUM_BEFORE(sum_before, int)
DEFINE_GROUP_SUM(group_sum, float)

// A block counts the rows of its cluster in stretches, a thread each, before it places them.
KERNEL(partition, BUFFER(const int, tokens), BUFFER(const int, cutoffs), BUFFER(int, entries), BUFFER(int, places),
       BUFFER(int, inside), BUFFER(int, counts), int n, int behind) {
    LOCAL_ARRAY(int, cells, BLOCK);
    LOCAL_ARRAY(int, all, 1);
    VIEW(const int, tokens);
    VIEW(const int, cutoffs);
    VIEW(int, entries);
    VIEW(int, places);
    VIEW(int, inside);
    VIEW(int, counts);
    int k = (int)BLOCK_X, low = cutoffs[k], high = cutoffs[k + 1], entry = cutoffs[0] + k;
    int stretch = (n + BLOCK - 1) / BLOCK, first = THREAD * stretch, found = 0;
    int end = first + stretch < n ? first + stretch : n;
    GLOBAL int *own_places = places + (long64)k * n, *own_inside = inside + (long64)k * n;
    for (int i = first; i < end; i++) found += tokens[i] >= low && tokens[i] < high;
    int at = sum_before(cells, found);
    if (THREAD == BLOCK - 1) {
        all[0] = at + found;
        counts[k] = at + found;
    }
    BARRIER();
    for (int i = first; i < end; i++) {
        int token = tokens[i];
        if (token >= low && token < high) {
            entries[i] = entry;
            own_places[at] = i;
            own_inside[at] = token - low;
            at++;
        } else if (k == 0 && token < low) {
            entries[i] = token;
        }
    }
    for (int i = all[0] + THREAD; i < n; i += BLOCK) {
        own_places[i] = 0;
        own_inside[i] = behind;
    }
}

KERNEL(clear_behind, BUFFER(float, x), BUFFER(const int, count), int before, long64 n, int width) {
    VIEW(float, x);
    VIEW(const int, count);
    int kept = count[0] > before ? count[0] - before : 0;
    FOR_EACH(i, n - (long64)kept * width) x[(long64)kept * width + i] = 0.0f;
}

// log Σ exp of a row; all threads of the block get it.
DEVICE float log_sum(LOCAL float *cells, GLOBAL const float *row, int width) {
    float own = -INFINITY, sum = 0.0f;
    for (int v = THREAD; v < width; v += BLOCK) {
        float value = row[v];
        if (value > own) {
            sum *= EXP(own - value);
            own = value;
        }
        sum += EXP(value - own);
    }
    cells[THREAD] = own;
    BARRIER();
    for (int reach = BLOCK / 2; reach > 0; reach /= 2) {
        if (THREAD < reach && cells[THREAD + reach] > cells[THREAD]) cells[THREAD] = cells[THREAD + reach];
        BARRIER();
    }
    float largest = cells[0];
    BARRIER();
    sum = group_sum(cells, sum > 0.0f ? sum * EXP(own - largest) : 0.0f, BLOCK);
    return largest + LOG(sum);
}

KERNEL(log_softmax, BUFFER(const float, z), BUFFER(const float, outer), BUFFER(float, out), int width, int kept,
       int outputs, int at, int around, int entry) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, z);
    VIEW(const float, outer);
    VIEW(float, out);
    GLOBAL const float *row = z + BLOCK_X * width;
    GLOBAL float *to = out + BLOCK_X * outputs + at;
    // Both sums in any case, so that no branch has barriers.
    GLOBAL const float *whole = outer ? outer + BLOCK_X * around : row;
    float shift = log_sum(cells, row, width), beyond = log_sum(cells, whole, outer ? around : 1);
    if (outer) shift -= whole[entry] - beyond;
    for (int j = THREAD; j < kept; j += BLOCK) to[j] = row[j] - shift;
}
