// Vectors of sixteen numbers turned round in registers.
#pragma once

// Shuffles; the forms without a mask read, says gcc 12, what was never written.
template <int ORDER>
INLINE __m512 halves(__m512 x, __m512 y) {
    return _mm512_maskz_shuffle_f32x4(0xffff, x, y, ORDER);
}

template <int ORDER>
INLINE __m512 quarters(__m512 x, __m512 y) {
    return _mm512_maskz_shuffle_ps(0xffff, x, y, ORDER);
}

// Of every half of a vector its lower or its higher half, x's and y's beside each other.
template <int HIGHER>
INLINE __m512 inner_halves(__m512 x, __m512 y) {
    const __m512i low = _mm512_setr_epi32(0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
    return _mm512_permutex2var_ps(x, _mm512_add_epi32(low, _mm512_set1_epi32(4 * HIGHER)), y);
}

// Of every pair the lower or the higher number, x's and y's beside each other.
template <int HIGHER>
INLINE __m512 singles(__m512 x, __m512 y) {
    const __m512i low = _mm512_setr_epi32(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    return _mm512_permutex2var_ps(x, _mm512_add_epi32(low, _mm512_set1_epi32(HIGHER)), y);
}

// Sixteen vectors, the rows of a square, become its columns: squares of 8, of 4, of 2 and of 1 numbers change places.
INLINE void turn(__m512 *x) {
    __m512 y[WIDTH];
    for (int i = 0; i < 8; i++) {
        y[i] = halves<0x44>(x[i], x[i + 8]);
        y[i + 8] = halves<0xee>(x[i], x[i + 8]);
    }
    for (int i = 0; i < WIDTH; i++)
        if (!(i & 4)) {
            x[i] = inner_halves<0>(y[i], y[i + 4]);
            x[i + 4] = inner_halves<1>(y[i], y[i + 4]);
        }
    for (int i = 0; i < WIDTH; i++)
        if (!(i & 2)) {
            y[i] = quarters<0x44>(x[i], x[i + 2]);
            y[i + 2] = quarters<0xee>(x[i], x[i + 2]);
        }
    for (int i = 0; i < WIDTH; i++)
        if (!(i & 1)) {
            x[i] = singles<0>(y[i], y[i + 1]);
            x[i + 1] = singles<1>(y[i], y[i + 1]);
        }
}
