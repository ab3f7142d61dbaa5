// What a block of token_stream.cu keeps in shared memory, and how it gets there.
#ifndef LSTM_GPU_CUDA_STREAM_MEMORY_H
#define LSTM_GPU_CUDA_STREAM_MEMORY_H
#include "cuda/matrix_rows.h"

enum Kind { LSTM, GRU, ELMAN_TANH, ELMAN_RELU, COUPLED_LSTM };  // as TokenStreamShape.java counts

DEVICE int gates_of(int kind) { return kind == LSTM ? 4 : kind == GRU || kind == COUPLED_LSTM ? 3 : 1; }

// A layer's arrays in device memory.
//   input_weights      real [G·H,H]    in            W_ih; not read in the first layer, which has the table
//   recurrent_weights  real [G·H,H]    in            W_hh
//   input_bias         float [G·H]     in            b_ih; not read in the first layer
//   recurrent_bias     float [G·H]     in            b_hh
//   hidden             float [H]       in and out    h
//   factor             bfloat16 [H]    out           h as a factor of products; null where that is h itself
//   cell               float [H]       in and out    c of LSTM; null for the other cells
struct Layer {
    const real *input_weights, *recurrent_weights;
    const float *input_bias, *recurrent_bias;
    float *hidden;
    bits16 *factor;
    float *cell;
};

// h as products take it.
DEVICE float as_factor(float h) { return sizeof(real) == sizeof(float) ? h : float_of(round_to_bfloat16(h)); }

// The network, and the block's share of it: `own` units and their `rows` in each matrix, row u·G+g being gate g of unit
// u; `own_logits` logits.
struct Share {
    int kind, layers, hidden, vocabulary, units, table_kept, window;
    int gates, first, own, rows, most_rows, logits, first_logit, own_logits;

    DEVICE_MEMBER void cut() {
        gates = gates_of(kind);
        first = (int)BLOCK_X * units;
        own = first + units < hidden ? units : hidden - first;
        rows = gates * own;
        logits = (vocabulary + (int)BLOCKS_X - 1) / (int)BLOCKS_X;
        first_logit = (int)BLOCK_X * logits;
        const int left = vocabulary - first_logit;
        own_logits = left < 0 ? 0 : left < logits ? left : logits;
        most_rows = gates * units > logits ? gates * units : logits;
    }

    // The row of the whole matrix that is the block's row.
    DEVICE_MEMBER int place(int row) const { return row % gates * hidden + first + row / gates; }
};

// The arrays in shared memory, in this order, each from a multiple of 16 bytes on (TokenStreamShape.java counts the
// same).
struct Chip {
    real *weights;      // [2L−1,G·units,H]: W_hh of the first layer, W_ih and W_hh of each further one
    real *output;       // [logits,H]
    float *table;       // [V,rows] if kept
    float *biases;      // [L,2,rows]: b_ih, 0 in the first layer, and b_hh
    float *recurrent;   // [L,WARPS,rows]: W_hh·h by warps
    float *parts;       // [2,WARPS,rows or logits]: W·h of the layer below, or the output's, by warps
    float *vector;      // [H]: the h loaded last; a thread reads what it loaded itself
    float *states;      // [L,2,units]: h and c
    float *z;           // [V]
    uint32 *keys;       // [V]
    int *past;          // [W]
    int *token;         // [1]
    ulong64 *cells;     // [DIGITS·BLOCK]

    DEVICE_MEMBER void lay_out(unsigned char *memory, const Share &share, int cell_count) {
        const int most = share.gates * share.units;
        take(memory, weights, (2 * share.layers - 1) * most * share.hidden);
        take(memory, output, share.logits * share.hidden);
        take(memory, table, share.table_kept ? share.vocabulary * most : 0);
        take(memory, biases, share.layers * 2 * most);
        take(memory, recurrent, share.layers * WARPS * most);
        take(memory, parts, 2 * WARPS * share.most_rows);
        take(memory, vector, share.hidden);
        take(memory, states, share.layers * 2 * share.units);
        take(memory, z, share.vocabulary);
        take(memory, keys, share.vocabulary);
        take(memory, past, share.window);
        take(memory, token, 1);
        take(memory, cells, cell_count);
    }

    template <class T>
    DEVICE_MEMBER static void take(unsigned char *&memory, T *&array, int count) {
        array = (T *)memory;
        memory += (count * (int)sizeof(T) + 15) / 16 * 16;
    }

    DEVICE_MEMBER real *recurrent_rows(const Share &share, int layer) const {
        return weights + 2 * layer * share.gates * share.units * share.hidden;
    }

    // Of a layer that is not the first.
    DEVICE_MEMBER real *input_rows(const Share &share, int layer) const {
        return weights + (2 * layer - 1) * share.gates * share.units * share.hidden;
    }
};

// Starts copying all weights; they are there after await_copies<0> and a BARRIER.
DEVICE void load_weights(const Chip &chip, const Share &share, const Layer *layers, const real *output) {
    const auto gate_row = [&](int row) { return share.place(row); };
    for (int layer = 0; layer < share.layers; layer++) {
        copy_rows(chip.recurrent_rows(share, layer), layers[layer].recurrent_weights, share.rows, share.hidden,
                  gate_row);
        if (layer > 0)
            copy_rows(chip.input_rows(share, layer), layers[layer].input_weights, share.rows, share.hidden, gate_row);
    }
    copy_rows(chip.output, output, share.own_logits, share.hidden, [&](int row) { return share.first_logit + row; });
    commit_copies();
}

// Everything else that a launch begins with.
DEVICE void load_state(const Chip &chip, const Share &share, const Layer *layers, const float *table,
                       const int *history) {
    for (int i = THREAD; i < share.layers * share.rows; i += BLOCK) {
        const int layer = i / share.rows, row = i % share.rows;
        float *biases = chip.biases + 2 * layer * share.rows;
        biases[row] = layer > 0 ? layers[layer].input_bias[share.place(row)] : 0.0f;
        biases[share.rows + row] = layers[layer].recurrent_bias[share.place(row)];
    }
    for (int i = THREAD; i < share.layers * share.own; i += BLOCK) {
        const int layer = i / share.own, unit = i % share.own;
        float *states = chip.states + 2 * layer * share.units + unit;
        states[0] = layers[layer].hidden[share.first + unit];
        states[share.units] = layers[layer].cell ? layers[layer].cell[share.first + unit] : 0.0f;
    }
    for (int i = THREAD; i < (share.table_kept ? share.vocabulary * share.rows : 0); i += BLOCK) {
        chip.table[i] = table[(long64)(i / share.rows) * share.gates * share.hidden + share.place(i % share.rows)];
    }
    for (int i = THREAD; i < share.window; i += BLOCK) chip.past[i] = history[i];
}

// Puts h and c back where the next launch, or another kernel, begins.
DEVICE void store_state(const Chip &chip, const Share &share, const Layer *layers) {
    for (int i = THREAD; i < share.layers * share.own; i += BLOCK) {
        const Layer &layer = layers[i / share.own];
        const int unit = i % share.own;
        const float *states = chip.states + 2 * (i / share.own) * share.units + unit;
        overwrite(layer.hidden + share.first + unit, states[0]);
        if (layer.factor) layer.factor[share.first + unit] = round_to_bfloat16(states[0]);
        if (layer.cell) overwrite(layer.cell + share.first + unit, states[share.units]);
    }
}

#endif
