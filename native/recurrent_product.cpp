// C [m,n] = A [m,k]·B [k,n], or C += A·B; row-major float32, for the products of the recurrent loop, where n, the
// sequences, is small.
//
// A tile of C stays in registers over the whole inner length: six rows of four 16-wide vectors, or more rows of fewer.
// B's rows are read as they lie, A is broadcast from memory, so nothing is packed; a library's product packs both
// factors at every call, which at 64 sequences costs a fifth of the time. Sums run over k in blocks of 512, in order,
// so a result depends on the shape alone.
//
// AVX-512 only; recurrent_product_runs_here() says whether the processor has it.
#include <immintrin.h>

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 sees what its own header leaves open in a cast
#endif

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int INNER = 512;   // rows of B that stay in the second-level cache
constexpr int WIDTH = 16;    // of a vector
constexpr int VECTORS = 4;   // of a row of a tile
constexpr int NARROW = 4;    // of a vector beside the last sequences, where they are so few

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

// Rows of a tile of so many vectors: as many as registers hold beside B's vectors and what is broadcast.
constexpr int rows_of(int vectors) { return vectors == 4 ? 6 : vectors == 3 ? 8 : vectors == 2 ? 14 : 16; }

// R rows of W vectors and, if TAIL, a narrow one, which some processors multiply in half the time. The last vector's
// sequences outside `mask` are neither read nor written.
template <int R, int W, bool TAIL>
INLINE void tile(const Matrices &x, int row, int column, __mmask16 mask) {
    __m512 sum[R][W + 1];
    __m128 tail[R];
    float *c = x.c + row * x.c_stride + column;
    __mmask16 masks[W + 1];
    for (int w = 0; w < W; w++) masks[w] = TAIL || w < W - 1 ? 0xffff : mask;
    for (int r = 0; r < R; r++) {
        for (int w = 0; w < W; w++)
            sum[r][w] = x.add ? _mm512_maskz_loadu_ps(masks[w], c + r * x.c_stride + w * WIDTH) : _mm512_setzero_ps();
        if (TAIL)
            tail[r] = x.add ? _mm_maskz_loadu_ps((__mmask8)mask, c + r * x.c_stride + W * WIDTH) : _mm_setzero_ps();
    }
    const float *a = x.a + row * x.a_stride;
    const float *b = x.b + column;
    for (int p = 0; p < x.k; p++, b += x.b_stride) {
        __m512 factor[W + 1];
        for (int w = 0; w < W; w++) factor[w] = _mm512_maskz_loadu_ps(masks[w], b + w * WIDTH);
        __m128 last = TAIL ? _mm_maskz_loadu_ps((__mmask8)mask, b + W * WIDTH) : _mm_setzero_ps();
        for (int r = 0; r < R; r++) {
            __m512 broadcast = _mm512_set1_ps(a[r * x.a_stride + p]);
            for (int w = 0; w < W; w++) sum[r][w] = _mm512_fmadd_ps(broadcast, factor[w], sum[r][w]);
            if (TAIL) tail[r] = _mm_fmadd_ps(_mm512_castps512_ps128(broadcast), last, tail[r]);
        }
    }
    for (int r = 0; r < R; r++) {
        for (int w = 0; w < W; w++) _mm512_mask_storeu_ps(c + r * x.c_stride + w * WIDTH, masks[w], sum[r][w]);
        if (TAIL) _mm_mask_storeu_ps(c + r * x.c_stride + W * WIDTH, (__mmask8)mask, tail[r]);
    }
}

// All rows from one on of a stretch of W vectors and a tail: tiles of R rows, then of half as many and so on.
template <int R, int W, bool TAIL>
TARGET void some_rows(const Matrices &x, int row, int m, int column, __mmask16 mask) {
    for (; row + R <= m; row += R) tile<R, W, TAIL>(x, row, column, mask);
    if constexpr (R > 1) {
        if (row < m) some_rows<R / 2, W, TAIL>(x, row, m, column, mask);
    }
}

template <int W, bool TAIL>
TARGET void rows(const Matrices &x, int m, int column, __mmask16 mask) {
    some_rows<rows_of(W + TAIL), W, TAIL>(x, 0, m, column, mask);
}

TARGET void columns(const Matrices &x, int m, int n) {
    int column = 0;
    for (; column + VECTORS * WIDTH <= n; column += VECTORS * WIDTH) rows<VECTORS, false>(x, m, column, 0xffff);
    int full = (n - column) / WIDTH, rest = (n - column) % WIDTH;
    __mmask16 mask = rest == 0 ? 0xffff : (__mmask16)((1 << rest) - 1);
    if (rest > 0 && rest <= NARROW) {
        switch (full) {
            case 3: return rows<3, true>(x, m, column, mask);
            case 2: return rows<2, true>(x, m, column, mask);
            case 1: return rows<1, true>(x, m, column, mask);
            default: return rows<0, true>(x, m, column, mask);
        }
    }
    switch (full + (rest > 0)) {
        case 4: return rows<4, false>(x, m, column, mask);
        case 3: return rows<3, false>(x, m, column, mask);
        case 2: return rows<2, false>(x, m, column, mask);
        case 1: return rows<1, false>(x, m, column, mask);
        default: return;
    }
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
