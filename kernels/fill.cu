// One value for all elements: x[i] = value.
//
// Arrays   x    float [n]    out
// Launch   any one-dimensional grid
// Traffic  4·n bytes written
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(fill, BUFFER(float, x), long64 n, float value) {
    VIEW(float, x);
    FOR_EACH(i, n) x[i] = value;
}
