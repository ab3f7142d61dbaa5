// W in bfloat16, for row_product.cpp: widened by a shift, then float32's products, those of the even and of the odd
// elements of x each in a sum of their own, in order.
#pragma once

ALWAYS void add_up(const float *even, const float *odd, int rows, float *y) {
    for (int r = 0; r < TILE && r < rows; r++) y[r] += even[r] + odd[r];
}

// The shift without a mask reads, says gcc 12, what was never written.
template <int T>
WIDE void wide_halves(int rows, int k, const unsigned short *w, const float *x, float *y) {
    __m512 even[T], odd[T];
    for (int t = 0; t < T; t++) even[t] = odd[t] = _mm512_setzero_ps();
    const __m512i upper = _mm512_set1_epi32((int)0xffff0000);
    long stride = (long)(k + k % 2) * TILE;
    for (int i = 0; i < k; i += 2) {
        __m512 first = _mm512_set1_ps(x[i]), second = _mm512_set1_ps(i + 1 < k ? x[i + 1] : 0);
        for (int t = 0; t < T; t++) {
            __m512i weights = _mm512_loadu_si512(w + t * stride + i * TILE);
            __m512i lower = _mm512_maskz_slli_epi32(0xffff, weights, 16);
            even[t] = _mm512_fmadd_ps(_mm512_castsi512_ps(lower), first, even[t]);
            odd[t] = _mm512_fmadd_ps(_mm512_castsi512_ps(_mm512_and_si512(weights, upper)), second, odd[t]);
        }
    }
    for (int t = 0; t < T; t++) {
        float sums[2][TILE];
        _mm512_storeu_ps(sums[0], even[t]);
        _mm512_storeu_ps(sums[1], odd[t]);
        add_up(sums[0], sums[1], rows - t * TILE, y + t * TILE);
    }
}

NARROW void narrow_halves(int rows, int k, const unsigned short *w, const float *x, float *y) {
    __m256 sum[2][2] = {};
    const __m256i upper = _mm256_set1_epi32((int)0xffff0000);
    for (int i = 0; i < k; i += 2, w += 2 * TILE) {
        __m256 first = _mm256_set1_ps(x[i]), second = _mm256_set1_ps(i + 1 < k ? x[i + 1] : 0);
        for (int h = 0; h < 2; h++) {
            __m256i weights = _mm256_loadu_si256((const __m256i *)(w + h * TILE));
            sum[0][h] = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_slli_epi32(weights, 16)), first, sum[0][h]);
            sum[1][h] = _mm256_fmadd_ps(_mm256_castsi256_ps(_mm256_and_si256(weights, upper)), second, sum[1][h]);
        }
    }
    float sums[2][TILE];
    for (int s = 0; s < 2; s++)
        for (int h = 0; h < 2; h++) _mm256_storeu_ps(sums[s] + h * TILE / 2, sum[s][h]);
    add_up(sums[0], sums[1], rows, y);
}

constexpr int BESIDE = 8;  // texts whose x is multiplied with what has been read of W

// A tile beside N texts, x [k,·] and y of which lie as given.
template <int N>
WIDE void wide_halves_beside(int rows, int k, const unsigned short *w, const float *x, long x_stride, float *y,
                             long row_stride, long text_stride) {
    __m512 even[N], odd[N];
    for (int t = 0; t < N; t++) even[t] = odd[t] = _mm512_setzero_ps();
    const __m512i upper = _mm512_set1_epi32((int)0xffff0000);
    for (int i = 0; i < k; i += 2, w += 2 * TILE, x += 2 * x_stride) {
        __m512i weights = _mm512_loadu_si512(w);
        __m512 first = _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, weights, 16));
        __m512 second = _mm512_castsi512_ps(_mm512_and_si512(weights, upper));
        for (int t = 0; t < N; t++) {
            even[t] = _mm512_fmadd_ps(first, _mm512_set1_ps(x[t]), even[t]);
            odd[t] = _mm512_fmadd_ps(second, _mm512_set1_ps(i + 1 < k ? x[x_stride + t] : 0), odd[t]);
        }
    }
    for (int t = 0; t < N; t++) {
        float sums[TILE];
        _mm512_storeu_ps(sums, _mm512_add_ps(even[t], odd[t]));
        for (int r = 0; r < TILE && r < rows; r++) y[r * row_stride + t * text_stride] += sums[r];
    }
}

WIDE void wide_halves_of_texts(int rows, int n, int k, const unsigned short *w, const float *x, long x_stride, float *y,
                               long row_stride, long text_stride) {
    int text = 0;
    for (; text + BESIDE <= n; text += BESIDE)
        wide_halves_beside<BESIDE>(rows, k, w, x + text, x_stride, y + text * text_stride, row_stride, text_stride);
    for (; text < n; text++)
        wide_halves_beside<1>(rows, k, w, x + text, x_stride, y + text * text_stride, row_stride, text_stride);
}
