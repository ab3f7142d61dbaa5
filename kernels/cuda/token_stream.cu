// Draws the next tokens of one text in one launch: for each, the layers (../lstm_cell.cu, ../gru_cell.cu and
// ../elman_cell.cu have the formulas), the logits z = W·h + b, and the token (../sample.cu).
//
// A block keeps the weights of its units in every layer and of its share of the logits in shared memory. h and z go
// from block to block: each value is stored with the number of its token as the tag (words.h), and the tag is all that
// a reader waits for, so nothing is cleared, and there is no fence within a token. Every block reads all logits and
// draws the token for itself. A token takes one exchange per layer and one for the logits; the product of a layer with
// its own h is made while the next exchange is on its way. State, history and counters, which all blocks read when a
// launch begins, are overwritten behind a fence when it ends.
//
// Two sets of places are enough: a block that stores an h of token t has read all logits of t−1; no block can store
// these before every block has stored its h of t−1; and to do that a block has read everything of t−2.
//
// Arrays   layers           Layer [L]      in            where each layer's arrays are, see Layer
//          table            float [V,G·H]  in            W_ih·x + b_ih of the first layer for each token x
//          output_weights   real [V,H]     in
//          output_bias      float [V]      in
//          exchange         uint64 [2,L·H+V]             scratch: tagged h and z; with an odd V one more per row; zero
//                                                        before the first launch
//          tokens           int [1]        in and out    the token that is read first; afterwards the one drawn last
//          history          int [W]        in and out    a ring of the last tokens, −1 where empty
//          counters         int [3]        in and out    the first two grow by N, the number of tokens drawn
//          logits           float [N,V]    out           null where nobody asks for losses
//          drawn            int [N]        out
//          (G gates, L = depth layers, H = hidden units, V = vocabulary, W = window, N = count)
// Numbers  number: the tag of the first token, N more than in the launch before, from 1 on; patience: milliseconds
//          after which a wait traps
// Launch   ⌈H/units⌉ blocks at once, with the bytes of shared memory that TokenStreamShape.java counts
// Traffic  all weights once per launch; per token and block (L·H + V)·8 bytes from the second-level cache, and the
//          block's weights from shared memory
// Needs    sm_80; FACTOR_BYTES, 4 or 2 (bfloat16), as a constant of the compiler; H a multiple of 8; V·G·H < 2^31
#define BLOCK 256
#if FACTOR_BYTES == 2
#define STORE_BFLOAT16
#endif
#include "cuda/stream_cells.h"
#include "sampling_steps.h"

// SamplingSpec.java in the numbers of ../sample.cu.
struct Drawing {
    int greedy, mantissa, exponent, top_k, top_p;
    float penalty;
    long64 min_weight, seed;
};

// Returns the token of this number, drawn from the logits of all blocks. row, float [V], out: the logits; null where
// nobody asks for losses.
DEVICE int draw(const Drawing &how, const Chip &chip, const Share &share, const ulong64 *tagged, uint32 number,
                int step, float *row, int patience) {
    const uint32 u = philox_word((ulong64)how.seed, SAMPLING_STREAM, step, 0);
    for (int v = THREAD; v < share.vocabulary; v += BLOCK) {
        for (uint32 asked = 0; !load_tagged(tagged + v, number, chip.z[v]);) ask_again(asked, patience);
        if (row && BLOCK_X == 0) row[v] = chip.z[v];
    }
    KeyRange range;
    set_range(&range, share.vocabulary);
    make_keys(chip.keys, chip.z, share.vocabulary, chip.past, share.window, how.penalty);
    range.largest = largest_key(chip.keys, &range, chip.cells, chip.token);
    if (!how.greedy) {
        range.mantissa = (uint32)how.mantissa;
        range.exponent = how.exponent;
        if (how.top_k > 0) keep(chip.keys, &range, how.top_k, 0, chip.cells);
        if (how.top_p != 0) keep(chip.keys, &range, 0, (uint32)how.top_p, chip.cells);
        remove_below(chip.keys, &range, (ulong64)how.min_weight);
        pick(chip.keys, &range, u, chip.cells, chip.token);
    }
    const int token = chip.token[0];
    if (THREAD == 0) chip.past[(uint32)step % (uint32)share.window] = token;
    return token;
}

