// A step of LSTM and GRU cells and the same backward, over n neighbouring pairs of unit and sequence: the operations of
// java/lstmgpu/backend/cpu/CellMath.java in the same order, and so the same bits, in one pass over memory and without
// copies to tiles and back. Built without contraction, which would make one rounding of two.
//
// The slots of the gates lie slot_stride numbers apart: LSTM i, f, g, o; GRU r, z, n and q = W_hn·h + b_hn. Forward
// they are pre-activations, and activated where they are kept for the way back, which turns them into gradients of the
// pre-activations.
//
// AVX-512 only; cell_math_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

#include "vector_math.h"

constexpr int WIDTH = 16;
constexpr int SLOTS = 4;

INLINE __m512 minus(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
INLINE __m512 times(__m512 a, __m512 b) { return _mm512_mul_ps(a, b); }
INLINE __m512 times(__m512 a, __m512 b, __m512 c) { return times(times(a, b), c); }

// a·(1 − a) and 1 − a², the slopes of sigmoid and tanh where they are a.
INLINE __m512 sigmoid_slope(__m512 a) { return times(a, minus(all(1), a)); }
INLINE __m512 tanh_slope(__m512 a) { return minus(all(1), times(a, a)); }

template <bool KEEP>
TARGET void lstm(long n, float *gates, long stride, const float *before, float *after, float *h) {
    float *const slot[SLOTS] = {gates, gates + stride, gates + 2 * stride, gates + 3 * stride};
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen pairs(at, n);
        __m512 i = sigmoid(pairs.of(slot[0])), f = sigmoid(pairs.of(slot[1])), g = tanh(pairs.of(slot[2])),
               o = sigmoid(pairs.of(slot[3]));
        __m512 c = _mm512_fmadd_ps(f, pairs.of(before), times(i, g));
        pairs.put(after, c);
        pairs.put(h, times(tanh(c), o));
        if (KEEP) {
            pairs.put(slot[0], i);
            pairs.put(slot[1], f);
            pairs.put(slot[2], g);
            pairs.put(slot[3], o);
        }
    }
}

template <bool KEEP>
TARGET void gru(long n, float *gates, long stride, const float *before, float *h) {
    float *const slot[SLOTS] = {gates, gates + stride, gates + 2 * stride, gates + 3 * stride};
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen pairs(at, n);
        __m512 r = sigmoid(pairs.of(slot[0])), z = sigmoid(pairs.of(slot[1]));
        __m512 candidate = tanh(_mm512_fmadd_ps(r, pairs.of(slot[3]), pairs.of(slot[2])));
        pairs.put(h, _mm512_fmadd_ps(z, minus(pairs.of(before), candidate), candidate));
        if (KEEP) {
            pairs.put(slot[0], r);
            pairs.put(slot[1], z);
            pairs.put(slot[2], candidate);
        }
    }
}

}  // namespace

extern "C" int cell_math_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

// c before becomes c after, and h is written; the gates stay pre-activations unless `keep`.
extern "C" void cell_math_lstm(long n, float *gates, long slot_stride, const float *before, float *after, float *h,
                               int keep) {
    (keep ? lstm<true> : lstm<false>)(n, gates, slot_stride, before, after, h);
}

// carry, the gradient of c after that comes from the next step (`last`: from none), becomes that of c before.
extern "C" TARGET void cell_math_lstm_back(long n, float *gates, long slot_stride, const float *before,
                                           const float *after, const float *dh, float *carry, int last) {
    float *const slot[SLOTS] = {gates, gates + slot_stride, gates + 2 * slot_stride, gates + 3 * slot_stride};
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen pairs(at, n);
        __m512 i = pairs.of(slot[0]), f = pairs.of(slot[1]), g = pairs.of(slot[2]), o = pairs.of(slot[3]);
        __m512 t = tanh(pairs.of(after)), d = pairs.of(dh);
        __m512 dc = _mm512_fmadd_ps(times(d, o), tanh_slope(t), last ? _mm512_setzero_ps() : pairs.of(carry));
        pairs.put(slot[0], times(dc, g, sigmoid_slope(i)));
        pairs.put(slot[1], times(dc, pairs.of(before), sigmoid_slope(f)));
        pairs.put(slot[2], times(dc, i, tanh_slope(g)));
        pairs.put(slot[3], times(d, t, sigmoid_slope(o)));
        pairs.put(carry, times(dc, f));
    }
}

// h before becomes h; the gates stay pre-activations unless `keep`.
extern "C" void cell_math_gru(long n, float *gates, long slot_stride, const float *before, float *h, int keep) {
    (keep ? gru<true> : gru<false>)(n, gates, slot_stride, before, h);
}

// carry, the gradient of h beside the product that comes from the next step (`last`: from none), becomes that of h
// before; q becomes the gradient of W_hn·h + b_hn.
extern "C" TARGET void cell_math_gru_back(long n, float *gates, long slot_stride, const float *before, const float *dh,
                                          float *carry, int last) {
    float *const slot[SLOTS] = {gates, gates + slot_stride, gates + 2 * slot_stride, gates + 3 * slot_stride};
    for (long at = 0; at < n; at += WIDTH) {
        Sixteen pairs(at, n);
        __m512 r = pairs.of(slot[0]), z = pairs.of(slot[1]), a = pairs.of(slot[2]), q = pairs.of(slot[3]);
        __m512 d = _mm512_add_ps(pairs.of(dh), last ? _mm512_setzero_ps() : pairs.of(carry));
        __m512 da = times(d, minus(all(1), z), tanh_slope(a));
        pairs.put(slot[0], times(da, q, sigmoid_slope(r)));
        pairs.put(slot[1], times(d, minus(pairs.of(before), a), sigmoid_slope(z)));
        pairs.put(slot[2], da);
        pairs.put(slot[3], times(da, r));
        pairs.put(carry, times(d, z));
    }
}
