// All steps of a recurrent layer in one launch, backward (cells.h has the cells).
//
// dh of a step needs all gate gradients of the step after: W_hhᵀ [H,G·H] · dgates. If every block kept the rows of its
// own units it would read all G·H of them (FlashRNN's bound); if it kept the columns of its own gates it would hand on
// partial sums for all H units. Here the blocks of a group form a grid of ROW_SHARES by PARTS. Block (i, j) keeps the
// tile of the units of row i and of the gates of column j, reads the gate gradients of column j, hands partial sums on
// to its row, and adds its own units' up in the order of the columns. Bytes per step and sequence: 2·G·H/PARTS read,
// 4·H/ROW_SHARES written, as many read. With PARTS 1 the sums stay in the block, with ROW_SHARES 1 the gate gradients
// do.
//
// Block (i, j) owns units i·H/ROW_SHARES + j·UNITS and the UNITS − 1 behind: it computes their gates' gradients and
// carries what flows to the step before, dh through W_hh and LSTM's dc or GRU's z·dh beside it.
//
// Where a group is a cluster, ROW_SHARES 1, or each row is one (MIXED), sums go from shared memory to shared memory
// (row_sums.h).
//
// Arrays   G gates, T steps, B sequences, H = HIDDEN units, groups = ⌈B/SEQUENCES⌉
//          dy         float [T,B,H]         in     gradient of h through the output
//          weights    bfloat16 [G·H,H]      in     W_hh
//          states     float [T+1,B,H]       in     c of LSTM, h of the other cells
//          gates      bfloat16 [T,B,G·H]    in     activated gates (not of the plain cells); out: the gradients of the
//                                           input's side
//          q          bfloat16 [T,B,H]      in     GRU's W_hn·h + b_hn, as forward left it; null for the other cells
//          d_hidden   bfloat16 [T,B,G·H]    out    the gradients of the hidden side; of GRU an array of its own,
//                                           otherwise the same as gates
//          partials   float [2,groups,ROW_SHARES,PARTS,SEQUENCES,ROWS]    scratch; null with PARTS 1 or clusters
//          flags      uint32 [groups,2,H/UNITS]    in and out    equal within each stretch of H/UNITS, before and
//                                           afterwards; null where groups are clusters
// Numbers  patience: milliseconds after which a wait traps
// Launch   H/UNITS by ⌈B/SEQUENCES⌉ blocks, at once unless groups are clusters; SHARED bytes of shared memory
// Traffic  per step and block: SEQUENCES·(2·G·H/PARTS + 8·ROWS) bytes through the second-level cache;
//          UNITS·SEQUENCES·(4·2 + 2·4 read and 4·2 written for LSTM, 4·2 + 2·4 and 6·2 for GRU, 2·4 and 2 for the
//          others)
// Needs    sm_80, sm_90 for clusters; CELL, HIDDEN, UNITS, SEQUENCES, PARTS, EXCHANGE, ROW_WARPS, HELD, CHUNKS, SHARED
//          as constants of the compiler
#define BLOCK 256
#define ROWS (UNITS * PARTS)
#define DEPTH (CELL::GATES * HIDDEN / PARTS)
#define PARTS_APART 0
#define PLACES (EXCHANGE == CLUSTER ? 2 : EXCHANGE == MIXED ? 1 : 0)  // for the sums that a cluster's blocks give
#define BESIDE (PLACES * PARTS * SEQUENCES * UNITS * 4)
#include "cuda/cells.h"
#include "cuda/row_sums.h"

constexpr bool OWN_GATES = ROW_SHARES == 1;  // a block needs no other's gate gradients
static_assert(HIDDEN % ROWS == 0, "the units evenly over the grid of blocks");
static_assert(!OWN_GATES || CHUNKS == 1, "gate gradients that stay in the block lie there whole");
static_assert(EXCHANGE == FLAGS || (HAS_CLUSTERS && PARTS > 1 && PARTS <= 16), "a row of up to 16 blocks is a cluster");
static_assert(OWN_GATES || EXCHANGE != CLUSTER, "gate gradients go from block to block with flags");
static_assert(!OWN_GATES || EXCHANGE != MIXED, "a group of one row is a cluster");