// Adds W_hh·h for the next token, each thread with the h that it loaded last, while other values are on their way.
DEVICE void multiply_recurrent(const Chip &chip, const Share &share, int layer) {
    multiply(chip.recurrent + layer * WARPS * share.rows, chip.recurrent_rows(share, layer), share.rows, chip.vector,
             share.hidden);
}

// From the token that is read to the logits, which are stored for all blocks.
DEVICE void predict(const Chip &chip, const Share &share, const float *table, const float *output_bias, int token,
                    ulong64 *tagged, uint32 number, int patience) {
    step_layer(chip, share, 0, nullptr, table, token, tagged, number);
    for (int layer = 1; layer <= share.layers; layer++) {
        const bool is_output = layer == share.layers;
        float *parts = chip.parts + layer % 2 * WARPS * share.most_rows;
        load_vector(chip.vector, tagged + (layer - 1) * share.hidden, share.hidden, number, patience);
        const real *rows = is_output ? chip.output : chip.input_rows(share, layer);
        multiply(parts, rows, is_output ? share.own_logits : share.rows, chip.vector, share.hidden);
        BARRIER();
        if (!is_output) step_layer(chip, share, layer, parts, table, token, tagged + layer * share.hidden, number);
        for (int row = THREAD; is_output && row < share.own_logits; row += BLOCK) {
            const int v = share.first_logit + row;
            store_tagged(tagged + layer * share.hidden + v, sum_of_warps(parts, share.own_logits, row) + output_bias[v],
                         number);
        }
        multiply_recurrent(chip, share, layer - 1);
    }
}

// The recurrent products of h as it was left.
DEVICE void multiply_state(const Chip &chip, const Share &share, const Layer *layers) {
    for (int layer = 0; layer < share.layers; layer++) {
        for (int column = THREAD * PAIR; column < share.hidden; column += REACH) {
            for (int i = 0; i < PAIR; i++) chip.vector[column + i] = as_factor(layers[layer].hidden[column + i]);
        }
        multiply_recurrent(chip, share, layer);
    }
    BARRIER();
}

COOPERATIVE_KERNEL(token_stream, BUFFER(const Layer, layers), BUFFER(const float, table),
                   BUFFER(const real, output_weights), BUFFER(const float, output_bias), BUFFER(ulong64, exchange),
                   BUFFER(int, tokens), BUFFER(int, history), BUFFER(int, counters), BUFFER(float, logits),
                   BUFFER(int, drawn), int kind, int depth, int hidden, int vocabulary, int units, int table_kept,
                   int window, int count, int number, int greedy, float penalty, int mantissa, int exponent, int top_k,
                   int top_p, long64 min_weight, long64 seed, int patience) {
    SHARED_MEMORY(memory);
    const Drawing how = {greedy, mantissa, exponent, top_k, top_p, penalty, min_weight, seed};
    Share share = {kind, depth, hidden, vocabulary, units, table_kept, window, 0, 0, 0, 0, 0, 0, 0, 0};
    share.cut();
    Chip chip;
    chip.lay_out(memory, share, DIGITS * BLOCK);
    load_weights(chip, share, layers, output_weights);
    load_state(chip, share, layers, table, history);
    const int first_step = counters[0];
    int token = tokens[0];
    await_copies<0>();
    BARRIER();
    multiply_state(chip, share, layers);
    fence();
    for (int i = 0; i < count; i++) {
        const uint32 now = (uint32)number + (uint32)i;
        ulong64 *tagged = exchange + (now & 1) * (long64)(depth * hidden + (vocabulary + 1) / 2 * 2);
        predict(chip, share, table, output_bias, token, tagged, now, patience);
        float *row = logits ? logits + (long64)i * vocabulary : nullptr;
        token = draw(how, chip, share, tagged + depth * hidden, now, first_step + i, row, patience);
        if (BLOCK_X == 0 && THREAD == 0) drawn[i] = token;
    }
    // The tokens came from the h of all blocks, and a block that stored its h had read what is overwritten now.
    fence();
    BARRIER();
    store_state(chip, share, layers);
    for (int i = THREAD; BLOCK_X == 0 && i < window; i += BLOCK) overwrite(history + i, chip.past[i]);
    if (BLOCK_X == 0 && THREAD == 0) {
        overwrite(tokens, token);
        overwrite(counters, first_step + count);
        counters[1] += count;
    }
}
