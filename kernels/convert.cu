// Element by element: narrow y = round(x) and widen y = x, between float and the storage type of products' factors;
// accumulate y += x; add_bias y[n,:] += bias.
//
// Arrays   x      [n]          in                    narrow: float; widen, accumulate: real
//          bias   [columns]    in, of add_bias       float
//          y      [n]          out; accumulate and add_bias: in and out. narrow: real, the others: float; of add_bias
//                              it is [n/columns,columns]
// Launch   any one-dimensional grid
// Traffic  n·(4 + size of real) bytes, accumulate 4·n more; add_bias 8·n
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(narrow, BUFFER(const float, x), BUFFER(real, y), long64 n) {
    VIEW(const float, x);
    VIEW(real, y);
    FOR_EACH(i, n) STORE(y, i, x[i]);
}

KERNEL(widen, BUFFER(const real, x), BUFFER(float, y), long64 n) {
    VIEW(const real, x);
    VIEW(float, y);
    FOR_EACH(i, n) y[i] = LOAD(x, i);
}

KERNEL(accumulate, BUFFER(const real, x), BUFFER(float, y), long64 n) {
    VIEW(const real, x);
    VIEW(float, y);
    FOR_EACH(i, n) y[i] += LOAD(x, i);
}

KERNEL(add_bias, BUFFER(const float, bias), BUFFER(float, y), long64 n, int columns) {
    VIEW(const float, bias);
    VIEW(float, y);
    FOR_EACH(i, n) y[i] += bias[i % columns];
}
