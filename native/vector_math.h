// Functions of sixteen numbers: the same operations in the same order as java/lstmgpu/backend/cpu/VectorMath.java has,
// and so the same bits.
#pragma once

INLINE __m512 all(float value) { return _mm512_set1_ps(value); }

// The mask of the first of `left` numbers, at most sixteen.
INLINE __mmask16 first(long left) { return left < 16 ? (__mmask16)((1 << left) - 1) : (__mmask16)0xffff; }

// Sixteen neighbouring numbers of an array, from one on; of the last of n there may be fewer.
struct Sixteen {
    long at;
    __mmask16 mask;

    INLINE Sixteen(long from, long n) : at(from), mask(first(n - from)) {}
    INLINE __m512 of(const float *x) const { return _mm512_maskz_loadu_ps(mask, x + at); }
    INLINE void put(float *x, __m512 value) const { _mm512_mask_storeu_ps(x + at, mask, value); }
};

// Of two numbers the second is taken where one is NaN, and so NaN stays NaN.
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

// e^(x − shift), not below e^-87; NaN stays NaN.
INLINE __m512 exp_of_difference(__m512 x, __m512 shift) {
    const __m512 rounding = all(12582912.0f), log2_e = all(1.44269504f);  // 1.5·2^23 rounds to the nearest integer
    __m512 v = _mm512_maskz_max_ps(0xffff, all(-87), _mm512_sub_ps(x, shift));
    __m512 k = _mm512_sub_ps(_mm512_fmadd_ps(v, log2_e, rounding), rounding);
    __m512 r = _mm512_fmadd_ps(k, all(2.12194440e-4f), _mm512_fmadd_ps(k, all(-0.693359375f), v));
    __m512 p = _mm512_fmadd_ps(r, all(1.9875691500e-4f), all(1.3981999507e-3f));
    p = _mm512_fmadd_ps(p, r, all(8.3334519073e-3f));
    p = _mm512_fmadd_ps(p, r, all(4.1665795894e-2f));
    p = _mm512_fmadd_ps(p, r, all(1.6666665459e-1f));
    p = _mm512_fmadd_ps(p, r, all(5.0000001201e-1f));
    __m512 y = _mm512_add_ps(_mm512_fmadd_ps(p, _mm512_mul_ps(r, r), r), all(1));
    __m512i exponent = _mm512_slli_epi32(_mm512_add_epi32(_mm512_cvttps_epi32(k), _mm512_set1_epi32(127)), 23);
    return _mm512_mul_ps(y, _mm512_castsi512_ps(exponent));
}
