// All steps of a recurrent layer in one launch, forward (cells.h has the cells; after FlashRNN and Appleyard 2016).
//
// The sequences are cut into groups of SEQUENCES, the units into shares of UNITS. A block keeps all gates' rows of its
// units in bfloat16 on the chip, and what the cell carries for its units and sequences, LSTM's c or GRU's h, as float
// in registers. A step: fetch h of all units for the group's sequences, multiply, apply the cell, store h, and signal
// it. Only blocks of one group read each other's h and wait for each other. h lies in a sequence that no step
// overwrites, so nothing has to be waited for before it is written.
//
// With flags (EXCHANGE is FLAGS) a block's flag counts the steps whose h it has stored. Where h is SHOWN it is its own
// flag: the sequence is zero before the launch, what is written, for two units at a time, is never zero (−0 stands for
// a pair of zeros), and a block reads h until no pair is zero. That saves the fence before the flag, the flag's way and
// one round to the cache. Where a group is a CLUSTER, each block puts its h into the shared memory of all, the place of
// one step beside that of the step before, and a barrier of the cluster tells when all is there.
//
// Arrays   G gates, T steps, B sequences, H = HIDDEN units
//          input            float [T,B,G·H]       in    W_ih·x; with tokens a table [V,G·H] of W_ih·x + b_ih
//          tokens           int [T,B]             in    rows of the table; null without one
//          weights          bfloat16 [G·H,H]      in    W_hh
//          input_bias       float [G·H]           in    b_ih; null with tokens
//          recurrent_bias   float [G·H]           in    b_hh
//          hidden           float [T+1,B,H]       h: first step in, the others out
//          factors          bfloat16 [T+1,B,H]    h as a factor of products: first step in, the others out, and zero
//                                                 before where h is SHOWN
//          cell             float [T+1,B,H]       LSTM's c: first step in, the others out; null for the other cells
//          gates            bfloat16 [T,B,G·H]    out    activated gates of LSTM and GRU, nothing of the plain cells;
//                                                 null where no backward pass follows
//          q                bfloat16 [T,B,H]      out    GRU's W_hn·h + b_hn; null where gates is, and for other cells
//          flags            uint32 [⌈B/SEQUENCES⌉,H/UNITS]    in and out    equal within a group, T more
//                                                 each afterwards; null unless EXCHANGE is FLAGS
// Numbers  patience: milliseconds after which a wait traps
// Launch   H/UNITS by ⌈B/SEQUENCES⌉ blocks, at once unless groups are clusters; SHARED bytes of shared memory
// Traffic  per step and block: SEQUENCES·H·2 bytes of h from the second-level cache or other blocks;
//          UNITS·SEQUENCES·(4·G read, and 4·2 + 5·2 written for LSTM, 4 + 5·2 for GRU, 4 + 2 for the others)
// Needs    sm_80, sm_90 for clusters; CELL, HIDDEN, UNITS, SEQUENCES, EXCHANGE, ROW_WARPS, HELD, CHUNKS, SHARED as
//          constants of the compiler; UNITS 8, 16, 32 or 64, a share of HIDDEN; one chunk without flags
#define BLOCK 256
#define ROWS (CELL::GATES * UNITS)
#define DEPTH HIDDEN
#define PARTS_APART (EXCHANGE == CLUSTER)
#define BESIDE 0
#include "cuda/cells.h"
#include "cuda/hidden.h"
#include "cuda/pairs.h"

// The fragment of 16 rows of W_hh [G·H,H]: thread (g, q) reads 8 neighbours of rows g and g+8. Row r of the tile is
// gate r / UNITS of unit r % UNITS.
struct ForwardFragment {
    const bits16 *weights;
    int first_unit;

    DEVICE_MEMBER void operator()(Fragment &f, int row, int depth) const {
        const Corner at = corner();
        const uint4 low = from(row + at.g, depth + at.q * 8), high = from(row + at.g + 8, depth + at.q * 8);
        f = Fragment{{low.x, high.x, low.y, high.y, low.z, high.z, low.w, high.w}};
    }

    DEVICE_MEMBER uint4 from(int row, int depth) const {
        const long64 whole_row = (long64)(row / UNITS) * HIDDEN + first_unit + row % UNITS;
        return *(const uint4 *)(weights + whole_row * HIDDEN + depth);
    }
};

// W_ih·x of the step for the thread's pairs.
DEVICE void read_input(float (&x)[PAIRS][SIDES], const float *input, const int *tokens, const Pairs &pairs, int step,
                       int sequences) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (!pairs.has(pair)) continue;
        const long64 place = (long64)step * sequences + pairs.sequence(pair);
        const long64 row = (tokens ? tokens[place] : place) * (GATES * HIDDEN) + pairs.unit;
        UNROLL for (int side = 0; side < SIDES; side++) {
            x[pair][side] = side < GATES ? input[row + side * HIDDEN] : 0.0f;
        }
    }
}

// The biases of the thread's unit, those of both sides together where the pre-activations are.
DEVICE void read_biases(float (&bias)[SIDES], const float *input_bias, const float *recurrent_bias, int unit) {
    UNROLL for (int gate = 0; gate < GATES; gate++) {
        bias[gate] += input_bias ? input_bias[gate * HIDDEN + unit] : 0.0f;
        bias[hidden_side(gate)] += recurrent_bias[gate * HIDDEN + unit];
    }
}

