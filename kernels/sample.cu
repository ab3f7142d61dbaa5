// Draws a token a lane from logits z, as java/lstmgpu/backend/SamplingSpec.java says: repeat penalty (Keskar 2019), then the largest where
// greedy, otherwise softmax(z / temperature), of which top-k, top-p (Holtzman et al. 2020) and min-p leave some, and of these the first
// token in order of identifier whose cumulative probability exceeds u.
//
// Probabilities are whole numbers (sampling_weight.h), so sums are exact. Which tokens stay is found without sorting: the key of the last
// one kept is built from its highest bits down, DIGIT_BITS a pass, by adding up what has each digit. Among equals the lower identifier
// stays, so every thread has a stretch of neighbouring identifiers and knows what the threads before it have.
//
// Three kernels, because a launch is where the host can leave out what is not wanted: sample_keys always; sample_keep for top-k, and once more
// for top-p; sample_pick unless greedy. (In one kernel, PoCL 3.1 gave every work-item a copy of so many variables that it broke its own stack.)
//
// Shapes   z [B,V]; history int [B,W], −1 where empty; tokens int [B]; counters int [3], the first being the number of the draw;
//          keys int [B,V]; largest int [B], the largest key; V < 2^23
// Launch   one block a lane
// Traffic  4·V bytes read, 4·V written; the keys, which stay in the cache, are read 14 times for top-k, 15 times for top-p and 4 times more
// Needs    nothing
#define BLOCK 256
#include "block_sums.h"
#include "philox.h"
#include "sampling_lane.h"

#define DIGIT_BITS 3
#define DIGITS 8
#define HIGHEST_SHIFT 30
#define FOLD 16  // BLOCK = FOLD²
#define SAMPLING_STREAM 0x5A

DEFINE_GROUP_SUM(block_sum, ulong64)
DEFINE_SUM_BEFORE(sum_before, ulong64)

