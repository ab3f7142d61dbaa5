// A block's tile W [ROWS,DEPTH] of a recurrent matrix, kept on the chip over a whole sequence, and its product with
// what the steps bring: sums [ROWS,SEQUENCES] = W·x, x being given as rows [SEQUENCES,DEPTH] of bfloat16 in device
// memory.
//
// Each of the 8 warps owns ROWS/ROW_WARPS rows by DEPTH/DEPTH_WARPS of the depth, DEPTH_WARPS = 8/ROW_WARPS, in slabs
// of 32: the first HELD slabs in registers, the others in shared memory. x comes through shared memory in CHUNKS
// pieces, the copy of one beside the product with the one before; a piece is the same share of each warp's depth.
//
// The place of a factor in a slab is ours to choose as long as both sides agree. Thread l of a warp, q = l%4, takes the
// elements 8q to 8q+7 of a slab for two multiplications, so that every access to memory, shared or not, is of 16 bytes.
// x's rows in shared memory are STRIDE apart, 64 bytes beyond a multiple of 128, which keeps eight neighbouring threads
// off each other's banks.
//
// Needs    BLOCK 256; ROWS, DEPTH, SEQUENCES, EXCHANGE, ROW_WARPS, HELD, CHUNKS, SHARED as constants of the compiler;
//          PARTS_APART, whether the warps' sums have a place of their own and x has two; BESIDE, bytes of shared memory
//          behind all that
#ifndef LSTM_GPU_CUDA_TILE_H
#define LSTM_GPU_CUDA_TILE_H
#include "cuda/exchange.h"

constexpr int WARPS = BLOCK / 32, DEPTH_WARPS = WARPS / ROW_WARPS, SLAB = 32;
constexpr int ROW_TILES = ROWS / 16 / ROW_WARPS, SEQUENCE_TILES = SEQUENCES / 8;
constexpr int SLABS = DEPTH / SLAB / DEPTH_WARPS, CHUNK_SLABS = SLABS / CHUNKS, KEPT = SLABS - HELD;
constexpr int CHUNK_DEPTH = CHUNK_SLABS * SLAB, COLUMNS = CHUNK_DEPTH * DEPTH_WARPS;
constexpr int STRIDE = COLUMNS + (COLUMNS % 64 == 0 ? 32 : 0), BUFFER_LENGTH = SEQUENCES * STRIDE;
constexpr int SUM_STRIDE = ROWS + 4, SUM_LENGTH = SEQUENCES * SUM_STRIDE;
constexpr int KEPT_BYTES = WARPS * KEPT * ROW_TILES * 1024;
constexpr int STAGED_BYTES = (CHUNKS > 1 || PARTS_APART ? 2 : 1) * BUFFER_LENGTH * 2,
              PARTS_BYTES = DEPTH_WARPS * SUM_LENGTH * 4;
constexpr int PARTS_START = KEPT_BYTES + (PARTS_APART ? STAGED_BYTES : 0);
constexpr int TILE_BYTES =
    PARTS_APART || PARTS_BYTES > STAGED_BYTES ? PARTS_START + PARTS_BYTES : KEPT_BYTES + STAGED_BYTES;

static_assert(WARPS % ROW_WARPS == 0 && ROWS % (16 * ROW_WARPS) == 0, "rows in tiles of 16, evenly over warps");
static_assert(DEPTH % (SLAB * DEPTH_WARPS) == 0 && SLABS % CHUNKS == 0,
              "the depth in slabs, evenly over warps and chunks");
static_assert(SHARED == TILE_BYTES + BESIDE, "the bytes that the launch gives");
static_assert(HELD >= 0 && KEPT >= 0 && SEQUENCES % 8 == 0 && COLUMNS / 8 <= BLOCK,
              "slabs held; sequences in tiles of 8; a thread a piece");

// Where the thread stands: its warp's rows and depth, and its row (of 8) and quarter in a fragment.
struct Corner {
    int lane, row_warp, depth_warp, g, q;
};

DEVICE Corner corner() {
    int warp = THREAD / 32, lane = THREAD % 32;
    return {lane, warp % ROW_WARPS, warp / ROW_WARPS, lane / 4, lane % 4};
}

// Factors of a slab and 16 rows, for two multiplications.
struct Fragment {
    uint32 words[8];
};

// What a thread keeps of W.
struct Held {
    Fragment slabs[HELD > 0 ? HELD : 1][ROW_TILES];
};

struct Sums {
    float tiles[ROW_TILES][SEQUENCE_TILES][4];
};

DEVICE uint4 *kept_at(unsigned char *kept, const Corner &at, int slab, int tile) {
    int warp = at.depth_warp * ROW_WARPS + at.row_warp;
    return (uint4 *)kept + ((warp * KEPT + slab - HELD) * ROW_TILES + tile) * 64 + at.lane;
}

