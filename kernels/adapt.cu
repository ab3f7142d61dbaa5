// Weights that follow a text while it is evaluated (dynamic evaluation, Krause et al. 2018):
//   p += min(pull·s, 1)·(p0 − p) − rate·g/(s + ε)     with pull = decay/mean(s): the RMS form
//   p += decay·(p0 − p) − rate·g                      without s: the SGD form
// Afterwards the gradients are zero.
//
// Arrays   p       float [n]          in and out    weights
//          copy    bfloat16 [n]       out           p rounded; null where no copy is kept
//          g       float [n]          in and out    gradients, zero afterwards
//          p0      const float [n]    in            the trained weights
//          s       const float [n]    in            root of the mean of g² over training batches; null: the SGD form
// Launch   any one-dimensional grid
// Traffic  16·n bytes read, 12·n without s; 8·n written, 2·n more for the copy
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(adapt, BUFFER(float, p), BUFFER(bits16, copy), BUFFER(float, g), BUFFER(const float, p0), BUFFER(const float, s),
       long64 n, float rate, float decay, float epsilon, float pull) {
    VIEW(float, p);
    VIEW(bits16, copy);
    VIEW(float, g);
    VIEW(const float, p0);
    VIEW(const float, s);
    FOR_EACH(i, n) {
        float back = decay, step = g[i];
        if (s) {
            float size = s[i];
            back = pull * size < 1.0f ? pull * size : 1.0f;
            step = step / (size + epsilon);
        }
        float value = p[i] + FMA(back, p0[i] - p[i], -rate * step);
        p[i] = value;
        if (copy) copy[i] = round_to_bfloat16(value);
        g[i] = 0.0f;
    }
}
