// C [m,n] = A [m,k]·B [k,n], or C += A·B; row-major float32, for the products of the recurrent loop, where n, the
// sequences, is small.
//
// A tile of C stays in registers over the whole inner length: six rows of four 16-wide vectors. B's rows are read as
// they lie, A is broadcast from memory, so nothing is packed; a library's product packs both factors at every call,
// which at 64 sequences costs a fifth of the time. Sums run over k in blocks of 512, in order, so a result depends on
// the shape alone.
//
// AVX-512 only; recurrent_product_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int INNER = 512;   // rows of B that stay in the second-level cache
constexpr int WIDTH = 16;    // of a vector
constexpr int VECTORS = 4;   // of a row of a tile
constexpr int REGISTERS = 24;

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

// R rows of W vectors; the last vector's sequences outside `mask` are neither read nor written.
template <int R, int W>
INLINE void tile(const Matrices &x, int row, int column, __mmask16 mask) {
    __m512 sum[R][W];
    float *c = x.c + row * x.c_stride + column;
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++)
            sum[r][w] = x.add ? _mm512_maskz_loadu_ps(w == W - 1 ? mask : 0xffff, c + r * x.c_stride + w * WIDTH)
                              : _mm512_setzero_ps();
    const float *a = x.a + row * x.a_stride;
    const float *b = x.b + column;
    for (int p = 0; p < x.k; p++, b += x.b_stride) {
        __m512 factor[W];
        for (int w = 0; w < W; w++) factor[w] = _mm512_maskz_loadu_ps(w == W - 1 ? mask : 0xffff, b + w * WIDTH);
        for (int r = 0; r < R; r++) {
            __m512 broadcast = _mm512_set1_ps(a[r * x.a_stride + p]);
            for (int w = 0; w < W; w++) sum[r][w] = _mm512_fmadd_ps(broadcast, factor[w], sum[r][w]);
        }
    }
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++)
            _mm512_mask_storeu_ps(c + r * x.c_stride + w * WIDTH, w == W - 1 ? mask : 0xffff, sum[r][w]);
}

// At most four sequences, R rows: a narrow vector costs half of a wide one.
template <int R>
INLINE void narrow_tile(const Matrices &x, int row, int column, __mmask8 mask) {
    __m128 sum[R];
    float *c = x.c + row * x.c_stride + column;
    for (int r = 0; r < R; r++) sum[r] = x.add ? _mm_maskz_loadu_ps(mask, c + r * x.c_stride) : _mm_setzero_ps();
    const float *a = x.a + row * x.a_stride;
    const float *b = x.b + column;
    for (int p = 0; p < x.k; p++, b += x.b_stride) {
        __m128 factor = _mm_maskz_loadu_ps(mask, b);
        for (int r = 0; r < R; r++) sum[r] = _mm_fmadd_ps(_mm_set1_ps(a[r * x.a_stride + p]), factor, sum[r]);
    }
    for (int r = 0; r < R; r++) _mm_mask_storeu_ps(c + r * x.c_stride, mask, sum[r]);
}

// All rows of a stretch of W vectors: tiles of R rows, then of half as many and so on, for what is left.
template <int R, int W>
TARGET void rows(const Matrices &x, int row, int m, int column, __mmask16 mask) {
    for (; row + R <= m; row += R) tile<R, W>(x, row, column, mask);
    if constexpr (R > 1) {
        if (row < m) rows<R / 2, W>(x, row, m, column, mask);
    }
}

template <int R>
TARGET void narrow_rows(const Matrices &x, int row, int m, int column, __mmask8 mask) {
    for (; row + R <= m; row += R) narrow_tile<R>(x, row, column, mask);
    if constexpr (R > 1) {
        if (row < m) narrow_rows<R / 2>(x, row, m, column, mask);
    }
}

TARGET void columns(const Matrices &x, int m, int n) {
    int column = 0;
    for (; column + VECTORS * WIDTH <= n; column += VECTORS * WIDTH)
        rows<REGISTERS / VECTORS, VECTORS>(x, 0, m, column, 0xffff);
    int rest = n - column, full = rest / WIDTH, tail = rest % WIDTH;
    bool narrow = tail > 0 && tail <= 4;
    __mmask16 mask = tail == 0 || narrow ? 0xffff : (__mmask16)((1 << tail) - 1);
    switch (full + (tail > 4)) {
        case 4: rows<6, 4>(x, 0, m, column, mask); break;
        case 3: rows<8, 3>(x, 0, m, column, mask); break;
        case 2: rows<8, 2>(x, 0, m, column, mask); break;
        case 1: rows<8, 1>(x, 0, m, column, mask); break;
        default: break;
    }
    if (narrow) narrow_rows<8>(x, 0, m, column + full * WIDTH, (__mmask8)((1 << tail) - 1));
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
