// C [m,n] = Σ over blocks of A [m,k]·B [k,n], or C += that; A and B in bfloat16 as native/bfloat16_factor.cpp lays them
// out, C row-major float32, sums in float32.
//
// A block is a stretch of the inner length: a step, where a weight matrix's gradient is summed over steps; otherwise
// there is one. Two units of the processor can multiply, and each has its own order of sums: tile registers (AMX), four
// of which hold 32 by 32 of C, and vectors (AVX512-BF16), a tile of C being four rows of four vectors. Stretches of B
// that stay in the second-level cache are taken one after the other, so a result depends on the shape and the unit
// alone. Both units take denormal numbers for zero.
#include <immintrin.h>

#include "bfloat16_vectors.h"
#include "tiles.h"

#define WIDE __attribute__((target("avx512f,avx512vl,avx512bf16")))
#define TILED __attribute__((target("avx512f,avx512vl,amx-tile,amx-bf16")))

namespace {

enum Unit { NONE, VECTORS, TILES };

constexpr int SIDE = 16;             // rows of A and columns of B in a block of 1 KB
constexpr int PAIR = 32;             // elements of a row of it: 16 pairs, or 32 rows of A
constexpr int STEP = SIDE * PAIR;    // elements of it
constexpr int INNER = 256;           // of the inner length at a time: 32 rows of A stay in the first-level cache
constexpr int COLUMNS = 128;         // of B beside it

struct Product {
    int blocks;
    int k;
    const unsigned short *a;
    long a_group;
    long a_block;
    const unsigned short *b;
    long b_group;
    long b_block;
    bool add;
    float *c;
    long c_stride;
    bool first;  // whether C has not been touched yet

    const unsigned short *left(int row, int block) const { return a + row / SIDE * a_group + block * a_block; }
    const unsigned short *right(int column, int block) const { return b + column / SIDE * b_group + block * b_block; }
    float *result(int row, int column) const { return c + row * c_stride + column; }
};

inline int least(int a, int b) { return a < b ? a : b; }

#ifdef HAS_BFLOAT16_VECTORS

// Four rows of W vectors.
template <int W>
WIDE __attribute__((always_inline)) inline void wide_tile(const Product &x, int row, int rows, int column, int n) {
    constexpr int R = 4;
    __mmask16 last = n - column >= W * SIDE ? 0xffff : (__mmask16)((1 << (n - column - (W - 1) * SIDE)) - 1);
    __m512 sum[R][W];
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++)
            sum[r][w] = _mm512_maskz_loadu_ps(!x.add || r >= rows ? 0 : w == W - 1 ? last : 0xffff,
                                              x.result(row + r, column + w * SIDE));
    for (int block = 0; block < x.blocks; block++) {
        const unsigned short *a = x.left(row, block) + row % SIDE * PAIR, *b = x.right(column, block);
        for (int p = 0; p < x.k; p += PAIR, a += STEP, b += STEP)
            for (int pair = 0; pair < SIDE; pair++) {
                __m512bh factor[W];
                for (int w = 0; w < W; w++) factor[w] = (__m512bh)_mm512_loadu_si512(b + w * x.b_group + pair * PAIR);
                for (int r = 0; r < R; r++) {
                    int word = *(const int __attribute__((may_alias, aligned(2))) *)(a + r * PAIR + 2 * pair);
                    __m512bh both = (__m512bh)_mm512_set1_epi32(word);
                    for (int w = 0; w < W; w++) sum[r][w] = _mm512_dpbf16_ps(sum[r][w], both, factor[w]);
                }
            }
    }
    for (int r = 0; r < least(rows, R); r++)
        for (int w = 0; w < W; w++)
            _mm512_mask_storeu_ps(x.result(row + r, column + w * SIDE), w == W - 1 ? last : 0xffff, sum[r][w]);
}

