// Gate functions and their derivatives, these in terms of the function's value.
#ifndef LSTM_GPU_CELL_MATH_H
#define LSTM_GPU_CELL_MATH_H
#include "dialect.h"

// σ(x) = 1/(1+e^−x). Where e^−x overflows the quotient is 0, as it should be.
DEVICE float sigmoid(float x) { return 1.0f / (1.0f + EXP(-x)); }

// σ'(x) for s = σ(x).
DEVICE float sigmoid_slope(float s) { return s * (1.0f - s); }

// tanh'(x) for t = tanh(x).
DEVICE float tanh_slope(float t) { return (1.0f - t) * (1.0f + t); }

// Where the row of a sequence's input product starts: in an array with a row per sequence or, with tokens, in a table
// with a row per token.
DEVICE long64 input_row(GLOBAL const int *tokens, int sequence, int columns) {
    return (long64)(tokens ? tokens[sequence] : sequence) * columns;
}

#endif