// Place k of the tile's depth is gate k / (ROW_SHARES·UNITS); within it, row by row, the units of the column's blocks.
DEVICE int unit_of(int depth, int part) { return depth / UNITS % ROW_SHARES * ROWS + part * UNITS + depth % UNITS; }
DEVICE int gate_of(int depth) { return depth / (ROW_SHARES * UNITS); }

// The fragment of 16 units of W_hhᵀ: rows g and g+8 stand for units 2g and 2g+1 (row_of), which are neighbours in W_hh.
struct BackwardFragment {
    const bits16 *weights;
    int first_unit, part;

    DEVICE_MEMBER void operator()(Fragment &f, int row, int depth) const {
        const Corner at = corner();
        uint32 both[8];
        UNROLL for (int i = 0; i < 8; i++) {
            const int k = depth + at.q * 8 + i;
            const long64 gate_row = (long64)gate_of(k) * HIDDEN + unit_of(k, part);
            both[i] = *(const uint32 *)(weights + gate_row * HIDDEN + first_unit + row + at.g * 2);
        }
        UNROLL for (int i = 0; i < 8; i += 2) {
            f.words[i] = (both[i] & 0xffffu) | both[i + 1] << 16;
            f.words[i + 1] = both[i] >> 16 | (both[i + 1] & 0xffff0000u);
        }
    }
};

// What the cell of a step needs of one pair.
struct Saved {
    float a[SIDES], before, dy;
};

DEVICE void read_saved(Saved (&saved)[PAIRS], const bits16 *gates, const bits16 *q, const float *states,
                       const float *dy, const Pairs &pairs, int step, int sequences) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (!pairs.has(pair)) continue;
        const long64 row = (long64)step * sequences + pairs.sequence(pair);
        UNROLL for (int gate = 0; CELL::KEEPS_GATES && gate < GATES; gate++) {
            saved[pair].a[gate] = float_of(gates[(row * GATES + gate) * HIDDEN + pairs.unit]);
        }
        if (CANDIDATE_APART) saved[pair].a[SIDES - 1] = float_of(q[row * HIDDEN + pairs.unit]);
        saved[pair].before = states[row * HIDDEN + pairs.unit];
        saved[pair].dy = dy[row * HIDDEN + pairs.unit];
    }
}

// The gradients of the pair's pre-activations, rounded.
DEVICE void find_gradients(bits16 (&d)[SIDES], const Saved &of, float state, float dh, float &carried) {
    float exact[SIDES];
    CELL::gradients(exact, of.a, of.before, state, of.dy + dh, carried);
    UNROLL for (int side = 0; side < SIDES; side++) d[side] = round_to_bfloat16(exact[side]);
}

// Leaves them for the other blocks and for the products over all steps; `at` is the place of the pair's first gate.
DEVICE void put_gradients(const bits16 (&d)[SIDES], bits16 *gates, bits16 *d_hidden, long64 at) {
    UNROLL for (int gate = 0; gate < GATES; gate++) {
        offer(d_hidden + at + gate * HIDDEN, d[hidden_side(gate)]);
        if (CANDIDATE_APART) gates[at + gate * HIDDEN] = d[gate];
    }
}

// The gradients of a step's pre-activations for the thread's pairs, left where they are needed, staged too where no
// other block's are.
DEVICE void leave_gradients(float (&state)[PAIRS], float (&carried)[PAIRS], const Saved (&saved)[PAIRS],
                            const float (&dh)[PAIRS], bits16 *gates, bits16 *d_hidden, bits16 *staged,
                            const Pairs &pairs, long64 before) {
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        if (pairs.slot(pair) >= SEQUENCES) continue;
        bits16 d[SIDES] = {};
        if (pairs.has(pair)) {
            find_gradients(d, saved[pair], state[pair], dh[pair], carried[pair]);
            state[pair] = saved[pair].before;
            put_gradients(d, gates, d_hidden, (before + pairs.sequence(pair)) * (GATES * HIDDEN) + pairs.unit);
        }
        if (OWN_GATES) {
            bits16 *to = staged + pairs.slot(pair) * STRIDE + pairs.share;
            UNROLL for (int gate = 0; gate < GATES; gate++) to[gate * UNITS] = d[hidden_side(gate)];
        }
    }
}

