// What the gates of a step of many texts start from, for lane_product.cpp, without copies.
#pragma once

namespace cells {

TARGET void fill(int m, int n, const float *bias, float *c) {
    for (int row = 0; row < m; row++, c += n)
        for (int at = 0; at < n; at += WIDTH) {
            __mmask16 mask = n - at < WIDTH ? (__mmask16)((1 << (n - at)) - 1) : (__mmask16)0xffff;
            _mm512_mask_storeu_ps(c + at, mask, _mm512_set1_ps(bias[row]));
        }
}

// At most sixteen rows, of sixteen texts at a time, of which each is read as it lies in the table.
TARGET void gather(int m, int n, const float *bias, const float *table, long table_stride, const int *tokens,
                   float *c) {
    __mmask16 rows = (__mmask16)((1 << m) - 1);
    for (int at = 0; at < n; at += WIDTH) {
        __mmask16 texts = n - at < WIDTH ? (__mmask16)((1 << (n - at)) - 1) : (__mmask16)0xffff;
        __m512 x[WIDTH];
        for (int i = 0; i < WIDTH; i++)
            x[i] = at + i < n ? _mm512_maskz_loadu_ps(rows, table + tokens[at + i] * table_stride)
                              : _mm512_setzero_ps();
        turn(x);
        for (int row = 0; row < m; row++)
            _mm512_mask_storeu_ps(c + (long)row * n + at, texts, _mm512_add_ps(x[row], _mm512_set1_ps(bias[row])));
    }
}

}  // namespace cells
