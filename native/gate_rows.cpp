// What is done with the gate rows [rows,n] of a layer's steps beside products and cells: what they start from, and the
// sums of their gradients. Without copies to tiles and back; the same bits as the loops of
// java/lstmgpu/backend/cpu/InputProjection.java, BiasGradient.java and TableGradient.java.
//
// Row-major float32; c or `gates` is the first step's, and steps lie c_step or step_stride numbers apart. Tokens are
// [steps,n].
//
// AVX-512 only; gate_rows_runs_here() says whether the processor has it.
#include <immintrin.h>

// gcc from 12 on takes AVX512-DQ for parts of a vector of float64 whether it is given or not.
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int WIDTH = 16;

#include "lane_turn.h"
#include "vector_math.h"

inline long least(long a, long b) { return a < b ? a : b; }

TARGET void fill(int m, int n, const float *bias, float *c) {
    for (int row = 0; row < m; row++, c += n)
        for (int at = 0; at < n; at += WIDTH) _mm512_mask_storeu_ps(c + at, first(n - at), all(bias[row]));
}

// At most sixteen rows, of sixteen sequences at a time, of which each is read as it lies in the table.
TARGET void gather(int m, int n, const float *bias, const float *table, long table_stride, const int *tokens,
                   float *c) {
    __mmask16 rows = first(m);
    for (int at = 0; at < n; at += WIDTH) {
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++)
            x[i] = at + i < n ? _mm512_maskz_loadu_ps(rows, table + tokens[at + i] * table_stride)
                              : _mm512_setzero_ps();
        turn(x);
        for (int row = 0; row < m; row++)
            _mm512_mask_storeu_ps(c + (long)row * n + at, first(n - at), _mm512_add_ps(x[row], all(bias[row])));
    }
}

// The sum of n numbers in float64, in four strands, each of every fourth number; what is left goes to the first.
TARGET double row_sum(int n, const float *x) {
    __m256d strands = _mm256_setzero_pd();
    int at = 0;
    for (; at + 4 <= n; at += 4) strands = _mm256_add_pd(strands, _mm256_cvtps_pd(_mm_loadu_ps(x + at)));
    double sum[4];
    _mm256_storeu_pd(sum, strands);
    for (; at < n; at++) sum[0] += x[at];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

// Adds at most sixteen rows to the sums [·,16] of their tokens.
TARGET void scatter(int m, int n, const float *gates, const int *tokens, float *sums) {
    for (int at = 0; at < n; at += WIDTH) {
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++)
            x[i] = i < m ? _mm512_maskz_loadu_ps(first(n - at), gates + (long)i * n + at) : _mm512_setzero_ps();
        turn(x);
        for (int i = 0; i < least(WIDTH, n - at); i++) {
            float *sum = sums + (long)tokens[at + i] * WIDTH;
            _mm512_storeu_ps(sum, _mm512_add_ps(_mm512_loadu_ps(sum), x[i]));
        }
    }
}

}  // namespace

extern "C" int gate_rows_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

// What m gate rows of n sequences start from: c = the sum of two biases [m] of its row, null for none, and of the
// number of each column's token in table [·,table_stride], given where it has the first row; null for no table.
extern "C" void gate_rows_start(int m, int n, int steps, const float *input_bias, const float *recurrent_bias,
                                const float *table, long table_stride, const int *tokens, float *c, long c_step) {
    for (int row = 0; row < m; row += WIDTH) {
        int rows = (int)least(m - row, WIDTH);
        float bias[WIDTH];
        for (int i = 0; i < rows; i++)
            bias[i] = (input_bias ? input_bias[row + i] : 0) + (recurrent_bias ? recurrent_bias[row + i] : 0);
        for (int step = 0; step < steps; step++) {
            float *some = c + step * c_step + (long)row * n;
            if (table)
                gather(rows, n, bias, table + row, table_stride, tokens + (long)step * n, some);
            else
                fill(rows, n, bias, some);
        }
    }
}

// Adds to gradients [m], of which the second may be null, the sums of m rows over all steps.
extern "C" void gate_rows_sum(int m, int n, int steps, const float *gates, long step_stride, float *gradient,
                              float *second) {
    for (int row = 0; row < m; row += WIDTH) {
        int rows = (int)least(m - row, WIDTH);
        double sum[WIDTH] = {};
        for (int step = 0; step < steps; step++)
            for (int i = 0; i < rows; i++) sum[i] += row_sum(n, gates + step * step_stride + (long)(row + i) * n);
        for (int i = 0; i < rows; i++) {
            gradient[row + i] = (float)(gradient[row + i] + sum[i]);
            if (second) second[row + i] = (float)(second[row + i] + sum[i]);
        }
    }
}

// Adds to d_table [tokens,table_stride], given where it has the first row, the m rows of all steps in their order, each
// number to the row of its column's token. sums has room for 16 numbers a token, at a multiple of 64 bytes.
extern "C" TARGET void gate_rows_scatter(int m, int n, int steps, const float *gates, long step_stride,
                                         const int *tokens, int vocabulary, float *d_table, long table_stride,
                                         float *sums) {
    for (int row = 0; row < m; row += WIDTH) {
        int rows = (int)least(m - row, WIDTH);
        for (int token = 0; token < vocabulary; token++) _mm512_storeu_ps(sums + (long)token * WIDTH, all(0));
        for (int step = 0; step < steps; step++)
            scatter(rows, n, gates + step * step_stride + (long)row * n, tokens + (long)step * n, sums);
        for (int token = 0; token < vocabulary; token++) {
            float *d = d_table + token * table_stride + row;
            __m512 sum = _mm512_add_ps(_mm512_maskz_loadu_ps(first(rows), d), _mm512_loadu_ps(sums + token * WIDTH));
            _mm512_mask_storeu_ps(d, first(rows), sum);
        }
    }
}
