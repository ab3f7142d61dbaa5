// The end of a training step over n weights: the optimiser's pass and the sums of squares for the gradients' norm, with
// the operations of java/lstmgpu/backend/cpu/OptimizerPass.java and SumOfSquares.java in the same order, and so the
// same bits, in one pass over memory and without copies to tiles and back. Built without contraction, which would make
// one rounding of two.
//
// p are n weights, g their gradients, which become zero, m and v the first and second moment. g is multiplied by
// `clip`, and then `decay`·p is added to it; where decay is 0 nothing is added, not even a zero.
//
// AVX-512 only; optimizer_pass_runs_here() says whether the processor has it.
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512vl,fma")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

#include "vector_math.h"

constexpr int WIDTH = 16;
// Numbers that have a sum of squares of their own: Worker.TILE.
constexpr int STRETCH = 1024;
// Numbers are asked for so far ahead; a processor that sees four arrays being read asks by itself too late.
constexpr int AHEAD = 512;
// Stretches whose sums are taken at once, since each addition to one has to wait for the last.
constexpr int AT_ONCE = 8;

// Sixteen weights; those that come later are asked for.
struct Weights : Sixteen {
    INLINE Weights(long from, long n) : Sixteen(from, n) {}
    INLINE __m512 of(const float *x) const {
        _mm_prefetch(x + at + AHEAD, _MM_HINT_T0);
        return Sixteen::of(x);
    }
};

INLINE __m512 plus(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
INLINE __m512 minus(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
INLINE __m512 times(__m512 a, __m512 b) { return _mm512_mul_ps(a, b); }
INLINE __m512 over(__m512 a, __m512 b) { return _mm512_div_ps(a, b); }
INLINE __m512 root(__m512 a) { return _mm512_maskz_sqrt_ps(0xffff, a); }

// β·v + (1 − β)·g², which becomes v.
INLINE __m512 mean_square(const Weights &some, float *v, float beta, __m512 g) {
    __m512 mean = _mm512_fmadd_ps(all(beta), some.of(v), times(times(all(1 - beta), g), g));
    some.put(v, mean);
    return mean;
}

// The kinds of optimiser: each makes the new p of p and its gradient, which is clipped and has the decay added to it.
struct Momentum {
    float *m;
    float kept, rate;

    INLINE __m512 operator()(const Weights &some, __m512 p, __m512 g) const {
        __m512 direction = g;
        if (m) {
            direction = _mm512_fmadd_ps(all(kept), some.of(m), g);
            some.put(m, direction);
        }
        return _mm512_fmadd_ps(all(-rate), direction, p);
    }
};

struct Adam {
    float *m, *v;
    float kept, beta1, beta2, epsilon, step_size, correction;

    INLINE __m512 operator()(const Weights &some, __m512 p, __m512 g) const {
        p = times(p, all(kept));
        __m512 mean = _mm512_fmadd_ps(all(beta1), some.of(m), times(all(1 - beta1), g));
        some.put(m, mean);
        __m512 size = root(mean_square(some, v, beta2, g));
        return minus(p, over(times(all(step_size), mean), _mm512_fmadd_ps(size, all(correction), all(epsilon))));
    }
};

struct RmsProp {
    Momentum momentum;
    float *v;
    float alpha, epsilon;

    INLINE __m512 operator()(const Weights &some, __m512 p, __m512 g) const {
        return momentum(some, p, over(g, plus(root(mean_square(some, v, alpha, g)), all(epsilon))));
    }
};

struct Adagrad {
    float *v;
    float epsilon, rate;

    INLINE __m512 operator()(const Weights &some, __m512 p, __m512 g) const {
        __m512 sum = _mm512_fmadd_ps(g, g, some.of(v));
        some.put(v, sum);
        return minus(p, over(times(all(rate), g), plus(root(sum), all(epsilon))));
    }
};

template <class Kind>
INLINE void update(long n, float *p, float *g, float clip, float decay, const Kind &kind) {
    for (long at = 0; at < n; at += WIDTH) {
        Weights some(at, n);
        __m512 weights = some.of(p), gradients = times(some.of(g), all(clip));
        if (decay != 0) gradients = _mm512_fmadd_ps(all(decay), weights, gradients);
        some.put(p, kind(some, weights, gradients));
        some.put(g, _mm512_setzero_ps());
    }
}

// Two neighbours, in float64.
INLINE __m128d pair(const float *x) { return _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadu_si64(x))); }

// The sums of squares of the first n numbers of some stretches, in two strands each. A square of float32 is exact in
// float64, so the fused operation has the one rounding of Java's sum.
template <int STRETCHES>
INLINE void squares(long n, const float *x, double *sums) {
    __m128d strands[STRETCHES];
    for (int i = 0; i < STRETCHES; i++) strands[i] = _mm_setzero_pd();
    for (long at = 0; at + 2 <= n; at += 2)
        for (int i = 0; i < STRETCHES; i++) {
            __m128d numbers = pair(x + i * STRETCH + at);
            strands[i] = _mm_fmadd_pd(numbers, numbers, strands[i]);
        }
    for (int i = 0; i < STRETCHES; i++) {
        sums[i] = strands[i][0] + strands[i][1];
        if (n % 2) sums[i] += (double)x[i * STRETCH + n - 1] * x[i * STRETCH + n - 1];
    }
}

}  // namespace

extern "C" int optimizer_pass_runs_here() {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
}

// m is null where there is no momentum; else `kept` of it stays when g is added.
extern "C" TARGET void optimizer_pass_sgd(long n, float *p, float *g, float *m, float clip, float decay, float kept,
                                          float rate) {
    update(n, p, g, clip, decay, Momentum{m, kept, rate});
}

// Weights are multiplied by `kept` first.
extern "C" TARGET void optimizer_pass_adam(long n, float *p, float *g, float *m, float *v, float clip, float decay,
                                           float kept, float beta1, float beta2, float epsilon, float step_size,
                                           float correction) {
    update(n, p, g, clip, decay, Adam{m, v, kept, beta1, beta2, epsilon, step_size, correction});
}

// As optimizer_pass_sgd after g is divided by √v + ε.
extern "C" TARGET void optimizer_pass_rmsprop(long n, float *p, float *g, float *m, float *v, float clip, float decay,
                                              float alpha, float epsilon, float kept, float rate) {
    update(n, p, g, clip, decay, RmsProp{{m, kept, rate}, v, alpha, epsilon});
}

extern "C" TARGET void optimizer_pass_adagrad(long n, float *p, float *g, float *v, float clip, float decay,
                                              float epsilon, float rate) {
    update(n, p, g, clip, decay, Adagrad{v, epsilon, rate});
}

// The sums of squares of x's stretches, of which the last may be shorter.
extern "C" TARGET void optimizer_pass_squares(long n, const float *x, double *sums) {
    for (; n >= AT_ONCE * STRETCH; n -= AT_ONCE * STRETCH, x += AT_ONCE * STRETCH, sums += AT_ONCE)
        squares<AT_ONCE>(STRETCH, x, sums);
    for (; n > 0; n -= STRETCH, x += STRETCH, sums++) squares<1>(n < STRETCH ? n : STRETCH, x, sums);
}