WIDE void by_vectors(const Product &x, int m, int n, int from, int to) {
    for (int row = 0; row < m; row += 4)
        for (int column = from; column < to; column += 4 * SIDE) {
            switch ((least(to - column, 4 * SIDE) + SIDE - 1) / SIDE) {
                case 4: wide_tile<4>(x, row, m - row, column, n); break;
                case 3: wide_tile<3>(x, row, m - row, column, n); break;
                case 2: wide_tile<2>(x, row, m - row, column, n); break;
                default: wide_tile<1>(x, row, m - row, column, n); break;
            }
        }
}

#else

void by_vectors(const Product &, int, int, int, int) {}

#endif

#ifdef HAS_TILES

// Keeps what is read and written beside the registers in its order.
#define FENCE asm volatile("" ::: "memory")

// A register of C, which may reach beyond m or n; `whole` is C itself where it does not.
struct Corner {
    alignas(64) float spare[SIDE * SIDE];
    float *whole;
    float *c;
    long stride;
    int rows;
    int columns;

    TILED __attribute__((always_inline)) inline void open(const Product &x, int row, int m, int column, int n) {
        c = x.result(row, column);
        rows = least(m - row, SIDE);
        columns = least(n - column, SIDE);
        bool fits = rows == SIDE && columns == SIDE;
        whole = fits ? c : spare;
        stride = 4 * (fits ? x.c_stride : SIDE);
        if (fits || !x.add) return;
        for (int r = 0; r < rows; r++)
            _mm512_storeu_ps(spare + r * SIDE, _mm512_maskz_loadu_ps(mask(), c + r * x.c_stride));
    }

    TILED __attribute__((always_inline)) inline void close(const Product &x) {
        if (whole == c) return;
        for (int r = 0; r < rows; r++)
            _mm512_mask_storeu_ps(c + r * x.c_stride, mask(), _mm512_loadu_ps(spare + r * SIDE));
    }

    __mmask16 mask() const { return (__mmask16)((1 << columns) - 1); }
};

#define OPEN(register, corner) \
    if (x.add) _tile_loadd(register, corner.whole, corner.stride); \
    else _tile_zero(register)

// Rows of C that come next and may be far away, asked for while others are computed.
struct Ahead {
    static constexpr int PIECE = 64;  // numbers
    const float *row;
    long stride;
    int rows;
    int columns;
    int column = 0;

    int pieces() const { return rows * ((columns + PIECE - 1) / PIECE); }

    __attribute__((always_inline)) inline void ask(int count) {
        for (; count > 0 && rows > 0; count--) {
            for (int at = 0; at < PIECE; at += SIDE) _mm_prefetch((const char *)(row + column + at), _MM_HINT_T1);
            column += PIECE;
            if (column < columns) continue;
            column = 0;
            row += stride;
            rows--;
        }
    }
};

// R by W registers of C, 0 to 3; A's are 4 and 5, B's 6 and 7.
template <int R, int W>
TILED __attribute__((always_inline)) inline void tiled(const Product &x, int row, int m, int column, int n,
                                                       Ahead ahead) {
    int steps = x.blocks * (x.k / PAIR), each = (ahead.pieces() + steps - 1) / steps;
    Corner corner[R][W];
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++) corner[r][w].open(x, row + r * SIDE, m, column + w * SIDE, n);
    FENCE;
    OPEN(0, corner[0][0]);
    if (W == 2) { OPEN(1, corner[0][W - 1]); }
    if (R == 2) { OPEN(2, corner[R - 1][0]); }
    if (R == 2 && W == 2) { OPEN(3, corner[R - 1][W - 1]); }
    for (int block = 0; block < x.blocks; block++) {
        const unsigned short *a = x.left(row, block), *b = x.right(column, block);
        for (int p = 0; p < x.k; p += PAIR, a += STEP, b += STEP) {
            ahead.ask(each);
            _tile_loadd(4, a, 64);
            _tile_loadd(6, b, 64);
            _tile_dpbf16ps(0, 4, 6);
            if (W == 2) {
                _tile_loadd(7, b + x.b_group, 64);
                _tile_dpbf16ps(1, 4, 7);
            }
            if (R == 2) {
                _tile_loadd(5, a + x.a_group, 64);
                _tile_dpbf16ps(2, 5, 6);
            }
            if (R == 2 && W == 2) _tile_dpbf16ps(3, 5, 7);
        }
    }
    _tile_stored(0, corner[0][0].whole, corner[0][0].stride);
    if (W == 2) _tile_stored(1, corner[0][W - 1].whole, corner[0][W - 1].stride);
    if (R == 2) _tile_stored(2, corner[R - 1][0].whole, corner[R - 1][0].stride);
    if (R == 2 && W == 2) _tile_stored(3, corner[R - 1][W - 1].whole, corner[R - 1][W - 1].stride);
    FENCE;
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++) corner[r][w].close(x);
}

