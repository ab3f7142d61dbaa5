// Sums of columns, in two stages with a fixed order: column_partials sums chunks of rows, column_sum adds the chunks to
// out[j] += Σ_n x[n,j]; and the same to `also`, for two biases with the same gradient.
//
// Arrays   x          real [N,columns]          in
//          partials   float [chunks,columns]    between the two: row p sums rows p·rows_each to (p+1)·rows_each − 1
//          out        float [columns]           in and out
//          also       float [columns]           in and out; null where there is one sum only
// Launch   column_partials: (⌈columns/32⌉, chunks); a block takes 32 columns of a chunk, eight rows at a time.
//          column_sum: any one-dimensional grid
// Traffic  N·columns·size of real bytes read, 2·chunks·columns·4 for the partial sums, 8·columns for the result
// Needs    chunks·rows_each ≥ N; with rows_each above 64 the partial sums cost less than an eighth
#define BLOCK 256
#include "dialect.h"
#define COLUMNS 32
#define ROWS (BLOCK / COLUMNS)

KERNEL(column_partials, BUFFER(const real, x), BUFFER(float, partials), long64 rows, int columns, long64 rows_each) {
    LOCAL_ARRAY(float, sums, BLOCK);
    VIEW(const real, x);
    VIEW(float, partials);
    int row = THREAD / COLUMNS;
    long64 column = BLOCK_X * COLUMNS + THREAD % COLUMNS;
    long64 from = BLOCK_Y * rows_each, end = from + rows_each < rows ? from + rows_each : rows;
    float sum = 0.0f;
    if (column < columns) {
        for (long64 n = from + row; n < end; n += ROWS) sum += LOAD(x, n * columns + column);
    }
    sums[THREAD] = sum;
    BARRIER();
    if (row == 0 && column < columns) {
        for (int other = 1; other < ROWS; other++) sum += sums[other * COLUMNS + THREAD];
        partials[BLOCK_Y * columns + column] = sum;
    }
}

KERNEL(column_sum, BUFFER(const float, partials), BUFFER(float, out), BUFFER(float, also), int chunks, int columns) {
    VIEW(const float, partials);
    VIEW(float, out);
    VIEW(float, also);
    FOR_EACH(column, columns) {
        float sum = 0.0f;
        for (int chunk = 0; chunk < chunks; chunk++) sum += partials[(long64)chunk * columns + column];
        out[column] += sum;
        if (also) also[column] += sum;
    }
}
