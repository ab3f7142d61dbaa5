// Gather of table rows: out[n,:] = table[tokens[n],:].
//
// Arrays   table    float [V,width]    in
//          tokens   int [N]            in     each in [0, V)
//          out      float [N,width]    out
// Launch   any one-dimensional grid; a block takes ⌊BLOCK/width⌋ rows at once, or one row in strips of BLOCK columns
// Traffic  4·N·width bytes read, 4·N·width written
// Needs    nothing
#define BLOCK 256
#include "dialect.h"

KERNEL(embed, BUFFER(const float, table), BUFFER(const int, tokens), BUFFER(float, out), long64 n, int width) {
    VIEW(const float, table);
    VIEW(const int, tokens);
    VIEW(float, out);
    int across = width < BLOCK ? width : BLOCK;
    int rows = BLOCK / across;
    int row = THREAD / across;
    if (row >= rows) return;
    for (long64 i = BLOCK_X * rows + row; i < n; i += BLOCKS_X * rows) {
        long64 from = (long64)tokens[i] * width;
        for (int column = THREAD % across; column < width; column += across) {
            out[i * width + column] = table[from + column];
        }
    }
}
