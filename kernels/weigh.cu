// Rows times their weights: x[r,:] = w[r]·x[r,:]. A weight of 0 makes the row 0, whatever it was: infinite, NaN.
//
// Arrays   x   float [N,width]    in and out
//          w   float [N]          in
// Launch   any one-dimensional grid; a block takes ⌊BLOCK/width⌋ rows at once, or one row in strips of BLOCK columns
// Traffic  4·N bytes read, and 8 for every element of a row; where the weight is 0 that is 4, where it is 1 nothing
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(weigh, BUFFER(float, x), BUFFER(const float, w), long64 n, int width) {
    VIEW(float, x);
    VIEW(const float, w);
    int across = width < BLOCK ? width : BLOCK;
    int rows = BLOCK / across;
    int row = THREAD / across;
    if (row >= rows) return;
    for (long64 r = BLOCK_X * rows + row; r < n; r += BLOCKS_X * rows) {
        float weight = w[r];
        if (weight == 1.0f) continue;
        for (int column = THREAD % across; column < width; column += across) {
            long64 i = r * width + column;
            x[i] = weight == 0.0f ? 0.0f : weight * x[i];
        }
    }
}