// Reads W once. load(fragment, row, depth) gives the fragment of the 16 rows and 32 columns that start there.
template <class Load>
DEVICE void hold(Held &held, unsigned char *kept, const Load &load) {
    const Corner at = corner();
    const int row = at.row_warp * ROW_TILES * 16, depth = at.depth_warp * SLABS * SLAB;
    UNROLL for (int slab = 0; slab < HELD; slab++) {
        UNROLL for (int tile = 0; tile < ROW_TILES; tile++) {
            load(held.slabs[slab][tile], row + tile * 16, depth + slab * SLAB);
        }
    }
    ROLLED for (int slab = HELD; slab < SLABS; slab++) {
        ROLLED for (int tile = 0; tile < ROW_TILES; tile++) {
            Fragment f;
            load(f, row + tile * 16, depth + slab * SLAB);
            uint4 *to = kept_at(kept, at, slab, tile);
            to[0] = uint4{f.words[0], f.words[1], f.words[2], f.words[3]};
            to[32] = uint4{f.words[4], f.words[5], f.words[6], f.words[7]};
        }
    }
}

// Starts the copy of a chunk of x. source(sequence, depth) is where 8 columns are, or null for a sequence that is not
// there.
template <class Source>
DEVICE void fetch(bits16 *staged, int chunk, const void *anything, const Source &source) {
    constexpr int PIECES = COLUMNS / 8, AT_ONCE = BLOCK / PIECES;
    int thread = THREAD;
    COMPUTE_AGAIN(thread);
    const int column = thread % PIECES * 8, first = thread / PIECES;
    if (first < AT_ONCE) {
        const int depth = column / CHUNK_DEPTH * (SLABS * SLAB) + chunk * CHUNK_DEPTH + column % CHUNK_DEPTH;
        ROLLED for (int sequence = first; sequence < SEQUENCES; sequence += AT_ONCE) {
            const bits16 *from = source(sequence, depth);
            copy_async(staged + sequence * STRIDE + column, from ? from : anything, from != nullptr);
        }
    }
    commit_copies();
}

// sums += W's share of a chunk · the chunk.
DEVICE void add_product(Sums &sums, const Held &held, unsigned char *kept, const bits16 *staged, int chunk) {
    const Corner at = corner();
    UNROLL for (int part = 0; part < CHUNK_SLABS; part++) {
        const int slab = chunk * CHUNK_SLABS + part;
        Fragment a[ROW_TILES];
        UNROLL for (int tile = 0; tile < ROW_TILES; tile++) {
            if (slab < HELD) {
                a[tile] = held.slabs[slab < HELD ? slab : 0][tile];
            } else {
                const uint4 *from = kept_at(kept, at, slab, tile), low = from[0], high = from[32];
                a[tile] = Fragment{{low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w}};
            }
        }
        const bits16 *columns = staged + at.g * STRIDE + at.depth_warp * CHUNK_DEPTH + part * SLAB + at.q * 8;
        UNROLL for (int sequence = 0; sequence < SEQUENCE_TILES; sequence++) {
            const uint4 b = *(const uint4 *)(columns + sequence * 8 * STRIDE);
            UNROLL for (int tile = 0; tile < ROW_TILES; tile++) {
                multiply(sums.tiles[tile][sequence], a[tile].words, b.x, b.y);
                multiply(sums.tiles[tile][sequence], a[tile].words + 4, b.z, b.w);
            }
        }
    }
}

// Leaves the warps' sums in `parts`, float [DEPTH_WARPS][SEQUENCES][SUM_STRIDE], which may lie where x did, to be added
// by sum_of. All threads are behind a BARRIER before and afterwards.
DEVICE void hand_over(float *parts, const Sums &sums) {
    const Corner at = corner();
    UNROLL for (int tile = 0; tile < ROW_TILES; tile++) {
        UNROLL for (int sequence = 0; sequence < SEQUENCE_TILES; sequence++) {
            const float(&c)[4] = sums.tiles[tile][sequence];
            const int row = (at.row_warp * ROW_TILES + tile) * 16 + at.g;
            float *to = parts + at.depth_warp * SUM_LENGTH + (sequence * 8 + at.q * 2) * SUM_STRIDE + row;
            to[0] = c[0];
            to[SUM_STRIDE] = c[1];
            to[8] = c[2];
            to[SUM_STRIDE + 8] = c[3];
        }
    }
    BARRIER();
}

// The product with an x that is where a single chunk goes. All threads are behind a BARRIER before.
DEVICE void multiply_staged(const Held &held, unsigned char *kept, const bits16 *staged, float *parts) {
    Sums sums = {};
    add_product(sums, held, kept, staged, 0);
    if (!PARTS_APART) BARRIER();
    hand_over(parts, sums);
}

// The product with an x from device memory, chunk by chunk.
template <class Source>
DEVICE void multiply_fetched(const Held &held, unsigned char *kept, bits16 *staged, float *parts, const void *anything,
                             const Source &source) {
    Sums sums = {};
    fetch(staged, 0, anything, source);
    UNROLL for (int chunk = 0; chunk < CHUNKS; chunk++) {
        if (chunk + 1 < CHUNKS) {
            fetch(staged + (chunk + 1) % 2 * BUFFER_LENGTH, chunk + 1, anything, source);
            await_copies<1>();
        } else {
            await_copies<0>();
        }
        BARRIER();
        add_product(sums, held, kept, staged + chunk % 2 * BUFFER_LENGTH, chunk);
        BARRIER();
    }
    hand_over(parts, sums);
}

DEVICE float sum_of(const float *parts, int row, int sequence) {
    float sum = 0.0f;
    UNROLL for (int warp = 0; warp < DEPTH_WARPS; warp++) sum += parts[warp * SUM_LENGTH + sequence * SUM_STRIDE + row];
    return sum;
}

#endif
