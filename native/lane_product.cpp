// C [m,n] = A [m,k]·B [k,n], or C += A·B; row-major float32, for texts that are written one token at a time: an
// element is the same, bit for bit, whatever m and n are, so that a text does not depend on how many others are written
// beside it.
//
// An element is a sum of sixteen sums, each over every sixteenth term in order, added up in pairs that lie eight, four,
// two and one apart. So rows of A and rows of Bᵀ are read sixteen numbers at a time, and sixteen elements, four by
// four or all of one column, are added up together. B is turned round sixteen columns at a time where it does not
// lie so.
//
// AVX-512 only; lane_product_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int WIDTH = 16;  // of a vector, and columns that are turned round at a time
constexpr int SIDE = 4;    // of a tile
constexpr int MANY = 12;   // columns for which it pays to have them side by side

#include "lane_turn.h"
#include "lane_columns.h"

// Sixteen sums of sixteen; element 4s + p of the result is that of x[4p + s].
INLINE __m512 added_up(const __m512 *x) {
    __m512 fours[SIDE];
    for (int p = 0; p < SIDE; p++, x += SIDE) {
        __m512 first = _mm512_add_ps(halves<0x44>(x[0], x[1]), halves<0xee>(x[0], x[1]));
        __m512 second = _mm512_add_ps(halves<0x44>(x[2], x[3]), halves<0xee>(x[2], x[3]));
        fours[p] =
            _mm512_add_ps(halves<0x88>(first, second), halves<0xdd>(first, second));
    }
    __m512 left =
        _mm512_add_ps(quarters<0x44>(fours[0], fours[1]), quarters<0xee>(fours[0], fours[1]));
    __m512 right =
        _mm512_add_ps(quarters<0x44>(fours[2], fours[3]), quarters<0xee>(fours[2], fours[3]));
    return _mm512_add_ps(quarters<0x88>(left, right), quarters<0xdd>(left, right));
}

// Where the sum of row r and other c lies before they are added up.
template <int C>
constexpr int place(int r, int c) {
    return C == 1 ? r % SIDE * SIDE + r / SIDE : c * SIDE + r;
}

// Adds to the sums of R rows with C others sixteen products each, or fewer.
template <int R, int C, bool WHOLE>
INLINE void add_products(const float *a, long a_stride, const float *b, long b_stride, __mmask16 mask, __m512 *sum) {
    __m512 other[C];
    for (int c = 0; c < C; c++)
        other[c] = WHOLE ? _mm512_loadu_ps(b + c * b_stride) : _mm512_maskz_loadu_ps(mask, b + c * b_stride);
    for (int r = 0; r < R; r++) {
        __m512 row = WHOLE ? _mm512_loadu_ps(a + r * a_stride) : _mm512_maskz_loadu_ps(mask, a + r * a_stride);
        for (int c = 0; c < C; c++) {
            __m512 *own = sum + place<C>(r, c);
            *own = WHOLE ? _mm512_fmadd_ps(row, other[c], *own) : _mm512_mask3_fmadd_ps(row, other[c], *own, mask);
        }
    }
}

// The products of R rows with C others.
template <int R, int C>
INLINE void multiply(int k, const float *a, long a_stride, const float *b, long b_stride, __m512 *sum) {
    for (int i = 0; i < WIDTH; i++) sum[i] = _mm512_setzero_ps();
    int p = 0;
    for (; p + WIDTH <= k; p += WIDTH) add_products<R, C, true>(a + p, a_stride, b + p, b_stride, 0xffff, sum);
    if (p < k) add_products<R, C, false>(a + p, a_stride, b + p, b_stride, (__mmask16)((1 << (k - p)) - 1), sum);
}

template <int R, int C>
TARGET void tile(int k, const float *a, long a_stride, const float *b, long b_stride, bool add, float *c,
                 long c_stride) {
    __m512 sum[WIDTH];
    multiply<R, C>(k, a, a_stride, b, b_stride, sum);
    __m512 all = added_up(sum);
    __m128 rows[SIDE] = {_mm512_maskz_extractf32x4_ps(0xff, all, 0), _mm512_maskz_extractf32x4_ps(0xff, all, 1),
                         _mm512_maskz_extractf32x4_ps(0xff, all, 2),
                         _mm512_maskz_extractf32x4_ps(0xff, all, 3)};
    __mmask8 mask = (__mmask8)((1 << C) - 1);
    for (int r = 0; r < R; r++) {
        __m128 before = add ? _mm_maskz_loadu_ps(mask, c + r * c_stride) : _mm_setzero_ps();
        _mm_mask_storeu_ps(c + r * c_stride, mask, add ? _mm_add_ps(before, rows[r]) : rows[r]);
    }
}

template <int R>
TARGET void column(int k, const float *a, long a_stride, const float *b, bool add, float *c, long c_stride) {
    __m512 sum[WIDTH];
    multiply<R, 1>(k, a, a_stride, b, 0, sum);
    float all[WIDTH];
    _mm512_storeu_ps(all, added_up(sum));
    for (int r = 0; r < R; r++) c[r * c_stride] = add ? c[r * c_stride] + all[r] : all[r];
}

