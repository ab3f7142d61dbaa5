// Products of sixteen columns or more, for lane_product.cpp: the columns lie side by side in vectors, so that the
// sixteen sums of an element, each over every sixteenth term, are added up without moving numbers within a vector. The
// sums are taken one after the other in an order in which those that are added lie beside each other, 0, 8, 4, 12, 2
// and so on: what is done with each number, and in which order, is what lane_product.cpp does for few columns.
//
// Two vectors of columns beside eight rows: of B, 32 KB where k is 256, and the rows stay in the first-level cache, and
// ten numbers or vectors are read for sixteen multiplications of vectors, of which two can begin at a time, as can two
// reads.
#pragma once

namespace side_by_side {

constexpr int SUMS = 16;
constexpr int LEVELS = 4;

// The number of the sum that comes next: i with its four bits turned round.
INLINE int sum_at(int i) { return (i & 1) << 3 | (i & 2) << 1 | (i & 4) >> 1 | (i & 8) >> 3; }

// gcc would copy one zero to all the others, which takes the place of multiplications.
INLINE __m512 zero() {
    __m512 none;
    asm("vpxord %0,%0,%0" : "=v"(none));
    return none;
}

// Loops over what is to lie in registers; gcc would otherwise keep some of it in memory.
#define UNROLLED _Pragma("GCC unroll 32")

// R rows of A times V vectors of packed columns; the last of them may be less than full.
template <int R, int V>
TARGET void tile(int k, const float *a, long a_stride, const float *packed, __mmask16 last, bool add, float *c,
                 long c_stride) {
    __m512 kept[LEVELS][R * V];
    __m512 sum[R * V];
    for (int i = 0; i < SUMS; i++) {
        UNROLLED for (int j = 0; j < R * V; j++) sum[j] = zero();
        // The rows that come next, some of them with each sum; whether there are any does not matter.
        for (int p = i * WIDTH; p < k; p += SUMS * WIDTH)
            UNROLLED for (int r = 0; r < R; r++) _mm_prefetch(a + (R + r) * a_stride + p, _MM_HINT_T0);
        for (int p = sum_at(i); p < k; p += SUMS, packed += V * WIDTH) {
            __m512 others[V];
            UNROLLED for (int v = 0; v < V; v++) others[v] = _mm512_load_ps(packed + v * WIDTH);
            UNROLLED for (int r = 0; r < R; r++) {
                __m512 number = _mm512_set1_ps(a[r * a_stride + p]);
                UNROLLED for (int v = 0; v < V; v++)
                    sum[r * V + v] = _mm512_fmadd_ps(number, others[v], sum[r * V + v]);
            }
        }
        int level = 0;
        for (int pairs = i; pairs & 1; pairs >>= 1, level++)
            UNROLLED for (int j = 0; j < R * V; j++) sum[j] = _mm512_add_ps(kept[level][j], sum[j]);
        if (level < LEVELS)
            UNROLLED for (int j = 0; j < R * V; j++) kept[level][j] = sum[j];
    }
    UNROLLED for (int r = 0; r < R; r++)
        UNROLLED for (int v = 0; v < V; v++) {
            __mmask16 mask = v == V - 1 ? last : (__mmask16)0xffff;
            float *to = c + r * c_stride + v * WIDTH;
            __m512 before = add ? _mm512_maskz_loadu_ps(mask, to) : zero();
            _mm512_mask_storeu_ps(to, mask, add ? _mm512_add_ps(before, sum[r * V + v]) : sum[r * V + v]);
        }
}

// B's rows in the order in which they are wanted.
template <int V>
INLINE void pack(int k, const float *b, long b_stride, __mmask16 last, float *packed) {
    for (int i = 0; i < SUMS; i++)
        for (int p = sum_at(i); p < k; p += SUMS, packed += V * WIDTH)
            for (int v = 0; v < V; v++) {
                __mmask16 mask = v == V - 1 ? last : (__mmask16)0xffff;
                _mm512_store_ps(packed + v * WIDTH, _mm512_maskz_loadu_ps(mask, b + p * b_stride + v * WIDTH));
            }
}

// The same of n columns of which each lies as a row.
template <int V>
INLINE void pack_turned(int n, int k, const float *b, long b_stride, float *packed) {
    float *to[SUMS];
    for (int i = 0, before = 0; i < SUMS; i++) {
        to[sum_at(i)] = packed + before * V * WIDTH;
        before += (k - sum_at(i) + SUMS - 1) / SUMS;
    }
    for (int p = 0; p < k; p += SUMS) {
        __mmask16 mask = k - p < SUMS ? (__mmask16)((1 << (k - p)) - 1) : (__mmask16)0xffff;
        for (int v = 0; v < V; v++) {
            __m512 x[SUMS];
            for (int j = 0; j < SUMS; j++)
                x[j] = v * WIDTH + j < n ? _mm512_maskz_loadu_ps(mask, b + (v * WIDTH + j) * b_stride + p)
                                         : _mm512_setzero_ps();
            turn(x);
            for (int i = 0; i < SUMS && p + i < k; i++) _mm512_store_ps(to[i] + p / SUMS * V * WIDTH + v * WIDTH, x[i]);
        }
    }
}

// Rows of A, groups of m that lie apart, and those of C that they become.
struct Rows {
    int groups, m;
    const float *a;
    long a_stride, a_group;
    float *c;
    long c_stride, c_group;
};

// The first n of V vectors of columns; packed has room for V·16·k numbers and begins at a multiple of 64 bytes.
template <int R, int V>
TARGET void multiply(const Rows &rows, int n, int k, const float *b, long b_stride, bool by_rows, bool add, long column,
                     float *packed) {
    int rest = n - (V - 1) * WIDTH;
    __mmask16 last = rest < WIDTH ? (__mmask16)((1 << rest) - 1) : (__mmask16)0xffff;
    if (by_rows)
        pack_turned<V>(n, k, b, b_stride, packed);
    else
        pack<V>(k, b, b_stride, last, packed);
    for (int group = 0; group < rows.groups; group++) {
        const float *a = rows.a + group * rows.a_group;
        float *c = rows.c + group * rows.c_group + column;
        int row = 0;
        for (; row + R <= rows.m; row += R)
            tile<R, V>(k, a + row * rows.a_stride, rows.a_stride, packed, last, add, c + row * rows.c_stride,
                       rows.c_stride);
        for (; row + SIDE <= rows.m; row += SIDE)
            tile<SIDE, V>(k, a + row * rows.a_stride, rows.a_stride, packed, last, add, c + row * rows.c_stride,
                          rows.c_stride);
        for (; row < rows.m; row++)
            tile<1, V>(k, a + row * rows.a_stride, rows.a_stride, packed, last, add, c + row * rows.c_stride,
                       rows.c_stride);
    }
}

}  // namespace side_by_side
