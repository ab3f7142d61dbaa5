// The running average of weights: a += w·(p − a). With m = STEP + 1 − start, the number of weights that count,
//   w = (1 − β) / (1 − β^m)    β < 1: the exponential average, its bias corrected (Kingma and Ba 2015, section 3)
//   w = 1/m                    β = 1, the limit: the mean (Polyak and Juditsky 1992)
//   a = p                      m ≤ 1
//
// Arrays   p           const float [n]   in            the weights after the step
//          a           float [n]         in and out    their average; not read where m ≤ 1
//          copy        bfloat16 [n]      out           a rounded; null where no copy is kept
//          counters    int [3]           in            the first is STEP
//          start       int [1]           in            steps done when averaging began
// Launch   any one-dimensional grid; log_beta = ln β
// Traffic  8·n bytes read, 4·n written, 2·n more for the copy
// Needs    nothing
#define BLOCK 256
#include "dialect.h"
#include "one_minus_exp.h"

KERNEL(average, BUFFER(const float, p), BUFFER(float, a), BUFFER(bits16, copy), long64 n, BUFFER(const int, counters),
       BUFFER(const int, start), float beta, float log_beta) {
    VIEW(const float, p);
    VIEW(float, a);
    VIEW(bits16, copy);
    VIEW(const int, counters);
    VIEW(const int, start);
    int count = counters[0] + 1 - start[0];
    float m = (float)count;
    float w = beta < 1.0f ? (1.0f - beta) / one_minus_exp(m * log_beta) : 1.0f / m;
    FOR_EACH(i, n) {
        float value = count > 1 ? FMA(w, p[i] - a[i], a[i]) : p[i];
        a[i] = value;
        if (copy) copy[i] = round_to_bfloat16(value);
    }
}
