// A row of logits: the largest, the sum of e^(x − the largest), and the gradient of the cross-entropy of its softmax.
// The operations of java/lstmgpu/backend/cpu/SoftmaxCrossEntropy.java in the same order, and so the same bits, without
// copies to tiles and back. Built without contraction, which would make one rounding of two.
//
// AVX-512 only; softmax_cross_entropy_runs_here() says whether the processor has it.
#include <immintrin.h>

#include <cmath>

#ifndef __clang__  // gcc 12 sees what its own header leaves open
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

// gcc from 12 on takes AVX512-DQ for parts of a vector of float64 whether it is given or not.
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

#include "vector_math.h"

constexpr int WIDTH = 16;
constexpr int STRAND = 4;  // a sum is made of four, each over every fourth number

// The largest of n numbers; NaN if one of them is.
TARGET float largest(const float *x, long n) {
    __m512 most[2] = {all(-INFINITY), all(-INFINITY)};
    __mmask16 nan = 0;
    for (long at = 0; at < n; at += WIDTH) {
        __mmask16 mask = first(n - at);
        __m512 value = _mm512_mask_loadu_ps(all(-INFINITY), mask, x + at);
        nan |= _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
        most[at / WIDTH % 2] = _mm512_max_ps(most[at / WIDTH % 2], value);
    }
    return nan ? NAN : _mm512_reduce_max_ps(_mm512_max_ps(most[0], most[1]));
}

// The place of the first of n numbers that is `value`; 0 if none is.
TARGET int place(const float *x, long n, float value) {
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen some(at, n);
        __mmask16 found = _mm512_mask_cmp_ps_mask(some.mask, some.of(x), all(value), _CMP_EQ_OQ);
        if (found) return (int)at + __builtin_ctz(found);
    }
    return 0;
}

INLINE __m256d four(__m512 x, int part) {
    __m128 some = part == 0   ? _mm512_extractf32x4_ps(x, 0)
                  : part == 1 ? _mm512_extractf32x4_ps(x, 1)
                  : part == 2 ? _mm512_extractf32x4_ps(x, 2)
                              : _mm512_extractf32x4_ps(x, 3);
    return _mm256_cvtps_pd(some);
}

// Σ e^(x − shift) in float64; y becomes e^(x − shift) if KEEP, and may be x.
template <bool KEEP>
TARGET double exponentials(const float *x, float shift, float *y, long n) {
    __m256d strands = _mm256_setzero_pd();
    long at = 0;
    for (; at + WIDTH <= n; at += WIDTH) {
        __m512 exponential = exp_of_difference(_mm512_loadu_ps(x + at), all(shift));
        if (KEEP) _mm512_storeu_ps(y + at, exponential);
        for (int part = 0; part < WIDTH / STRAND; part++) strands = _mm256_add_pd(strands, four(exponential, part));
    }
    Sixteen some(at, n);
    __m512 last = exp_of_difference(some.of(x), all(shift));
    if (KEEP) some.put(y, last);
    float rest[WIDTH];
    _mm512_storeu_ps(rest, last);
    int i = 0;
    for (; i + STRAND <= n - at; i += STRAND) strands = _mm256_add_pd(strands, _mm256_cvtps_pd(_mm_loadu_ps(rest + i)));
    double sum[STRAND];
    _mm256_storeu_pd(sum, strands);
    for (; i < n - at; i++) sum[0] += rest[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

TARGET void scale(float *x, float factor, long n) {
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen some(at, n);
        some.put(x, _mm512_mul_ps(some.of(x), all(factor)));
    }
}

TARGET void subtract(float *x, float value, long n) {
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen some(at, n);
        some.put(x, _mm512_sub_ps(some.of(x), all(value)));
    }
}

}  // namespace

extern "C" int softmax_cross_entropy_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

// Σ e^(x − the largest) of a row [n].
//
// most: out, the largest, [1]. best: out, its place, [1], or null. gradient: out, [n], scale·(softmax − what is
// meant), or null; may be the logits. smoothing: the share of what is meant that all n have alike (label smoothing).
extern "C" double softmax_cross_entropy(long n, const float *logits, int target, float scale_, float smoothing,
                                        float *most, int *best, float *gradient) {
    *most = largest(logits, n);
    if (best) *best = place(logits, n, *most);
    if (!gradient) return exponentials<false>(logits, *most, nullptr, n);
    double sum = exponentials<true>(logits, *most, gradient, n);
    scale(gradient, (float)(scale_ / sum), n);
    gradient[target] -= scale_ * (1 - smoothing);
    if (smoothing != 0) subtract(gradient, scale_ * smoothing / (float)n, n);
    return sum;
}
