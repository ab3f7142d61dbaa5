// Matrices turned round, to = fromᵀ; row-major float32. Squares of sixteen numbers are read by their rows, turned in
// registers and written by their columns, so a line of the cache is read once and written once.
//
// AVX-512 only; transposition_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int WIDTH = 16;

#include "lane_turn.h"
#include "vector_math.h"

// At most sixteen rows and columns.
INLINE void square(long rows, long columns, const float *from, long from_stride, float *to, long to_stride) {
    __m512 x[WIDTH];
    for (int i = 0; i < WIDTH; i++)
        x[i] = i < rows ? _mm512_maskz_loadu_ps(first(columns), from + i * from_stride) : _mm512_setzero_ps();
    turn(x);
    for (int i = 0; i < WIDTH && i < columns; i++) _mm512_mask_storeu_ps(to + i * to_stride, first(rows), x[i]);
}

TARGET void matrix(long rows, long columns, const float *from, float *to, long to_stride) {
    for (long row = 0; row < rows; row += WIDTH)
        for (long column = 0; column < columns; column += WIDTH)
            square(rows - row, columns - column, from + row * columns + column, columns, to + column * to_stride + row,
                   to_stride);
}

}  // namespace

extern "C" int transposition_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

// `count` matrices from [rows,columns], one behind the other; so lie those of `to`, whose rows are to_stride numbers
// apart.
extern "C" void transposition(int count, int rows, int columns, const float *from, float *to, long to_stride) {
    for (int i = 0; i < count; i++)
        matrix(rows, columns, from + (long)i * rows * columns, to + (long)i * columns * to_stride, to_stride);
}
