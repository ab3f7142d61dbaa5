// One step of an optimiser over all parameters at once, with the clip folded in. With g = clip·gradient (+ decay·p,
// except for decoupled decay, which first takes p·(1 − rate·decay)), clip = min(1, limit/(√norm² + 1e-6)), t = STEP +
// 1:
//   adam     m = β1·m + (1−β1)·g;  v = β2·v + (1−β2)·g²;  p −= rate/(1−β1^t) · m / (√v/√(1−β2^t) + ε)
//            (Kingma and Ba 2015)
//   sgd      m = g at t = 1, else μ·m + g;  p −= rate·m; without m: p −= rate·g
//   rmsprop  v = α·v + (1−α)·g²;  d = g/(√v + ε);  m = μ·m + d;  p −= rate·m; without m: p −= rate·d
//   adagrad  v += g²;  p −= rate·g/(√v + ε)   (Duchi et al. 2011)
// Afterwards the gradients are zero. Where norm² is not finite, nothing else changes.
//
// Arrays   p              float [n]        in and out    parameters
//          copy           bfloat16 [n]     out           p rounded; null where no copy is kept
//          g              float [n]        in and out    gradients, zero afterwards
//          norm_squared   float [1]        in            Σ of the squares of all gradients
//          counters       int [3]          in            the first is STEP
//          rates          float [RATES]    in            the rate of step k at k mod RATES
//          m              float [n]        in and out    adam; sgd and rmsprop: null without momentum
//          v              float [n]        in and out    adam, rmsprop, adagrad
// Launch   any one-dimensional grid
// Traffic  adam: 16·n bytes read, 16·n written, 2·n more for the copy; the others 4·n or 8·n less each way
// Needs    nothing
#define BLOCK 256
#include "dialect.h"
#include "one_minus_exp.h"

#define RATES 256
#define CLIP_EPSILON 1e-6f

// What the kinds share: arguments in one order, and the clipped, decayed gradient.
#define OPTIMIZER(name, ...)                                                                                        \
    KERNEL(name, BUFFER(float, p), BUFFER(bits16, copy), BUFFER(float, g), long64 n,                                \
           BUFFER(const float, norm_squared), BUFFER(const int, counters), BUFFER(const float, rates), float limit, \
           float decay, __VA_ARGS__)
#define OPTIMIZER_VIEWS()           \
    VIEW(float, p);                 \
    VIEW(bits16, copy);             \
    VIEW(float, g);                 \
    VIEW(const float, norm_squared); \
    VIEW(const int, counters);      \
    VIEW(const float, rates)

// The factor of the gradients; negative where the norm is not finite.
DEVICE float clip_factor(float norm_squared, float limit) {
    if (!IS_FINITE(norm_squared)) return -1.0f;
    float factor = limit / (SQRT(norm_squared) + CLIP_EPSILON);
    return limit > 0.0f && factor < 1.0f ? factor : 1.0f;
}

DEVICE void write(GLOBAL float *p, GLOBAL bits16 *copy, GLOBAL float *g, long64 i, float value) {
    p[i] = value;
    if (copy) copy[i] = round_to_bfloat16(value);
    g[i] = 0.0f;
}

OPTIMIZER(adam, BUFFER(float, m), BUFFER(float, v), float beta1, float beta2, float log_beta1, float log_beta2,
          float epsilon, int decoupled) {
    OPTIMIZER_VIEWS();
    VIEW(float, m);
    VIEW(float, v);
    float clip = clip_factor(norm_squared[0], limit), rate = rates[counters[0] % RATES], t = (float)counters[0] + 1.0f;
    float size = rate / one_minus_exp(t * log_beta1), correction = 1.0f / SQRT(one_minus_exp(t * log_beta2));
    if (clip < 0.0f) {
        FOR_EACH(i, n) g[i] = 0.0f;
        return;
    }
    FOR_EACH(i, n) {
        float value = decoupled ? p[i] * (1.0f - rate * decay) : p[i];
        float slope = FMA(decoupled ? 0.0f : decay, value, clip * g[i]);
        float first = FMA(beta1, m[i], (1.0f - beta1) * slope);
        float second = FMA(beta2, v[i], (1.0f - beta2) * slope * slope);
        m[i] = first;
        v[i] = second;
        write(p, copy, g, i, value - size * first / FMA(SQRT(second), correction, epsilon));
    }
}

OPTIMIZER(sgd, BUFFER(float, m), float momentum) {
    OPTIMIZER_VIEWS();
    VIEW(float, m);
    float clip = clip_factor(norm_squared[0], limit), rate = rates[counters[0] % RATES];
    float kept = counters[0] == 0 ? 0.0f : momentum;
    if (clip < 0.0f) {
        FOR_EACH(i, n) g[i] = 0.0f;
        return;
    }
    FOR_EACH(i, n) {
        float direction = FMA(decay, p[i], clip * g[i]);
        if (m) m[i] = direction = kept == 0.0f ? direction : FMA(kept, m[i], direction);
        write(p, copy, g, i, FMA(-rate, direction, p[i]));
    }
}

OPTIMIZER(rmsprop, BUFFER(float, m), BUFFER(float, v), float alpha, float epsilon, float momentum) {
    OPTIMIZER_VIEWS();
    VIEW(float, m);
    VIEW(float, v);
    float clip = clip_factor(norm_squared[0], limit), rate = rates[counters[0] % RATES];
    if (clip < 0.0f) {
        FOR_EACH(i, n) g[i] = 0.0f;
        return;
    }
    FOR_EACH(i, n) {
        float slope = FMA(decay, p[i], clip * g[i]);
        float second = FMA(alpha, v[i], (1.0f - alpha) * slope * slope);
        float direction = slope / (SQRT(second) + epsilon);
        v[i] = second;
        if (m) m[i] = direction = FMA(momentum, m[i], direction);
        write(p, copy, g, i, FMA(-rate, direction, p[i]));
    }
}

OPTIMIZER(adagrad, BUFFER(float, v), float epsilon) {
    OPTIMIZER_VIEWS();
    VIEW(float, v);
    float clip = clip_factor(norm_squared[0], limit), rate = rates[counters[0] % RATES];
    if (clip < 0.0f) {
        FOR_EACH(i, n) g[i] = 0.0f;
        return;
    }
    FOR_EACH(i, n) {
        float slope = FMA(decay, p[i], clip * g[i]);
        float second = FMA(slope, slope, v[i]);
        v[i] = second;
        write(p, copy, g, i, p[i] - rate * slope / (SQRT(second) + epsilon));
    }
}
