// Inverted dropout (Srivastava et al. 2014): y[i] = x[i] · scale where the element's random word (philox.h) is at least the threshold,
// otherwise 0. The same call on the gradient is the backward pass, so no mask is stored.
//
// Shapes   x, y [n], y may be x; counters int [3], the first being the step; scale = 1/(1−p); threshold = ⌊p·2^32⌋ as 32 bits
// Launch   any one-dimensional grid; a thread takes four neighbouring elements, which share one block of Philox
// Traffic  4·n bytes read, 4·n written
// Needs    nothing
#define BLOCK 256
#include "philox.h"

KERNEL(dropout, BUFFER(const float, x), BUFFER(float, y), BUFFER(const int, counters), long64 n, long64 seed, int stream, int threshold,
       float scale) {
    VIEW(const float, x);
    VIEW(float, y);
    VIEW(const int, counters);
    int step = counters[0];
    FOR_EACH(quad, (n + 3) / 4) {
        uint32 words[4];
        philox_block((ulong64)seed, stream, step, (ulong64)quad, words);
        for (int place = 0; place < 4; place++) {
            long64 i = quad * 4 + place;
            if (i < n) y[i] = words[place] >= (uint32)threshold ? x[i] * scale : 0.0f;
        }
    }
}
