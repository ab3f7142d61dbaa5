// y [rows] += W [rows,k]·x [k] for a text that is written token by token: W lies in bfloat16 or in bytes with a scale
// for each row, x and y in float32. Such a product is as quick as W can be read, so fewer bytes are less time. Of texts
// that are written side by side each has the bits that it has alone.
//
// W lies in tiles of sixteen rows, whose weights for the same few elements of x are neighbours: a vector's lanes are
// rows, and nothing is added up across lanes. A result is the same, bit for bit, on every processor that runs this and
// however rows are divided among threads.
#include <immintrin.h>

#include <cstring>

#include "tiles.h"

#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma,avx2")))
#define NARROW __attribute__((target("avx2,fma")))
#define ALWAYS __attribute__((always_inline)) inline

namespace {

enum Unit { VECTORS = 0, WIDE_VECTORS = 1, TILES = 2 };  // AVX2; AVX-512 with VNNI; AMX, for many texts

constexpr int TILE = 16;    // rows
constexpr int TOGETHER = 4;  // tiles that share what is read of x
constexpr int ROWS = 256;    // of a text at a time, beside others

#include "row_bytes.h"
#include "row_halves.h"
#include "row_tiles.h"

long tile_bytes(int k) { return (long)groups(k) * GROUP * TILE; }

long tile_halves(int k) { return (long)(k + k % 2) * TILE; }

}  // namespace

// The units there are, a bit each.
extern "C" int row_product_runs_here() {
    bool narrow = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool wide = narrow && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512vnni");
    bool tiled = wide && tiles::run_here(tiles::BYTES);
    return (narrow ? 1 << VECTORS : 0) | (wide ? 1 << WIDE_VECTORS : 0) | (tiled ? 1 << TILES : 0);
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

// What follows is for n texts whose x lies as [k,n]; y's rows lie row_stride numbers apart and texts text_stride.

// Bytes of what row_product_texts_factor makes.
extern "C" long row_product_texts_bytes(int n, int k) { return (n + SIDE - 1) / SIDE * texts_bytes(k); }

// x for tile registers; `factor` begins at a multiple of 64 bytes.
extern "C" void row_product_texts_factor(int n, int k, const float *x, unsigned char *factor) {
    for (int text = 0; text < n; text += SIDE, factor += texts_bytes(k))
        tile_factor(n - text < SIDE ? n - text : SIDE, k, x + text, n, factor);
}

// W in tiles of sixteen rows, of which 64 columns of each row lie side by side, before those of the next columns.
extern "C" void row_product_texts_tiles(int rows, int n, int k, const unsigned char *w, const float *scales,
                                        const unsigned char *factor, float *y, long row_stride, long text_stride) {
    tile_product(rows, n, k, w, scales, factor, {y, row_stride, text_stride});
}

// One text after the other; `column` has room for k numbers and `one` for what row_product_factor makes.
extern "C" void row_product_texts_one_by_one(int unit, int bytes, int rows, int n, int k, const void *w,
                                             const float *scales, const float *x, float *y, long row_stride,
                                             long text_stride, float *column, void *one) {
    if (!bytes && unit == WIDE_VECTORS) {
        const unsigned short *tile = (const unsigned short *)w;
        for (int row = 0; row < rows; row += TILE, tile += tile_halves(k))
            wide_halves_of_texts(rows - row, n, k, tile, x, n, y + row * row_stride, row_stride, text_stride);
        return;
    }
    for (int text = 0; text < n; text++) {
        for (int i = 0; i < k; i++) column[i] = x[(long)i * n + text];
        if (bytes) row_product_factor(unit, k, column, one);
        for (int row = 0; row < rows; row += ROWS) {
            int count = rows - row < ROWS ? rows - row : ROWS;
            float some[ROWS], *to = y + row * row_stride + text * text_stride;
            for (int r = 0; r < count; r++) some[r] = to[r * row_stride];
            if (bytes)
                row_product_bytes(unit, count, k, (const unsigned char *)w + row / TILE * tile_bytes(k), scales + row,
                                  one, some);
            else
                row_product_halves(unit, count, k, (const unsigned short *)w + row / TILE * tile_halves(k), column,
                                   some);
            for (int r = 0; r < count; r++) to[r * row_stride] = some[r];
        }
    }
}
