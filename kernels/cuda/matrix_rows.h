// Rows of matrices [rows,columns] in a block's shared memory, times a vector that other blocks store piece by piece.
//
// A thread has the columns 2t, 2t+1 and every 512th pair on, in each row. It waits for its own part of the vector only,
// so that between loading and multiplying no thread waits for another; the sums of a row are added over the lanes,
// then over the warps.
#ifndef LSTM_GPU_CUDA_MATRIX_ROWS_H
#define LSTM_GPU_CUDA_MATRIX_ROWS_H
#include "cuda/warp_sums.h"

constexpr int PAIR = 2, REACH = PAIR * BLOCK;

// Two neighbours at once, the first of which has an even place.
DEVICE void read_pair(const float *p, float (&pair)[PAIR]) {
    const ulong64 both = *(const ulong64 *)p;
    pair[0] = FLOAT_OF((uint32)both), pair[1] = FLOAT_OF((uint32)(both >> 32));
}

DEVICE void read_pair(const bits16 *p, float (&pair)[PAIR]) {
    const uint32 both = *(const uint32 *)p;
    pair[0] = FLOAT_OF(both << 16), pair[1] = FLOAT_OF(both & 0xffff0000u);
}

// Waits for the thread's part of a vector to be tagged with this number, and keeps it.
DEVICE void load_vector(float *vector, const ulong64 *tagged, int columns, uint32 number, int patience) {
    for (int column = THREAD * PAIR; column < columns; column += REACH) {
        float pair[PAIR];
        for (uint32 asked = 0; !load_tagged_pair(tagged + column, number, pair);) ask_again(asked, patience);
        for (int i = 0; i < PAIR; i++) vector[column + i] = pair[i];
    }
}

// Starts copying the rows; place(i) is the row of the matrix in device memory that becomes row i.
template <class Place>
DEVICE void copy_rows(real *rows, const real *matrix, int count, int columns, const Place &place) {
    const int elements = 16 / (int)sizeof(real), pieces = columns / elements;
    for (int i = THREAD; i < count * pieces; i += BLOCK) {
        copy_async(rows + i * elements, matrix + (long64)place(i / pieces) * columns + i % pieces * elements, true);
    }
}

// parts [.] of N rows = what the warp's columns give.
template <int N>
DEVICE void multiply_rows(float *parts, const real *rows, const float *vector, int columns) {
    float sums[N] = {};
    for (int column = THREAD * PAIR; column < columns; column += REACH) {
        float x[PAIR], w[PAIR];
        read_pair(vector + column, x);
        UNROLL for (int i = 0; i < N; i++) {
            read_pair(rows + i * columns + column, w);
            sums[i] = FMA(w[0], x[0], FMA(w[1], x[1], sums[i]));
        }
    }
    const float sum = sum_of_lanes(sums);
    if (THREAD % (WARP / N) == 0) parts[THREAD % WARP * N / WARP] = sum;
}

// parts [WARPS,count], to be added up behind a BARRIER.
DEVICE void multiply(float *parts, const real *rows, int count, const float *vector, int columns) {
    float *own = parts + THREAD / WARP * count;
    int row = 0;
    for (; row + 16 <= count; row += 16) multiply_rows<16>(own + row, rows + row * columns, vector, columns);
    for (; row + 4 <= count; row += 4) multiply_rows<4>(own + row, rows + row * columns, vector, columns);
    for (; row < count; row++) multiply_rows<1>(own + row, rows + row * columns, vector, columns);
}

DEVICE float sum_of_warps(const float *parts, int count, int row) {
    float sum = 0.0f;
    UNROLL for (int warp = 0; warp < WARPS; warp++) sum += parts[warp * count + row];
    return sum;
}

#endif
