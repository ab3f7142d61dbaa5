// C [m,n] = A [m,k]·B [k,n], or C += A·B; row-major float32, for the products of the recurrent loop, where n, the
// sequences, is small.
//
// A tile of C stays in registers over the whole inner length: six rows of four 16-wide vectors, or more rows of fewer.
// A few last sequences, for which a vector would be idle, have tiles of their own (last_columns.h).
//
// B's rows are read as they lie, A is broadcast from memory, so nothing is packed; a library's product packs both
// factors at every call, which at 64 sequences costs a fifth of the time. Sums run over k in blocks of 512, in order,
// those of the last few sequences in sixteen strands, so a result depends on the shape alone.
//
// AVX-512 only; recurrent_product_runs_here() says whether the processor has it.
#include <immintrin.h>

#include "broadcast_rows.h"

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 sees what its own header leaves open in a cast
#endif

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int WIDTH = 16;  // of a vector

#include "lane_turn.h"
#include "vector_math.h"

constexpr int INNER = 512;   // rows of B that stay in the second-level cache
constexpr int VECTORS = 4;   // of a row of a tile
constexpr int UNROLLED = 4;  // columns of A that a loop takes at a time

struct Matrices {
    const float *a;
    long a_stride;
    const float *b;
    long b_stride;
    float *c;
    long c_stride;
    int k;
    bool add;
};

#include "last_columns.h"

// Rows of a tile of so many vectors: as many as registers hold beside B's vectors and what is broadcast.
constexpr int rows_of(int vectors) { return vectors == 4 ? 6 : vectors == 3 ? 8 : vectors == 2 ? 12 : 16; }

// Rows of a tile for what is left below R rows.
constexpr int fewer(int rows) {
    int power = 1;
    while (2 * power < rows) power *= 2;
    return power;
}

// What a tile has of C: R rows of W vectors. The last vector's sequences outside the mask are neither read nor written;
// all are inside if FULL.
template <int R, int W, bool FULL>
struct Tile {
    __m512 sum[R][W];
    __mmask16 mask;

    INLINE __m512 load(const float *from, int w) const {
        bool whole = FULL || w < W - 1;
        return whole ? _mm512_loadu_ps(from + w * WIDTH) : _mm512_maskz_loadu_ps(mask, from + w * WIDTH);
    }

    INLINE void begin(bool add, const float *c, long stride) {
        for (int r = 0; r < R; r++, c += stride)
            for (int w = 0; w < W; w++) sum[r][w] = add ? load(c, w) : _mm512_setzero_ps();
    }

    // += a column of A times a row of B.
    INLINE void add(const BroadcastRows<R> &a, int column, const float *b) {
        __m512 factor[W];
        for (int w = 0; w < W; w++) factor[w] = load(b, w);
        for (int r = 0; r < R; r++) {
            __m512 broadcast = _mm512_set1_ps(*a.at(r, column));
            for (int w = 0; w < W; w++) sum[r][w] = _mm512_fmadd_ps(broadcast, factor[w], sum[r][w]);
        }
    }

    INLINE void end(float *c, long stride) const {
        for (int r = 0; r < R; r++, c += stride) {
            for (int w = 0; w < W; w++) {
                if (FULL || w < W - 1) {
                    _mm512_storeu_ps(c + w * WIDTH, sum[r][w]);
                } else {
                    _mm512_mask_storeu_ps(c + w * WIDTH, mask, sum[r][w]);
                }
            }
        }
    }
};

// Asks for the rows of C below a tile while it is computed.
template <int R, int W>
INLINE void ask_for_next(const float *c, long stride) {
    for (int r = R; r < 2 * R; r++)
        for (int w = 0; w < W; w++) _mm_prefetch(c + r * stride + w * WIDTH, _MM_HINT_T0);
}

template <int R, int W, bool FULL>
INLINE void multiply(const Matrices &x, int row, int column, __mmask16 mask) {
    float *c = x.c + row * x.c_stride + column;
    BroadcastRows<R> a(x.a + row * x.a_stride, x.a_stride);
    const float *b = x.b + column;
    long b_stride = x.b_stride;
    Tile<R, W, FULL> tile;
    tile.mask = mask;
    ask_for_next<R, W>(c, x.c_stride);
    tile.begin(x.add, c, x.c_stride);
    for (int left = x.k / UNROLLED; left > 0; left--) {
#pragma GCC unroll 4
        for (int turn = 0; turn < UNROLLED; turn++, b += b_stride) tile.add(a, turn, b);
        a.forward(UNROLLED);
    }
    for (int left = x.k % UNROLLED; left > 0; left--, b += b_stride, a.forward(1)) tile.add(a, 0, b);
    tile.end(c, x.c_stride);
}

// All rows from one on of a stretch of W vectors: tiles of R rows, then of fewer and so on.
template <int R, int W, bool FULL>
TARGET void some_rows(const Matrices &x, int row, int m, int column, __mmask16 mask) {
    for (; row + R <= m; row += R) multiply<R, W, FULL>(x, row, column, mask);
    if constexpr (R > 1) {
        if (row < m) some_rows<fewer(R), W, FULL>(x, row, m, column, mask);
    }
}

template <int W>
TARGET void rows(const Matrices &x, int m, int column, __mmask16 mask) {
    if (mask == 0xffff) {
        some_rows<rows_of(W), W, true>(x, 0, m, column, mask);
    } else {
        some_rows<rows_of(W), W, false>(x, 0, m, column, mask);
    }
}

// Some vectors of sequences from a column on, the last one's as in the mask.
TARGET void vectors(const Matrices &x, int m, int column, int count, __mmask16 mask) {
    switch (count) {
        case 4: return rows<4>(x, m, column, mask);
        case 3: return rows<3>(x, m, column, mask);
        case 2: return rows<2>(x, m, column, mask);
        case 1: return rows<1>(x, m, column, mask);
        default: return;
    }
}

TARGET void columns(const Matrices &x, int m, int n) {
    int column = 0;
    for (; column + VECTORS * WIDTH <= n; column += VECTORS * WIDTH) rows<VECTORS>(x, m, column, 0xffff);
    int full = (n - column) / WIDTH, rest = (n - column) % WIDTH;
    bool few = rest <= MOST_LAST;
    vectors(x, m, column, full + !few, few ? 0xffff : first(rest));
    if (few && rest > 0) last_columns(x, m, n - rest, rest);
}

}  // namespace

extern "C" int recurrent_product_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

extern "C" void recurrent_product(int m, int n, int k, const float *a, long a_stride, const float *b, long b_stride,
                                  int add, float *c, long c_stride) {
    for (int from = 0; from < k; from += INNER) {
        int inner = k - from < INNER ? k - from : INNER;
        columns({a + from, a_stride, b + from * b_stride, b_stride, c, c_stride, inner, add != 0 || from > 0}, m, n);
    }
}
