// Draws a token per sequence from logits z, as java/lstmgpu/backend/SamplingSpec.java says: repeat penalty (Keskar
// 2019), then the largest where greedy, otherwise softmax(z / temperature), of which top-k, top-p (Holtzman et al.
// 2020) and min-p leave some, and of these the first token in order of identifier whose cumulative probability exceeds
// u.
//
// Probabilities are whole numbers (sampling_weight.h), so sums are exact. Which tokens stay is found without sorting:
// the key of the last one kept is built from its highest bits down, DIGIT_BITS per pass, by adding up what has each
// digit. Among equals the lower identifier stays, so every thread has a stretch of neighbouring identifiers and knows
// what the threads before it have.
//
// Three kernels, because a launch is where the host can leave out what is not wanted: sample_keys always; sample_keep
// for top-k, and once more for top-p; sample_pick unless greedy. (In one kernel, PoCL 3.1 gave every work-item a copy
// of so many variables that it broke its own stack.)
//
// A sequence draws as its row of `settings` says, which may change between two launches; what a sequence does not want
// its block leaves out.
//
// Arrays   z          float [B,V]     in
//          history    int [B,W]       in and out    a ring of the sequence's last tokens, −1 where empty
//          tokens     int [B]         out           by sample_keys where greedy, otherwise by sample_pick
//          counters   int [3]         in            the first counts draws
//          settings   int [B,16]      in            sampling_row.h
//          keys       uint32 [B,V]    scratch
//          largest    uint32 [B]      scratch       the sequence's largest key
// Launch   one block per sequence
// Traffic  4·V bytes read per sequence, 4·V written; the keys, which stay in the cache, are read 14 times for top-k, 15
//          times for top-p and 4 times more
// Needs    V < 2^23
#define BLOCK 256
#include "block_sums.h"

DEFINE_GROUP_SUM(block_sum, ulong64)
DEFINE_SUM_BEFORE(sum_before, ulong64)

DEVICE ulong64 block_most(LOCAL ulong64 *cells, ulong64 mine) {
    cells[THREAD] = mine;
    BARRIER();
    for (int reach = BLOCK / 2; reach > 0; reach /= 2) {
        if (THREAD < reach && cells[THREAD + reach] > cells[THREAD]) cells[THREAD] = cells[THREAD + reach];
        BARRIER();
    }
    ulong64 most = cells[0];
    BARRIER();
    return most;
}

#include "sampling_row.h"
#include "sampling_steps.h"

// The sequence's token, where it belongs.
DEVICE void put(int token, GLOBAL int *tokens, GLOBAL int *history, int draw, int window) {
    tokens[BLOCK_X] = token;
    history[BLOCK_X * window + (uint32)draw % (uint32)window] = token;
}

KERNEL(sample_keys, BUFFER(const float, z), BUFFER(int, history), BUFFER(int, tokens), BUFFER(const int, counters),
       BUFFER(uint32, keys), BUFFER(uint32, largest), BUFFER(const int, settings), int vocabulary, int window) {
    LOCAL_ARRAY(ulong64, cells, BLOCK);
    LOCAL_ARRAY(int, token, 1);
    VIEW(const float, z);
    VIEW(int, history);
    VIEW(int, tokens);
    VIEW(const int, counters);
    VIEW(uint32, keys);
    VIEW(uint32, largest);
    VIEW(const int, settings);
    GLOBAL const int *how = settings + BLOCK_X * ROW_WORDS;
    long64 row = BLOCK_X;
    KeyRange range;
    GLOBAL uint32 *own = keys + row * vocabulary;
    set_range(&range, vocabulary);
    make_keys(own, z + row * vocabulary, vocabulary, history + row * window, window,
              FLOAT_OF((uint32)how[ROW_PENALTY]));
    uint32 most = largest_key(own, &range, cells, token);
    if (THREAD == 0) {
        largest[row] = most;
        if (how[ROW_GREEDY]) put(token[0], tokens, history, counters[0], window);
    }
}

KERNEL(sample_keep, BUFFER(uint32, keys), BUFFER(const uint32, largest), BUFFER(const int, settings), int vocabulary,
       int by_weight) {
    LOCAL_ARRAY(ulong64, cells, DIGITS * BLOCK);
    VIEW(uint32, keys);
    VIEW(const uint32, largest);
    VIEW(const int, settings);
    GLOBAL const int *how = settings + BLOCK_X * ROW_WORDS;
    int top_k = by_weight ? 0 : how[ROW_TOP_K], top_p = by_weight ? how[ROW_TOP_P] : 0;
    if (how[ROW_GREEDY] || (top_k == 0 && top_p == 0)) return;
    GLOBAL uint32 *own = keys + BLOCK_X * vocabulary;
    KeyRange range;
    set_range(&range, vocabulary);
    range.largest = largest[BLOCK_X];
    range.mantissa = (uint32)how[ROW_MANTISSA];
    range.exponent = how[ROW_EXPONENT];
    keep(own, &range, top_k, (uint32)top_p, cells);
}

KERNEL(sample_pick, BUFFER(uint32, keys), BUFFER(const uint32, largest), BUFFER(int, history), BUFFER(int, tokens),
       BUFFER(const int, counters), BUFFER(const int, settings), int vocabulary, int window) {
    LOCAL_ARRAY(ulong64, cells, BLOCK);
    LOCAL_ARRAY(int, token, 1);
    VIEW(uint32, keys);
    VIEW(const uint32, largest);
    VIEW(int, history);
    VIEW(int, tokens);
    VIEW(const int, counters);
    VIEW(const int, settings);
    GLOBAL const int *how = settings + BLOCK_X * ROW_WORDS;
    GLOBAL uint32 *own = keys + BLOCK_X * vocabulary;
    if (how[ROW_GREEDY]) return;
    KeyRange range;
    set_range(&range, vocabulary);
    range.largest = largest[BLOCK_X];
    range.mantissa = (uint32)how[ROW_MANTISSA];
    range.exponent = how[ROW_EXPONENT];
    remove_below(own, &range, row_long(how, ROW_MIN_WEIGHT));
    uint32 u = philox_word(row_long(how, ROW_SEED), SAMPLING_STREAM, counters[0] - how[ROW_BEGUN],
                           (ulong64)how[ROW_SEQUENCE]);
    pick(own, &range, u, cells, token);
    if (THREAD == 0) put(token[0], tokens, history, counters[0], window);
}