TARGET void one_column(int m, int k, const float *a, long a_stride, const float *b, bool add, float *c, long c_stride) {
    int row = 0;
    for (; row + WIDTH <= m; row += WIDTH)
        column<WIDTH>(k, a + row * a_stride, a_stride, b, add, c + row * c_stride, c_stride);
    for (; row < m; row++) column<1>(k, a + row * a_stride, a_stride, b, add, c + row * c_stride, c_stride);
}

template <int R>
TARGET void row_of_tiles(int n, int k, const float *a, long a_stride, const float *b, long b_stride, bool add, float *c,
                         long c_stride) {
    int at = 0;
    for (; at + SIDE <= n; at += SIDE)
        tile<R, SIDE>(k, a, a_stride, b + at * b_stride, b_stride, add, c + at, c_stride);
    switch (n - at) {
        case 3: tile<R, 3>(k, a, a_stride, b + at * b_stride, b_stride, add, c + at, c_stride); break;
        case 2: tile<R, 2>(k, a, a_stride, b + at * b_stride, b_stride, add, c + at, c_stride); break;
        case 1: column<R>(k, a, a_stride, b + at * b_stride, add, c + at, c_stride); break;
        default: break;
    }
}

// n columns, of which each is a row of b.
TARGET void columns(int m, int n, int k, const float *a, long a_stride, const float *b, long b_stride, bool add,
                    float *c, long c_stride) {
    int row = 0;
    for (; row + SIDE <= m; row += SIDE)
        row_of_tiles<SIDE>(n, k, a + row * a_stride, a_stride, b, b_stride, add, c + row * c_stride, c_stride);
    a += row * a_stride;
    c += row * c_stride;
    switch (m - row) {
        case 3: row_of_tiles<3>(n, k, a, a_stride, b, b_stride, add, c, c_stride); break;
        case 2: row_of_tiles<2>(n, k, a, a_stride, b, b_stride, add, c, c_stride); break;
        case 1: row_of_tiles<1>(n, k, a, a_stride, b, b_stride, add, c, c_stride); break;
        default: break;
    }
}

// turned [16,k] becomes the first n columns of b, each a row.
TARGET void turn_round(int k, int n, const float *b, long b_stride, float *turned) {
    __mmask16 mask = n < WIDTH ? (__mmask16)((1 << n) - 1) : (__mmask16)0xffff;
    int p = 0;
    for (; p + WIDTH <= k; p += WIDTH) {
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++) x[i] = _mm512_maskz_loadu_ps(mask, b + (p + i) * b_stride);
        turn(x);
        for (int j = 0; j < WIDTH; j++) _mm512_storeu_ps(turned + (long)j * k + p, x[j]);
    }
    for (; p < k; p++)
        for (int j = 0; j < n; j++) turned[(long)j * k + p] = b[p * b_stride + j];
}

}  // namespace

extern "C" int lane_product_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

// A has groups of m rows that lie a_group numbers apart, C such that lie c_group apart. b is [n,k] where by_rows and
// [k,n] otherwise; scratch has room for 32·k numbers, at a multiple of 64 bytes.
extern "C" void lane_product(int groups, int m, int n, int k, const float *a, long a_stride, long a_group,
                             const float *b, long b_stride, int by_rows, int add, float *c, long c_stride, long c_group,
                             float *scratch) {
    if (n == 1 && (by_rows || b_stride == 1)) {
        for (int group = 0; group < groups; group++)
            one_column(m, k, a + group * a_group, a_stride, b, add, c + group * c_group, c_stride);
        return;
    }
    if (m == 1 && by_rows && groups == 1) {
        one_column(n, k, b, b_stride, a, add, c, 1);
        return;
    }
    side_by_side::Rows rows = {groups, m, a, a_stride, a_group, c, c_stride, c_group};
    int from = 0;
    if (!by_rows || m >= MANY)
        for (int left = n; left >= MANY; left = n - from) {
            bool two = left >= WIDTH + MANY;
            int count = left < 2 * WIDTH ? (two || left < WIDTH ? left : WIDTH) : 2 * WIDTH;
            auto multiply = two ? side_by_side::multiply<8, 2> : side_by_side::multiply<16, 1>;
            multiply(rows, count, k, b + (by_rows ? from * b_stride : from), b_stride, by_rows, add, from, scratch);
            from += count;
        }
    for (; from < n; from += WIDTH) {
        int count = n - from < WIDTH ? n - from : WIDTH;
        const float *some = b + from * b_stride;
        long stride = b_stride;
        if (!by_rows) {
            turn_round(k, count, b + from, b_stride, scratch);
            some = scratch;
            stride = k;
        }
        for (int group = 0; group < groups; group++)
            columns(m, count, k, a + group * a_group, a_stride, some, stride, add, c + group * c_group + from,
                    c_stride);
    }
}
