// What is done beside the products of a step of many texts, for lane_product.cpp: the same operations in the same order
// as java/lstmgpu/backend/cpu/CellMath.java and VectorMath.java have, and so the same bits, without copies.
#pragma once

namespace cells {

INLINE __m512 all(float value) { return _mm512_set1_ps(value); }

// VectorMath.tanh; of two numbers the second is taken where one is NaN, and so NaN stays NaN.
INLINE __m512 tanh(__m512 value) {
    __m512 x = _mm512_maskz_min_ps(0xffff, all(9), _mm512_maskz_max_ps(0xffff, all(-9), value));
    __m512 s = _mm512_mul_ps(x, x);
    __m512 p = _mm512_fmadd_ps(s, all(-2.76076847742355e-16f), all(2.00018790482477e-13f));
    p = _mm512_fmadd_ps(s, p, all(-8.60467152213735e-11f));
    p = _mm512_fmadd_ps(s, p, all(5.12229709037114e-08f));
    p = _mm512_fmadd_ps(s, p, all(1.48572235717979e-05f));
    p = _mm512_fmadd_ps(s, p, all(6.37261928875436e-04f));
    p = _mm512_fmadd_ps(s, p, all(4.89352455891786e-03f));
    __m512 q = _mm512_fmadd_ps(s, all(1.19825839466702e-06f), all(1.18534705686654e-04f));
    q = _mm512_fmadd_ps(s, q, all(2.26843463243900e-03f));
    q = _mm512_fmadd_ps(s, q, all(4.89352518554385e-03f));
    return _mm512_div_ps(_mm512_mul_ps(x, p), q);
}

INLINE __m512 sigmoid(__m512 x) { return _mm512_fmadd_ps(all(0.5f), tanh(_mm512_mul_ps(all(0.5f), x)), all(0.5f)); }

TARGET void lstm(long n, const float *gates, long slot_stride, const float *before, float *after, float *h) {
    for (long at = 0; at < n; at += WIDTH) {
        __mmask16 mask = n - at < WIDTH ? (__mmask16)((1 << (n - at)) - 1) : (__mmask16)0xffff;
        __m512 gate[4];
        for (int slot = 0; slot < 4; slot++) gate[slot] = _mm512_maskz_loadu_ps(mask, gates + slot * slot_stride + at);
        __m512 in = _mm512_mul_ps(sigmoid(gate[0]), tanh(gate[2]));
        __m512 c = _mm512_fmadd_ps(sigmoid(gate[1]), _mm512_maskz_loadu_ps(mask, before + at), in);
        _mm512_mask_storeu_ps(after + at, mask, c);
        _mm512_mask_storeu_ps(h + at, mask, _mm512_mul_ps(tanh(c), sigmoid(gate[3])));
    }
}

TARGET void fill(int m, int n, const float *bias, float *c) {
    for (int row = 0; row < m; row++, c += n)
        for (int at = 0; at < n; at += WIDTH) {
            __mmask16 mask = n - at < WIDTH ? (__mmask16)((1 << (n - at)) - 1) : (__mmask16)0xffff;
            _mm512_mask_storeu_ps(c + at, mask, all(bias[row]));
        }
}

// At most sixteen rows, of sixteen texts at a time, of which each is read as it lies in the table.
TARGET void gather(int m, int n, const float *bias, const float *table, long table_stride, const int *tokens,
                   float *c) {
    __mmask16 rows = (__mmask16)((1 << m) - 1);
    for (int at = 0; at < n; at += WIDTH) {
        __mmask16 texts = n - at < WIDTH ? (__mmask16)((1 << (n - at)) - 1) : (__mmask16)0xffff;
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++)
            x[i] = at + i < n ? _mm512_maskz_loadu_ps(rows, table + tokens[at + i] * table_stride)
                              : _mm512_setzero_ps();
        turn(x);
        for (int row = 0; row < m; row++)
            _mm512_mask_storeu_ps(c + (long)row * n + at, texts, _mm512_add_ps(x[row], all(bias[row])));
    }
}

}  // namespace cells
