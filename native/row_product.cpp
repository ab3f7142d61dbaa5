// y [rows] += W [rows,k]·x [k] for one text that is written token by token: W lies in bfloat16 or in bytes with a scale
// for each row, x and y in float32. Such a product is as quick as W can be read, so fewer bytes are less time.
//
// W lies in tiles of sixteen rows, whose weights for the same few elements of x are neighbours: a vector's lanes are
// rows, and nothing is added up across lanes. A result is the same, bit for bit, on every processor that runs this and
// however rows are divided among threads.
#include <immintrin.h>

#include <cstring>

#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma,avx2")))
#define NARROW __attribute__((target("avx2,fma")))
#define ALWAYS __attribute__((always_inline)) inline

namespace {

enum Unit { VECTORS = 0, WIDE_VECTORS = 1 };  // AVX2; AVX-512 with VNNI

constexpr int TILE = 16;    // rows
constexpr int TOGETHER = 4;  // tiles that share what is read of x

#include "row_bytes.h"
#include "row_halves.h"

long tile_bytes(int k) { return (long)groups(k) * GROUP * TILE; }

long tile_halves(int k) { return (long)(k + k % 2) * TILE; }

}  // namespace

// The units there are, a bit each.
extern "C" int row_product_runs_here() {
    bool narrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool wide = narrow && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512vnni");
    return (narrow ? 1 << VECTORS : 0) | (wide ? 1 << WIDE_VECTORS : 0);
}

extern "C" long row_product_factor_bytes() { return sizeof(Factor); }

// x as row_product_bytes takes it; `factor` has room for row_product_factor_bytes() at a multiple of 64.
extern "C" void row_product_factor(int unit, int k, const float *x, void *factor) {
    if (unit == WIDE_VECTORS) wide_factor(k, x, *(Factor *)factor);
    else narrow_factor(k, x, *(Factor *)factor);
}

// The tiles that w begins with; scales as many as their rows. k is at most 8192.
extern "C" void row_product_bytes(int unit, int rows, int k, const unsigned char *w, const float *scales,
                                  const void *factor, float *y) {
    const Factor &f = *(const Factor *)factor;
    int row = 0;
    if (unit == WIDE_VECTORS)
        for (; rows - row > (TOGETHER - 1) * TILE; row += TOGETHER * TILE)
            wide_bytes<TOGETHER>(rows - row, k, w + row / TILE * tile_bytes(k), scales + row, f, y + row);
    for (; row < rows; row += TILE) {
        auto one = unit == WIDE_VECTORS ? wide_bytes<1> : narrow_bytes;
        one(rows - row, k, w + row / TILE * tile_bytes(k), scales + row, f, y + row);
    }
}

extern "C" void row_product_halves(int unit, int rows, int k, const unsigned short *w, const float *x, float *y) {
    int row = 0;
    if (unit == WIDE_VECTORS)
        for (; rows - row > (TOGETHER - 1) * TILE; row += TOGETHER * TILE)
            wide_halves<TOGETHER>(rows - row, k, w + row / TILE * tile_halves(k), x, y + row);
    for (; row < rows; row += TILE) {
        auto one = unit == WIDE_VECTORS ? wide_halves<1> : narrow_halves;
        one(rows - row, k, w + row / TILE * tile_halves(k), x, y + row);
    }
}