TILED void by_tiles(const Product &x, int m, int n, int from, int to) {
    constexpr int PANEL = 2 * SIDE;
    int across = (to - from + PANEL - 1) / PANEL;
    for (int row = 0; row < m; row += PANEL) {
        bool two = m - row > SIDE;
        int next = least(m, row + PANEL), end = x.first ? least(m, next + PANEL) : next;
        for (int column = from, tile = 0; column < to; column += PANEL, tile++) {
            int begin = next + (end - next) * tile / across, rows = next + (end - next) * (tile + 1) / across - begin;
            Ahead ahead = {x.result(begin, from), x.c_stride, rows, to - from};
            bool wide = to - column > SIDE;
            if (two && wide) tiled<2, 2>(x, row, m, column, n, ahead);
            else if (two) tiled<2, 1>(x, row, m, column, n, ahead);
            else if (wide) tiled<1, 2>(x, row, m, column, n, ahead);
            else tiled<1, 1>(x, row, m, column, n, ahead);
        }
    }
}

TILED void open_tiles() {
    static const tiles::Configuration configuration;
    _tile_loadconfig(&configuration);
}

TILED void close_tiles() { _tile_release(); }

#else

void by_tiles(const Product &, int, int, int, int) {}
void open_tiles() {}
void close_tiles() {}

#endif

void columns(Unit unit, const Product &x, int m, int n) {
    for (int from = 0; from < n; from += COLUMNS) {
        int to = least(n, from + COLUMNS);
        if (unit == TILES) by_tiles(x, m, n, from, to);
        else by_vectors(x, m, n, from, to);
    }
}

// Short blocks several at a time, long ones in parts.
void stretches(Unit unit, const Product &all, int m, int n) {
    int blocks = all.k < INNER ? INNER / all.k : 1;
    bool add = all.add;
    for (int block = 0; block < all.blocks; block += blocks)
        for (int from = 0; from < all.k; from += INNER) {
            Product part = all;
            part.blocks = least(blocks, all.blocks - block);
            part.k = least(INNER, all.k - from);
            part.a += block * all.a_block + from * SIDE;
            part.b += block * all.b_block + from * SIDE;
            part.add = add;
            part.first = block == 0 && from == 0;
            columns(unit, part, m, n);
            add = true;
        }
}

}  // namespace

// The units there are, a bit each.
extern "C" int bfloat16_product_runs_here() {
    return bfloat16_vectors::run_here() ? 1 << VECTORS | (tiles::run_here() ? 1 << TILES : 0) : 0;
}

// k is a multiple of 32; `group` elements of a factor lie between sixteen of its rows or columns and the next, `block`
// between its blocks.
extern "C" void bfloat16_product(int unit, int m, int n, int blocks, int k, const unsigned short *a, long a_group,
                                 long a_block, const unsigned short *b, long b_group, long b_block, int add, float *c,
                                 long c_stride) {
    if (unit == TILES) open_tiles();
    stretches((Unit)unit, {blocks, k, a, a_group, a_block, b, b_group, b_block, add != 0, c, c_stride, true}, m, n);
    if (unit == TILES) close_tiles();
}
