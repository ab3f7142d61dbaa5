// One step of the block's units of a layer: lane 4u+g of a warp adds up gate g of a unit, and four lanes hand each
// other what they have.
#ifndef LSTM_GPU_CUDA_STREAM_CELLS_H
#define LSTM_GPU_CUDA_STREAM_CELLS_H
#include "cell_math.h"
#include "cuda/stream_memory.h"

// The unit's h, and its c in place of the one before, from this lane's gate: x = W_ih·x + b_ih, a = W_hh·h + b_hh.
DEVICE float step_unit(int kind, float x, float a, float h, float &c) {
    const int lane = THREAD % WARP, gate = lane % 4, unit = lane - gate;
    if (kind == LSTM) {
        const float active = gate == 2 ? TANH(x + a) : sigmoid(x + a);
        const float in = lane_value(active, unit), forget = lane_value(active, unit + 1);
        const float candidate = lane_value(active, unit + 2), out = lane_value(active, unit + 3);
        c = FMA(forget, c, in * candidate);
        return out * TANH(c);
    }
    if (kind == GRU) {
        const float active = sigmoid(x + a);
        const float reset = lane_value(active, unit), update = lane_value(active, unit + 1);
        const float candidate = lane_value(TANH(FMA(reset, a, x)), unit + 2);
        return FMA(update, h - candidate, candidate);
    }
    if (kind == COUPLED_LSTM) {
        const float active = gate == 1 ? TANH(x + a) : sigmoid(x + a);
        const float in = lane_value(active, unit), candidate = lane_value(active, unit + 1);
        const float out = lane_value(active, unit + 2);
        c = FMA(in, candidate - c, c);
        return out * TANH(c);
    }
    const float sum = x + a;
    return kind == ELMAN_TANH ? TANH(sum) : sum <= 0.0f ? 0.0f : sum;  // NaN stays NaN
}

// Computes the layer's h of the block's units and stores it for the others, tagged with the token's number. The sums of
// the layer below are in `parts`; the first layer takes the token's row of the table.
DEVICE void step_layer(const Chip &chip, const Share &share, int layer, const float *parts, const float *table,
                       int token, ulong64 *tagged, uint32 number) {
    const int lane = THREAD % WARP, gate = lane % 4;
    for (int start = THREAD / WARP * (WARP / 4); start < share.own; start += BLOCK / 4) {
        const int unit = start + lane / 4, row = unit * share.gates + gate;
        const bool is_row = unit < share.own && gate < share.gates;
        float *states = chip.states + 2 * layer * share.units + unit;
        const float *biases = chip.biases + 2 * layer * share.rows;
        float x = 0.0f, a = 0.0f, h = unit < share.own ? states[0] : 0.0f,
              c = unit < share.own ? states[share.units] : 0.0f;
        if (is_row) {
            a = sum_of_warps(chip.recurrent + layer * WARPS * share.rows, share.rows, row) + biases[share.rows + row];
            if (layer > 0) {
                x = sum_of_warps(parts, share.rows, row) + biases[row];
            } else if (share.table_kept) {
                x = chip.table[token * share.rows + row];
            } else {
                x = table[(long64)token * share.gates * share.hidden + share.place(row)];
            }
        }
        h = step_unit(share.kind, x, a, h, c);
        if (is_row && gate == 0) {
            store_tagged(tagged + share.first + unit, as_factor(h), number);
            states[0] = h, states[share.units] = c;
        }
    }
}

#endif
