// The steps of drawing a token, which all threads of a block take together (sample.cu says what they mean). Whoever
// includes this has defined, for the block and over ulong64 cells [BLOCK],
//   block_sum(cells, mine, BLOCK)   Σ over the threads
//   sum_before(cells, mine)         Σ over the threads before this one
//   block_most(cells, mine)         the largest of all
// Each ends with a BARRIER, and every thread gets the value.
#ifndef LSTM_GPU_SAMPLING_STEPS_H
#define LSTM_GPU_SAMPLING_STEPS_H
#include "philox.h"
#include "sampling_range.h"

#define DIGIT_BITS 3
#define DIGITS 8
#define HIGHEST_SHIFT 30
#define FOLD 16  // BLOCK = FOLD²
#define SAMPLING_STREAM 0x5A

// What has each value of a digit, among the keys whose higher bits are those of `prefix`; left in cells[digit·BLOCK].
DEVICE void add_up_digits(GLOBAL uint32 *keys, const KeyRange *range, uint32 prefix, int shift, int by_weight,
                          LOCAL ulong64 *cells) {
    for (int digit = 0; digit < DIGITS; digit++) cells[digit * BLOCK + THREAD] = 0;
    for (int v = range->first; v < range->end; v++) {
        uint32 key = keys[v];
        int same = shift == HIGHEST_SHIFT || key >> (shift + DIGIT_BITS) == prefix >> (shift + DIGIT_BITS);
        if (same) cells[(key >> shift & (DIGITS - 1)) * BLOCK + THREAD] += amount_of(range, key, by_weight);
    }
    BARRIER();
    for (int width = BLOCK / FOLD; width > 0; width /= FOLD) {
        if (THREAD < DIGITS * width) {
            LOCAL ulong64 *row = cells + THREAD / width * BLOCK;
            ulong64 sum = 0;
            for (int part = 0; part < FOLD; part++) sum += row[part * width + THREAD % width];
            row[THREAD % width] = sum;  // which no other thread reads
        }
        BARRIER();
    }
}

// Removes all but the shortest run, from the largest key on, whose amounts reach `wanted`, which all together do.
DEVICE void keep_largest(GLOBAL uint32 *keys, const KeyRange *range, ulong64 wanted, int by_weight,
                         LOCAL ulong64 *cells) {
    uint32 prefix = 0;
    for (int shift = HIGHEST_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
        add_up_digits(keys, range, prefix, shift, by_weight, cells);
        int digit = DIGITS - 1;
        while (digit > 0 && cells[digit * BLOCK] < wanted) wanted -= cells[digit-- * BLOCK];
        prefix |= (uint32)digit << shift;
        BARRIER();
    }
    ulong64 each = amount_of(range, prefix, by_weight), equal = 0;
    for (int v = range->first; v < range->end; v++) equal += keys[v] == prefix;
    ulong64 rank = sum_before(cells, equal);
    for (int v = range->first; v < range->end; v++) {
        int is_equal = keys[v] == prefix;
        if (keys[v] < prefix || (is_equal && rank * each >= wanted)) keys[v] = REMOVED;
        rank += is_equal;
    }
}

DEVICE void remove_below(GLOBAL uint32 *keys, const KeyRange *range, ulong64 least) {
    for (int v = range->first; v < range->end; v++) {
        if (amount_of(range, keys[v], 1) < least) keys[v] = REMOVED;
    }
}

// ⌊total·share·2^-32⌋
DEVICE ulong64 share_of(ulong64 total, uint32 share) {
    return (total >> 32) * share + ((total & LOW_HALF) * share >> 32);
}

// Removes all but the top_k largest keys or, where that is 0, all but the shortest run that has top_p (units of 2^-32)
// of the weight.
DEVICE void keep(GLOBAL uint32 *keys, const KeyRange *range, int top_k, uint32 top_p, LOCAL ulong64 *cells) {
    ulong64 total = block_sum(cells, sum_of_stretch(keys, range, 1), BLOCK);
    int is_part = (total * top_p & LOW_HALF) != 0;
    keep_largest(keys, range, top_k > 0 ? (ulong64)top_k : share_of(total, top_p) + is_part, top_k == 0, cells);
}

// The first token whose cumulative weight exceeds u of the whole, left in *token by the thread that has it.
DEVICE void pick(GLOBAL uint32 *keys, const KeyRange *range, uint32 u, LOCAL ulong64 *cells, LOCAL int *token) {
    ulong64 own = sum_of_stretch(keys, range, 1), sum = sum_before(cells, own);
    ulong64 bound = share_of(block_sum(cells, own, BLOCK), u);
    if (sum <= bound && sum + own > bound) {
        int v = range->first;
        while ((sum += amount_of(range, keys[v], 1)) <= bound) v++;
        *token = v;
    }
    BARRIER();
}

// Keys of the logits, with the penalty on tokens of the history, each once.
DEVICE void make_keys(GLOBAL uint32 *keys, GLOBAL const float *z, int vocabulary, GLOBAL const int *past, int window,
                      float penalty) {
    for (int v = THREAD; v < vocabulary; v += BLOCK) keys[v] = key_of(z[v]);
    BARRIER();
    if (penalty != 1.0f) {
        for (int i = THREAD; i < window; i += BLOCK) {
            int token = past[i];
            for (int j = 0; j < i; j++) token = past[j] == token ? -1 : token;
            if (token < 0 || token >= vocabulary) continue;
            keys[token] = key_of(z[token] > 0.0f ? z[token] / penalty : z[token] * penalty);
        }
    }
    BARRIER();
}

// The largest key of all, and in *token the lowest identifier that has it.
DEVICE uint32 largest_key(GLOBAL uint32 *keys, const KeyRange *range, LOCAL ulong64 *cells, LOCAL int *token) {
    ulong64 best = 0;  // the key above, the identifier upside down below, so that the lower one wins
    for (int v = range->first; v < range->end; v++) {
        uint32 key = keys[v];
        ulong64 candidate = (ulong64)key << 32 | (0xffffffffu - (uint32)v);
        if (logit_of(key) == logit_of(key) && candidate > best) best = candidate;
    }
    best = block_most(cells, best);
    if (THREAD == 0) *token = best == 0 ? 0 : (int)(0xffffffffu - (uint32)best);
    BARRIER();
    return (uint32)(best >> 32);
}

#endif