// h of the pair; a: W_ih·x, then what the cell leaves there.
DEVICE float compute_cell(float (&a)[SIDES], float &state, const float (&bias)[SIDES], const float *parts,
                          const Pairs &pairs, int pair) {
    UNROLL for (int side = 0; side < SIDES; side++) a[side] += bias[side];
    UNROLL for (int gate = 0; gate < GATES; gate++) {
        a[hidden_side(gate)] += sum_of(parts, gate * UNITS + pairs.share, pairs.slot(pair));
    }
    return CELL::activate(a, state);
}

// Stores what no other block waits for: h and c after the step and, for backward, the activated gates.
DEVICE void keep_step(const float (&h)[PAIRS], const float (&a)[PAIRS][SIDES], const float (&state)[PAIRS],
                      float *hidden, float *cell, bits16 *gates, bits16 *q, const Pairs &pairs, long64 before,
                      int sequences) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (!pairs.has(pair)) continue;
        const long64 row = before + pairs.sequence(pair), next = (row + sequences) * HIDDEN + pairs.unit;
        hidden[next] = h[pair];
        if (CELL::HAS_CELL) cell[next] = state[pair];
        UNROLL for (int gate = 0; CELL::KEEPS_GATES && gates && gate < GATES; gate++) {
            gates[(row * GATES + gate) * HIDDEN + pairs.unit] = round_to_bfloat16(a[pair][gate]);
        }
        if (CANDIDATE_APART && gates) q[row * HIDDEN + pairs.unit] = round_to_bfloat16(a[pair][SIDES - 1]);
    }
}

// h of the thread's pairs, left for the other blocks in `after`, the factors of the step behind, and in a cluster in
// `next`.
DEVICE void leave_hidden(float (&h)[PAIRS], float (&a)[PAIRS][SIDES], float (&state)[PAIRS], const float (&bias)[SIDES],
                         const float *parts, bits16 *after, bits16 *next, const Pairs &pairs) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        bits16 rounded = 0;
        bits16 *to = after + pairs.sequence(pair) * HIDDEN + pairs.unit;
        if (pairs.has(pair)) {
            h[pair] = compute_cell(a[pair], state[pair], bias, parts, pairs, pair);
            rounded = round_to_bfloat16(h[pair]);
            if (EXCHANGE == CLUSTER) next[pairs.slot(pair) * STRIDE + pairs.unit] = rounded;
            if (EXCHANGE != SHOWN) offer(to, rounded);
        }
        if (EXCHANGE == SHOWN) show_pair(to, rounded, pairs, pair);
    }
}

IN_GROUPS(rnn_sequence_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const bits16, weights),
          BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(float, hidden),
          BUFFER(bits16, factors), BUFFER(float, cell), BUFFER(bits16, gates), BUFFER(bits16, q), BUFFER(uint32, flags),
          int steps, int sequences, int patience) {
    SHARED_MEMORY(memory);
    float *parts = (float *)(memory + PARTS_START);
    const int first_unit = (int)BLOCK_X * UNITS;
    const Pairs pairs = pairs_of(first_unit, (int)BLOCK_Y * SEQUENCES, sequences);
    uint32 *group_flags = flags + BLOCK_Y * BLOCKS_X;
    const uint32 start = EXCHANGE == FLAGS ? group_flags[BLOCK_X] : 0;

    Held held;
    hold(held, memory, ForwardFragment{weights, first_unit});
    float bias[SIDES] = {}, state[PAIRS];
    read_biases(bias, input_bias, recurrent_bias, pairs.unit);
    const float *first_state = CELL::HAS_CELL ? cell : hidden;
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        state[pair] = pairs.has(pair) ? first_state[pairs.sequence(pair) * HIDDEN + pairs.unit] : 0.0f;
    }

    float a[PAIRS][SIDES];
    read_input(a, input, tokens, pairs, 0, sequences);
    if (EXCHANGE == CLUSTER) clear_absent((bits16 *)(memory + KEPT_BYTES) + BUFFER_LENGTH, pairs);
    arrive_in_cluster();
    ROLLED for (int step = 0; step < steps; step++) {
        const long64 before = (long64)step * sequences;
        bits16 *next = (bits16 *)(memory + KEPT_BYTES) + (step + 1) % 2 * BUFFER_LENGTH;
        float h[PAIRS] = {};
        await_cluster();
        multiply_hidden(held, memory, parts, factors, group_flags, start + step, step, before, sequences, patience);
        leave_hidden(h, a, state, bias, parts, factors + (before + sequences) * HIDDEN, next, pairs);
        BARRIER();
        if (EXCHANGE == FLAGS && THREAD == 0) store_release(group_flags + BLOCK_X, start + step + 1);
        if (EXCHANGE == CLUSTER && step + 1 < steps) give_to_others(next);
        arrive_in_cluster();
        keep_step(h, a, state, hidden, cell, gates, q, pairs, before, sequences);
        if (step + 1 < steps) read_input(a, input, tokens, pairs, step + 1, sequences);
    }
    await_cluster();
}
