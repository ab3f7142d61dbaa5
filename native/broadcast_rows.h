// The factor of a product whose elements are broadcast: R rows of A, read column by column.
//
// A row in three has a pointer of its own and the other two are one and two strides behind it, which the processor adds
// up within the load. Left to itself gcc 12 adds them up with instructions of their own, about as many as there are
// multiply-adds.
#pragma once
#include <immintrin.h>

template <int R>
class BroadcastRows {
    static constexpr int GROUP = 3;
    const float *first[(R + GROUP - 1) / GROUP];
    long stride;

public:
    __attribute__((always_inline)) inline BroadcastRows(const float *a, long a_stride) : stride(a_stride) {
        for (int r = 0; r < R; r += GROUP) {
            first[r / GROUP] = a + r * a_stride;
            __asm__("" : "+r"(first[r / GROUP]));  // so that it stays a pointer, and is not worked out anew each time
        }
    }

    __attribute__((always_inline)) inline const float *at(int row, int column) const {
        return first[row / GROUP] + row % GROUP * stride + column;
    }

    // From now on columns are counted from this one on.
    __attribute__((always_inline)) inline void forward(long columns) {
        for (int r = 0; r < R; r += GROUP) first[r / GROUP] += columns;
    }
};
