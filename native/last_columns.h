// A few last columns of C = A·B or C += A·B: so few that a vector of them would be idle for the most part. Vectors
// lie along the inner length instead, sixteen terms of a sum at a time.
#pragma once

constexpr int MOST_LAST = 4;  // columns: with more, a vector across them is as quick

// R rows of S columns. b: the columns of B, [S][INNER], zero behind the inner length.
template <int R, int S>
INLINE void some_of_last(const Matrices &x, int row, int column, const float *b) {
    __m512 sum[WIDTH];
    for (__m512 &each : sum) each = _mm512_setzero_ps();
    for (int p = 0; p < x.k; p += WIDTH) {
        __mmask16 mask = first(x.k - p);
        __m512 factor[S];
        for (int s = 0; s < S; s++) factor[s] = _mm512_loadu_ps(b + s * INNER + p);
        for (int r = 0; r < R; r++) {
            __m512 terms = _mm512_maskz_loadu_ps(mask, x.a + (row + r) * x.a_stride + p);
            for (int s = 0; s < S; s++) sum[r * S + s] = _mm512_fmadd_ps(terms, factor[s], sum[r * S + s]);
        }
    }
    turn(sum);
    for (int half = WIDTH / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) sum[i] = _mm512_add_ps(sum[i], sum[i + half]);
    float sums[WIDTH];
    _mm512_storeu_ps(sums, sum[0]);
    for (int r = 0; r < R; r++) {
        float *c = x.c + (row + r) * x.c_stride + column;
        for (int s = 0; s < S; s++) c[s] = (x.add ? c[s] : 0) + sums[r * S + s];
    }
}

template <int S>
TARGET void last_columns(const Matrices &x, int m, int column) {
    constexpr int R = WIDTH / S;
    alignas(64) float b[S * INNER];
    for (int s = 0; s < S; s++) {
        for (int p = 0; p < x.k; p++) b[s * INNER + p] = x.b[p * x.b_stride + column + s];
        for (int p = x.k; p % WIDTH; p++) b[s * INNER + p] = 0;
    }
    int row = 0;
    for (; row + R <= m; row += R) some_of_last<R, S>(x, row, column, b);
    for (; row < m; row++) some_of_last<1, S>(x, row, column, b);
}

// The last `count` columns, from one on.
TARGET void last_columns(const Matrices &x, int m, int column, int count) {
    switch (count) {
        case 4: return last_columns<4>(x, m, column);
        case 3: return last_columns<3>(x, m, column);
        case 2: return last_columns<2>(x, m, column);
        case 1: return last_columns<1>(x, m, column);
        default: return;
    }
}
