// C = op(A)·op(B), or C += op(A)·op(B): a tiled product for machines without cuBLAS.
//
// Arrays   a    real [rows,depth]       in     with transpose_a [depth,rows]
//          b    real [depth,columns]    in     with transpose_b [columns,depth]
//          c    float [rows,columns]    out; with add: in and out
//          all row-major and dense
// Launch   any one-dimensional grid, best one block per tile: ⌈rows/TILE⌉·⌈columns/TILE⌉. A thread keeps TILE/16 ×
//          TILE/16 sums in registers; DEPTH of the depth are in shared memory at a time, a row of a tile one float
//          longer than it needs to be, so that a transposing write meets no bank twice
// Traffic  ⌈rows/TILE⌉·columns·depth + ⌈columns/TILE⌉·rows·depth reals read; 4·rows·columns bytes written, and read
//          with add
// Needs    TILE 64 and DEPTH 16 unless the compiler is given both: TILE a multiple of 16
#define BLOCK 256
#include "dialect.h"
#ifndef TILE
#define TILE 64
#define DEPTH 16
#endif
#define STRIDE (TILE + 1)
#define ACROSS 16  // BLOCK = ACROSS²
#define SIDE (TILE / ACROSS)

// Brings [TILE,DEPTH] of a factor, `outer` counting C's rows or columns, into tile [DEPTH,STRIDE]; zeros outside the
// factor. Neighbouring threads read neighbours in memory.
DEVICE void load_tile(GLOBAL const real *factor, LOCAL float *tile, long64 outer_from, long64 depth_from,
                      long64 outer_size, long64 depth_size, int depth_is_fast) {
    for (int place = THREAD; place < TILE * DEPTH; place += BLOCK) {
        int outer = depth_is_fast ? place / DEPTH : place % TILE, inner = depth_is_fast ? place % DEPTH : place / TILE;
        long64 o = outer_from + outer, d = depth_from + inner;
        int inside = o < outer_size && d < depth_size;
        tile[inner * STRIDE + outer] =
            inside ? LOAD(factor, depth_is_fast ? o * depth_size + d : d * outer_size + o) : 0.0f;
    }
}

KERNEL(gemm, BUFFER(const real, a), BUFFER(const real, b), BUFFER(float, c), int rows, int columns, int depth,
       int transpose_a, int transpose_b, int add) {
    LOCAL_ARRAY(float, a_tile, DEPTH *STRIDE);
    LOCAL_ARRAY(float, b_tile, DEPTH *STRIDE);
    VIEW(const real, a);
    VIEW(const real, b);
    VIEW(float, c);
    long64 across = ((long64)columns + TILE - 1) / TILE, tiles = ((long64)rows + TILE - 1) / TILE * across;
    int row = THREAD / ACROSS * SIDE, column = THREAD % ACROSS * SIDE;
    for (long64 tile = BLOCK_X; tile < tiles; tile += BLOCKS_X) {
        long64 row_from = tile / across * TILE, column_from = tile % across * TILE;
        float sums[SIDE][SIDE] = {{0.0f}};
        for (int from = 0; from < depth; from += DEPTH) {
            load_tile(a, a_tile, row_from, from, rows, depth, !transpose_a);
            load_tile(b, b_tile, column_from, from, columns, depth, transpose_b);
            BARRIER();
            for (int k = 0; k < DEPTH; k++) {
                for (int i = 0; i < SIDE; i++) {
                    float left = a_tile[k * STRIDE + row + i];
                    for (int j = 0; j < SIDE; j++) sums[i][j] = FMA(left, b_tile[k * STRIDE + column + j], sums[i][j]);
                }
            }
            BARRIER();
        }
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                long64 n = row_from + row + i, m = column_from + column + j;
                if (n < rows && m < columns) c[n * columns + m] = sums[i][j] + (add ? c[n * columns + m] : 0.0f);
            }
        }
    }
}
