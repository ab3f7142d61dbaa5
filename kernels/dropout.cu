// Inverted dropout (Srivastava et al. 2014): y[i] = x[i] · scale where the element's random word (philox.h) is at least
// the threshold, otherwise 0. The same call on the gradient is the backward pass, so no mask is stored.
//
// Arrays   x          real [n]    in
//          y          real [n]    out; may be x
//          counters   int [3]     in    the first is the step
// Numbers  scale = 1/(1−p); threshold = ⌊p·2^32⌋ as 32 bits
// Launch   any one-dimensional grid; a thread takes four neighbouring elements, which share one block of Philox
// Traffic  x read and y written once
// Needs    nothing
#define BLOCK 256
#include "philox.h"

KERNEL(dropout, BUFFER(const real, x), BUFFER(real, y), BUFFER(const int, counters), long64 n, long64 seed, int stream,
       int threshold, float scale) {
    VIEW(const real, x);
    VIEW(real, y);
    VIEW(const int, counters);
    int step = counters[0];
    FOR_EACH(quad, (n + 3) / 4) {
        uint32 words[4];
        philox_block((ulong64)seed, stream, step, (ulong64)quad, words);
        for (int place = 0; place < 4; place++) {
            long64 i = quad * 4 + place;
            if (i < n) STORE(y, i, words[place] >= (uint32)threshold ? LOAD(x, i) * scale : 0.0f);
        }
    }
}
