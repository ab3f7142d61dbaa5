// Between float and the storage type of products' factors: narrow y = round(x), widen y = x, accumulate y += x.
//
// Shapes   x, y [n]; narrow reads float and writes real, the other two read real and write float
// Launch   any one-dimensional grid
// Traffic  n·(4 + size of real) bytes; accumulate reads y too: 4·n more
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
