// Inverted dropout (Srivastava et al. 2014): y[i] = x[i] · scale where the element's random word (philox.h) is at least
// the threshold, otherwise 0. The same call on the gradient is the backward pass, so no mask is stored. x may be part of
// a larger array, a few sequences of its batch: slabs of neighbouring elements, one for each step. Element k of slab s
// is then element offset + s·stride + k of the whole, and takes that one's word. With a stride of 0 all slabs take the
// words of the first, so that a sequence is dropped the same at every step (Gal and Ghahramani 2016).
//
// Arrays   x          real [slabs,slab]    in
//          y          real [slabs,slab]    out; may be x
//          counters   int [3]              in    the first is the step
// Numbers  scale = 1/(1−p); threshold = ⌊p·2^32⌋ as 32 bits; an array that is the whole: slabs = 1, offset = 0
// Launch   x = any, for the elements of a slab; y = any, for the slabs; a thread takes the elements, up to four, whose
//          words are one block of Philox
// Traffic  x read and y written once
// Needs    nothing
#define BLOCK 256
#include "philox.h"

KERNEL(dropout, BUFFER(const real, x), BUFFER(real, y), BUFFER(const int, counters), long64 slabs, long64 slab,
       long64 offset, long64 stride, long64 seed, int stream, int threshold, float scale) {
    VIEW(const real, x);
    VIEW(real, y);
    VIEW(const int, counters);
    int step = counters[0];
    for (long64 s = BLOCK_Y; s < slabs; s += BLOCKS_Y) {
        long64 first = offset + s * stride, here = s * slab - first;  // from the place in the whole to the one in x
        FOR_EACH(quad, (first + slab + 3) / 4 - first / 4) {
            uint32 words[4];
            philox_block((ulong64)seed, stream, step, (ulong64)(first / 4 + quad), words);
            for (int place = 0; place < 4; place++) {
                long64 i = (first / 4 + quad) * 4 + place;
                if (i < first || i >= first + slab) continue;
                STORE(y, here + i, words[place] >= (uint32)threshold ? LOAD(x, here + i) * scale : 0.0f);
            }
        }
    }
}
