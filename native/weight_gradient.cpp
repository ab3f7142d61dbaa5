// C [m,n] += Σ over the steps of A_t [m,sequences]·B_t [sequences,n], row-major float32: a weight matrix's gradient,
// the gates' gradients times what the matrix was multiplied with.
//
// Shapes: A_t starts a_step elements after A_(t-1), rows a_stride apart. B is in panels of 16 columns,
// [steps][n/16 rounded up][sequences][16], so that a tile reads it in one stretch; columns from n on are zero.
//
// A tile of C, six rows of four vectors, stays in registers over several steps; a library's product, one a step, would
// read and write C and pack both factors every time. Steps are taken in blocks, in order, so a result depends on the
// shape alone.
//
// AVX-512 only; weight_gradient_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int WIDTH = 16;           // of a vector, and of a panel
constexpr long CACHED = 96 * 1024;  // elements of B that stay in the second-level cache
constexpr int ROWS = 6;
constexpr int VECTORS = 4;

#include "lane_turn.h"
#include "vector_math.h"

struct Matrices {
    int steps;
    int sequences;
    const float *a;
    long a_stride;
    long a_step;
    const float *b;
    long b_step;
    float *c;
    long c_stride;
};

int panels_of(int n) { return (n + WIDTH - 1) / WIDTH; }

// A panel from some rows of b, at most sixteen.
TARGET void fill(int rows, int sequences, const float *b, float *panel) {
    for (int s = 0; s < sequences; s += WIDTH) {
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++)
            x[i] = i < rows ? _mm512_maskz_loadu_ps(first(sequences - s), b + (long)i * sequences + s)
                            : _mm512_setzero_ps();
        turn(x);
        for (int i = 0; i < WIDTH && s + i < sequences; i++) _mm512_storeu_ps(panel + (s + i) * WIDTH, x[i]);
    }
}

// Columns of the last vector outside the mask are neither read nor written.
template <int R, int W>
INLINE void tile(const Matrices &x, int row, int column, __mmask16 last) {
    float *c = x.c + row * x.c_stride + column;
    __m512 sum[R][W];
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++)
            sum[r][w] = _mm512_maskz_loadu_ps(w < W - 1 ? (__mmask16)0xffff : last, c + r * x.c_stride + w * WIDTH);
    long panel = (long)x.sequences * WIDTH;
    for (int t = 0; t < x.steps; t++) {
        const float *a = x.a + t * x.a_step + row * x.a_stride;
        const float *b = x.b + t * x.b_step + column / WIDTH * panel;
        for (int p = 0; p < x.sequences; p++, b += WIDTH) {
            __m512 factor[W];
            for (int w = 0; w < W; w++) factor[w] = _mm512_loadu_ps(b + w * panel);
            for (int r = 0; r < R; r++) {
                __m512 broadcast = _mm512_set1_ps(a[r * x.a_stride + p]);
                for (int w = 0; w < W; w++) sum[r][w] = _mm512_fmadd_ps(broadcast, factor[w], sum[r][w]);
            }
        }
    }
    for (int r = 0; r < R; r++)
        for (int w = 0; w < W; w++)
            _mm512_mask_storeu_ps(c + r * x.c_stride + w * WIDTH, w < W - 1 ? (__mmask16)0xffff : last, sum[r][w]);
}

// Asks for A's next rows while these are multiplied.
TARGET void prefetch(const Matrices &x, int row, int rows) {
    for (int t = 0; t < x.steps; t++)
        for (int r = row; r < row + rows; r++)
            for (int p = 0; p < x.sequences; p += WIDTH)
                _mm_prefetch(x.a + t * x.a_step + r * x.a_stride + p, _MM_HINT_T0);
}

// R rows over all columns, so that A's stretch of them is read from memory once. No single vector is left beside
// others: it would have too few sums under way.
template <int R>
TARGET void across(const Matrices &x, int row, int n) {
    prefetch(x, row + R, R);
    for (int column = 0, left = panels_of(n); left > 0;) {
        int vectors = left == VECTORS + 1 ? VECTORS - 1 : left < VECTORS ? left : VECTORS;
        __mmask16 last = first(n - column - (vectors - 1) * WIDTH);
        switch (vectors) {
            case 4: tile<R, 4>(x, row, column, last); break;
            case 3: tile<R, 3>(x, row, column, last); break;
            case 2: tile<R, 2>(x, row, column, last); break;
            default: tile<R, 1>(x, row, column, last); break;
        }
        column += vectors * WIDTH;
        left -= vectors;
    }
}

}  // namespace

extern "C" int weight_gradient_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

// The panels from `from` to `to` of those of all steps; b is [steps,n,sequences].
extern "C" void weight_gradient_panels(int from, int to, int n, int sequences, const float *b, float *panels) {
    for (int i = from; i < to; i++) {
        long step = i / panels_of(n), column = (long)(i % panels_of(n)) * WIDTH;
        int rows = n - column < WIDTH ? (int)(n - column) : WIDTH;
        fill(rows, sequences, b + (step * n + column) * sequences, panels + (long)i * sequences * WIDTH);
    }
}

extern "C" void weight_gradient(int m, int n, int steps, int sequences, const float *a, long a_stride, long a_step,
                                const float *b, float *c, long c_stride) {
    long b_step = (long)panels_of(n) * WIDTH * sequences;
    int block = (int)(CACHED / b_step > 1 ? CACHED / b_step : 1);
    for (int from = 0; from < steps; from += block) {
        int some = steps - from < block ? steps - from : block;
        Matrices x = {some, sequences, a + from * a_step, a_stride, a_step, b + from * b_step, b_step, c, c_stride};
        int row = 0;
        for (; row + ROWS <= m; row += ROWS) across<ROWS>(x, row, n);
        for (; row + 2 <= m; row += 2) across<2>(x, row, n);
        for (; row < m; row++) across<1>(x, row, n);
    }
}