// What has each value of a digit, among the keys whose higher bits are those of `prefix`; left in cells[digit·BLOCK].
DEVICE void add_up_digits(GLOBAL uint32 *keys, const Lane *lane, uint32 prefix, int shift, int by_weight, LOCAL ulong64 *cells) {
    for (int digit = 0; digit < DIGITS; digit++) cells[digit * BLOCK + THREAD] = 0;
    for (int v = lane->first; v < lane->end; v++) {
        uint32 key = keys[v];
        int same = shift == HIGHEST_SHIFT || key >> (shift + DIGIT_BITS) == prefix >> (shift + DIGIT_BITS);
        if (same) cells[(key >> shift & (DIGITS - 1)) * BLOCK + THREAD] += amount_of(lane, key, by_weight);
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
DEVICE void keep_largest(GLOBAL uint32 *keys, const Lane *lane, ulong64 wanted, int by_weight, LOCAL ulong64 *cells) {
    uint32 prefix = 0;
    for (int shift = HIGHEST_SHIFT; shift >= 0; shift -= DIGIT_BITS) {
        add_up_digits(keys, lane, prefix, shift, by_weight, cells);
        int digit = DIGITS - 1;
        while (digit > 0 && cells[digit * BLOCK] < wanted) wanted -= cells[digit-- * BLOCK];
        prefix |= (uint32)digit << shift;
        BARRIER();
    }
    ulong64 each = amount_of(lane, prefix, by_weight), equal = 0;
    for (int v = lane->first; v < lane->end; v++) equal += keys[v] == prefix;
    ulong64 rank = sum_before(cells, equal);
    for (int v = lane->first; v < lane->end; v++) {
        int is_equal = keys[v] == prefix;
        if (keys[v] < prefix || (is_equal && rank * each >= wanted)) keys[v] = REMOVED;
        rank += is_equal;
    }
}

DEVICE void remove_below(GLOBAL uint32 *keys, const Lane *lane, ulong64 least) {
    for (int v = lane->first; v < lane->end; v++)
        if (amount_of(lane, keys[v], 1) < least) keys[v] = REMOVED;
}

// ⌊total·share·2^-32⌋
DEVICE ulong64 share_of(ulong64 total, uint32 share) { return (total >> 32) * share + ((total & LOW_HALF) * share >> 32); }

// The first token whose cumulative weight exceeds u of the whole, left in *token by the thread that has it.
DEVICE void pick(GLOBAL uint32 *keys, const Lane *lane, uint32 u, LOCAL ulong64 *cells, LOCAL int *token) {
    ulong64 own = sum_of_stretch(keys, lane, 1), sum = sum_before(cells, own);
    ulong64 bound = share_of(block_sum(cells, own, BLOCK), u);
    if (sum <= bound && sum + own > bound) {
        int v = lane->first;
        while ((sum += amount_of(lane, keys[v], 1)) <= bound) v++;
        *token = v;
    }
    BARRIER();
}

// Keys of the logits, with the penalty on tokens of the history, each once.
DEVICE void make_keys(GLOBAL uint32 *keys, GLOBAL const float *z, int vocabulary, GLOBAL const int *past, int window, float penalty) {
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
DEVICE uint32 largest_key(GLOBAL uint32 *keys, const Lane *lane, LOCAL ulong64 *cells, LOCAL int *token) {
    ulong64 best = 0;  // the key above, the identifier upside down below, so that the lower one wins
    for (int v = lane->first; v < lane->end; v++) {
        uint32 key = keys[v];
        ulong64 candidate = (ulong64)key << 32 | (0xffffffffu - (uint32)v);
        if (logit_of(key) == logit_of(key) && candidate > best) best = candidate;
    }
    cells[THREAD] = best;
    BARRIER();
    for (int reach = BLOCK / 2; reach > 0; reach /= 2) {
        if (THREAD < reach && cells[THREAD + reach] > cells[THREAD]) cells[THREAD] = cells[THREAD + reach];
        BARRIER();
    }
    best = cells[0];
    if (THREAD == 0) *token = best == 0 ? 0 : (int)(0xffffffffu - (uint32)best);
    BARRIER();
    return (uint32)(best >> 32);
}

// The lane's token, where it belongs.
DEVICE void put(int token, GLOBAL int *tokens, GLOBAL int *history, int draw, int window) {
    tokens[BLOCK_X] = token;
    history[BLOCK_X * window + (uint32)draw % (uint32)window] = token;
}

KERNEL(sample_keys, BUFFER(const float, z), BUFFER(int, history), BUFFER(int, tokens), BUFFER(const int, counters), BUFFER(uint32, keys),
       BUFFER(uint32, largest), int vocabulary, int window, float penalty, int greedy) {
    LOCAL_ARRAY(ulong64, cells, BLOCK);
    LOCAL_ARRAY(int, token, 1);
    VIEW(const float, z);
    VIEW(int, history);
    VIEW(int, tokens);
    VIEW(const int, counters);
    VIEW(uint32, keys);
    VIEW(uint32, largest);
    long64 row = BLOCK_X;
    Lane lane;
    GLOBAL uint32 *own = keys + row * vocabulary;
    set_stretch(&lane, vocabulary);
    make_keys(own, z + row * vocabulary, vocabulary, history + row * window, window, penalty);
    uint32 most = largest_key(own, &lane, cells, token);
    if (THREAD == 0) {
        largest[row] = most;
        if (greedy) put(token[0], tokens, history, counters[0], window);
    }
}

KERNEL(sample_keep, BUFFER(uint32, keys), BUFFER(const uint32, largest), int vocabulary, int mantissa, int exponent, int top_k, int top_p) {
    LOCAL_ARRAY(ulong64, cells, DIGITS * BLOCK);
    VIEW(uint32, keys);
    VIEW(const uint32, largest);
    GLOBAL uint32 *own = keys + BLOCK_X * vocabulary;
    Lane lane;
    set_stretch(&lane, vocabulary);
    lane.largest = largest[BLOCK_X];
    lane.mantissa = (uint32)mantissa;
    lane.exponent = exponent;
    ulong64 total = block_sum(cells, sum_of_stretch(own, &lane, 1), BLOCK);
    int is_part = (total * (uint32)top_p & LOW_HALF) != 0;
    keep_largest(own, &lane, top_k > 0 ? (ulong64)top_k : share_of(total, (uint32)top_p) + is_part, top_k == 0, cells);
}

KERNEL(sample_pick, BUFFER(uint32, keys), BUFFER(const uint32, largest), BUFFER(int, history), BUFFER(int, tokens), BUFFER(const int, counters),
       int vocabulary, int window, int mantissa, int exponent, long64 min_weight, long64 seed) {
    LOCAL_ARRAY(ulong64, cells, BLOCK);
    LOCAL_ARRAY(int, token, 1);
    VIEW(uint32, keys);
    VIEW(const uint32, largest);
    VIEW(int, history);
    VIEW(int, tokens);
    VIEW(const int, counters);
    GLOBAL uint32 *own = keys + BLOCK_X * vocabulary;
    Lane lane;
    set_stretch(&lane, vocabulary);
    lane.largest = largest[BLOCK_X];
    lane.mantissa = (uint32)mantissa;
    lane.exponent = exponent;
    remove_below(own, &lane, (ulong64)min_weight);
    pick(own, &lane, philox_word((ulong64)seed, SAMPLING_STREAM, counters[0], (ulong64)BLOCK_X), cells, token);
    if (THREAD == 0) put(token[0], tokens, history, counters[0], window);
}
