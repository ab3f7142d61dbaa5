// A sequence's settings, as java/lstmgpu/backend/SamplingRows.java writes them.
#ifndef LSTM_GPU_SAMPLING_ROW_H
#define LSTM_GPU_SAMPLING_ROW_H

#define ROW_WORDS 16
#define ROW_PENALTY 4
#define ROW_SEED 5  // in two words, as the least weight
#define ROW_SEQUENCE 7
#define ROW_BEGUN 8
#define ROW_GREEDY 9
#define ROW_MANTISSA 10
#define ROW_EXPONENT 11
#define ROW_TOP_K 12
#define ROW_TOP_P 13
#define ROW_MIN_WEIGHT 14

DEVICE ulong64 row_long(GLOBAL const int *row, int place) {
    return (ulong64)(uint32)row[place + 1] << 32 | (uint32)row[place];
}

#endif
