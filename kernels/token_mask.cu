// Dropout of words (Gal and Ghahramani 2016): factors[n] = scale where the random word (philox.h) of element tokens[n]
// is at least the threshold, otherwise 0. A token is kept or dropped wherever it stands.
//
// Arrays   tokens      int [N]      in     each 0 or above
//          factors     float [N]    out
//          counters    int [3]      in     the first is the step
// Numbers  scale = 1/(1−p); threshold = ⌊p·2^32⌋ as 32 bits
// Launch   any one-dimensional grid
// Traffic  4·N bytes read, 4·N written
// Needs    nothing
#define BLOCK 256
#include "philox.h"

KERNEL(token_mask, BUFFER(const int, tokens), BUFFER(float, factors), BUFFER(const int, counters), long64 n,
       long64 seed, int stream, int threshold, float scale) {
    VIEW(const int, tokens);
    VIEW(float, factors);
    VIEW(const int, counters);
    int step = counters[0];
    FOR_EACH(i, n) {
        uint32 words[4];
        int token = tokens[i];
        philox_block((ulong64)seed, stream, step, (ulong64)(token / 4), words);
        factors[i] = words[token % 4] >= (uint32)threshold ? scale : 0.0f;
    }
}