// The tile's product with the gate gradients of the step that begins at row `before`, those of other blocks once their
// flags reach n.
DEVICE void multiply_gradients(const Held &held, unsigned char *memory, float *parts, const bits16 *d_hidden,
                               const uint32 *gate_flags, int part, uint32 n, long64 before, int sequences,
                               int patience) {
    bits16 *staged = (bits16 *)(memory + KEPT_BYTES);
    if (OWN_GATES) {
        BARRIER();
        multiply_staged(held, memory, staged, parts);
        return;
    }
    if (THREAD < ROW_SHARES) wait_until(gate_flags + THREAD * PARTS + part, n, patience);
    BARRIER();
    multiply_fetched(held, memory, staged, parts, d_hidden, [&](int sequence, int depth) {
        const int of = (int)BLOCK_Y * SEQUENCES + sequence;
        return of < sequences ? d_hidden + ((before + of) * GATES + gate_of(depth)) * HIDDEN + unit_of(depth, part)
                          : nullptr;
    });
}

IN_GROUPS(rnn_sequence_backward, BUFFER(const float, dy), BUFFER(const bits16, weights), BUFFER(const float, states),
          BUFFER(bits16, gates), BUFFER(const bits16, q), BUFFER(bits16, d_hidden), BUFFER(float, partials),
          BUFFER(uint32, flags), int steps, int sequences, int patience) {
    SHARED_MEMORY(memory);
    bits16 *staged = (bits16 *)(memory + KEPT_BYTES);
    float *parts = (float *)staged, *given = (float *)(memory + TILE_BYTES);
    const int row = (int)BLOCK_X / PARTS, part = (int)BLOCK_X % PARTS;
    const Pairs pairs = pairs_of(row * ROWS + part * UNITS, (int)BLOCK_Y * SEQUENCES, sequences);
    uint32 *gate_flags = flags + BLOCK_Y * 2 * BLOCKS, *row_flags = gate_flags + BLOCKS + row * PARTS;
    const uint32 start = OWN_GATES ? 0 : gate_flags[BLOCK_X], row_start = EXCHANGE == FLAGS ? row_flags[part] : 0;

    Held held;
    arrive_in_cluster();
    hold(held, memory, BackwardFragment{weights, row * ROWS, part});
    if (!MEETS_BEFORE) await_cluster();
    Saved saved[PAIRS] = {};
    float state[PAIRS], carried[PAIRS] = {}, dh[PAIRS] = {};
    UNROLL for (int pair = 0; pair < PAIRS; pair++) {
        const long64 last = (long64)steps * sequences + pairs.sequence(pair);
        state[pair] = pairs.has(pair) ? states[last * HIDDEN + pairs.unit] : 0.0f;
    }
    read_saved(saved, gates, q, states, dy, pairs, steps - 1, sequences);
    ROLLED for (int done = 1; done <= steps; done++) {
        const long64 before = (long64)(steps - done) * sequences;
        leave_gradients(state, carried, saved, dh, gates, d_hidden, staged, pairs, before);
        if (!OWN_GATES) {
            BARRIER();
            if (THREAD == 0) store_release(gate_flags + BLOCK_X, start + done);
        }
        if (done == steps) break;
        read_saved(saved, gates, q, states, dy, pairs, steps - done - 1, sequences);
        multiply_gradients(held, memory, parts, d_hidden, gate_flags, part, start + done, before, sequences, patience);
        add_row_sums(dh, parts, given, partials, row_flags, pairs, row_start, done, patience);
    }
    if (MEETS_BEFORE) await_cluster();
}
