// Gradients of an LSTM's peepholes (peephole_lstm_cell.cu), the first of two stages in a fixed order: sums over chunks
// of rows, which are steps and sequences; column_sum (column_sum.cu) adds the chunks.
//           dp_i = Σ_n di[n]·c_before[n];  dp_f = Σ_n df[n]·c_before[n];  dp_o = Σ_n do[n]·c[n]
//
// Arrays   gates            real [N,4H]         in     di, df, dg, do
//          c_before, c      float [N,H]         in
//          partials         float [chunks,3H]   out    row p sums rows p·rows_each to (p+1)·rows_each − 1
// Launch   (⌈3H/32⌉, chunks); a block takes 32 columns of a chunk, eight rows at a time
// Traffic  N·3H·(size of real + 4) bytes read, chunks·3H·4 written
// Needs    chunks·rows_each ≥ N
#define BLOCK 256
#include "dialect.h"
#define COLUMNS 32
#define ROWS (BLOCK / COLUMNS)

KERNEL(peephole_partials, BUFFER(const real, gates), BUFFER(const float, c_before), BUFFER(const float, c),
       BUFFER(float, partials), long64 rows, int units, long64 rows_each) {
    LOCAL_ARRAY(float, sums, BLOCK);
    VIEW(const real, gates);
    VIEW(const float, c_before);
    VIEW(const float, c);
    VIEW(float, partials);
    int row = THREAD / COLUMNS;
    long64 column = BLOCK_X * COLUMNS + THREAD % COLUMNS, columns = 3 * (long64)units;
    long64 from = BLOCK_Y * rows_each, end = from + rows_each < rows ? from + rows_each : rows;
    float sum = 0.0f;
    if (column < columns) {
        bool of_output = column >= 2 * (long64)units;
        long64 unit = column % units, gate = of_output ? column + units : column;
        for (long64 n = from + row; n < end; n += ROWS) {
            float seen = of_output ? c[n * units + unit] : c_before[n * units + unit];
            sum = FMA(LOAD(gates, n * 4 * units + gate), seen, sum);
        }
    }
    sums[THREAD] = sum;
    BARRIER();
    if (row == 0 && column < columns) {
        for (int other = 1; other < ROWS; other++) sum += sums[other * COLUMNS + THREAD];
        partials[BLOCK_Y * columns + column] = sum;
    }
}
