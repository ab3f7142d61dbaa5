// Factors of native/bfloat16_product.cpp: float32 rounded to bfloat16, to nearest even as kernels/dialect.h does it,
// and put into the order in which they are multiplied.
//
// A factor is blocks of 1 KB, 16 words of 32 bits by 16, a word being two neighbours along the inner length:
//
//   left factor  A [m,k]:  [m/16][k/32][row][pair]       a row of a block is a row of A
//   right factor B [k,n]:  [n/16][k/32][pair][column]    a row of a block is two rows of B
//
// so that a block is what a tile register holds, a row of it a vector, and one is the other turned round. Missing rows
// and columns are zeros.
//
// AVX512-BF16 only, which every processor with AMX has too; bfloat16_factor_runs_here() says whether it is there.
#include <immintrin.h>

#include "bfloat16_vectors.h"

#ifdef HAS_BFLOAT16_VECTORS

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define INLINE TARGET __attribute__((always_inline)) inline

namespace {

constexpr int SIDE = 16;  // words of a block's side
constexpr int INNER = 32;
constexpr int BLOCK = SIDE * INNER;  // elements

struct Source {
    const float *x;
    long stride;
    int rows;
    int columns;
};

INLINE __mmask16 first(int count) { return count >= SIDE ? 0xffff : count <= 0 ? 0 : (__mmask16)((1 << count) - 1); }

INLINE __m512 load(const Source &source, int row, int column) {
    __mmask16 mask = row < source.rows ? first(source.columns - column) : 0;
    return _mm512_maskz_loadu_ps(mask, source.x + row * source.stride + column);
}

// Words of a row's neighbours. The instruction rounds to nearest even; NaN stays NaN, and a denormal number becomes 0,
// as the product takes it.
INLINE __m512i along(const Source &source, int row, int column) {
    return (__m512i)_mm512_cvtne2ps_pbh(load(source, row, column + SIDE), load(source, row, column));
}

// Words of two neighbouring rows.
INLINE __m512i across(const Source &source, int row, int column) {
    const __m512i by_turns = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22,
                                              6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    __m512bh rows = _mm512_cvtne2ps_pbh(load(source, row + 1, column), load(source, row, column));
    return _mm512_permutexvar_epi16(by_turns, (__m512i)rows);
}

// Exchanges the squares of D words beside the diagonal.
template <int D>
INLINE void exchange(__m512i *x) {
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __mmask16 second = _mm512_test_epi32_mask(lane, _mm512_set1_epi32(D));
    __m512i low = _mm512_mask_add_epi32(lane, second, lane, _mm512_set1_epi32(SIDE - D));
    __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(D));
    for (int i = 0; i < SIDE; i++)
        if (!(i & D)) {
            __m512i a = x[i], b = x[i + D];
            x[i] = _mm512_permutex2var_epi32(a, low, b);
            x[i + D] = _mm512_permutex2var_epi32(a, high, b);
        }
}

template <bool ACROSS, bool TURNED>
TARGET void block(const Source &source, int outer, int inner, unsigned short *target) {
    __m512i x[SIDE];
    for (int i = 0; i < SIDE; i++)
        x[i] = ACROSS ? across(source, inner + 2 * i, outer) : along(source, outer + i, inner);
    if (TURNED) {
        exchange<8>(x);
        exchange<4>(x);
        exchange<2>(x);
        exchange<1>(x);
    }
    for (int i = 0; i < SIDE; i++) _mm512_storeu_si512(target + i * INNER, x[i]);
}

template <bool ACROSS, bool TURNED>
TARGET void blocks(const Source &source, unsigned short *target, long group) {
    int outer = ACROSS ? source.columns : source.rows, inner = ACROSS ? source.rows : source.columns;
    for (int i = 0; i < outer; i += SIDE)
        for (int j = 0; j < inner; j += INNER)
            block<ACROSS, TURNED>(source, i, j, target + i / SIDE * group + j / INNER * BLOCK);
}

}  // namespace

// A [rows,columns], the inner length along the rows (across = 0) or across them, as left factor (right = 0) or right
// one; `group` elements lie between one sixteen rows or columns of it and the next.
extern "C" void bfloat16_factor(int rows, int columns, const float *x, long stride, int is_across, int right,
                                unsigned short *target, long group) {
    Source source = {x, stride, rows, columns};
    if (is_across) {
        if (right) blocks<true, false>(source, target, group);
        else blocks<true, true>(source, target, group);
    } else {
        if (right) blocks<false, true>(source, target, group);
        else blocks<false, false>(source, target, group);
    }
}

// Some rows of a right factor whose inner length is across them, an even number of rows after its beginning; the
// block's other rows stay as they are.
extern "C" TARGET void bfloat16_factor_rows(int rows, int columns, const float *x, long stride, unsigned short *target,
                                            long group) {
    Source source = {x, stride, rows, columns};
    for (int column = 0; column < columns; column += SIDE, target += group)
        for (int row = 0; row < rows; row += 2) _mm512_storeu_si512(target + row * SIDE, across(source, row, column));
}

#else

extern "C" void bfloat16_factor(int, int, const float *, long, int, int, unsigned short *, long) {}
extern "C" void bfloat16_factor_rows(int, int, const float *, long, unsigned short *, long) {}

#endif

extern "C" int bfloat16_factor_runs_here() { return bfloat16_vectors::run_here(); }
