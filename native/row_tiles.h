// W in bytes beside many texts, for row_product.cpp, in tile registers (AMX): 16 rows of W by 64 columns are a
// register, and so are four digits of x of 16 groups of columns of 16 texts. The sums are those of row_bytes.h, whole
// numbers and therefore exact, and so are y's bits.
#pragma once

constexpr int SIDE = 16;    // rows, texts and groups of a register
constexpr int LINE = 64;    // bytes of its rows
constexpr int PLANES = 3;   // digits of a number of x
constexpr int PAIR = 2;     // registers of texts at a time

// What x [k,n] becomes: of each 16 texts scales and offsets, as those of Factor, then registers by planes and columns.
struct Texts {
    double scale[SIDE];
    double offset[SIDE];
};

int lines(int k) { return (k + LINE - 1) / LINE; }

long texts_bytes(int k) { return sizeof(Texts) + (long)PLANES * lines(k) * SIDE * LINE; }

#ifdef HAS_TILES

#define TILED __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma,amx-tile,amx-int8")))

// Sixteen texts or fewer.
TILED void tile_factor(int n, int k, const float *x, long stride, unsigned char *to) {
    Texts &texts = *(Texts *)to;
    __mmask16 mask = (__mmask16)((1 << n) - 1);
    __m512i most = _mm512_setzero_si512();
    const __m512i size = _mm512_set1_epi32(0x7fffffff);
    for (int i = 0; i < k; i++) {
        __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(mask, x + i * stride));
        most = _mm512_maskz_max_epi32(0xffff, most, _mm512_and_si512(bits, size));
    }
    int largest[SIDE], shift[SIDE];
    _mm512_storeu_si512(largest, most);
    for (int t = 0; t < SIDE; t++) {
        int exponent = (largest[t] >> 23) - 126;
        if (exponent < -100) exponent = -100;
        bool finite = largest[t] < 0x7f800000;
        shift[t] = finite ? (127 + BITS - exponent) << 23 : 0;
        texts.scale[t] = finite ? __builtin_ldexp(1.0, exponent - BITS) : __builtin_nan("");
    }
    __m512 up = _mm512_castsi512_ps(_mm512_loadu_si512(shift));
    __mmask16 finite = _mm512_test_epi32_mask(_mm512_castps_si512(up), _mm512_castps_si512(up));
    const __m512 rounding = _mm512_set1_ps(12582912.0f);
    const __m512i half = _mm512_set1_epi32(0x808080), low = _mm512_set1_epi32(0xff);
    long plane = (long)lines(k) * SIDE * LINE;
    unsigned char *line = to + sizeof(Texts);
    __m512d total[2] = {_mm512_setzero_pd(), _mm512_setzero_pd()};
    for (int i = 0; i < lines(k) * LINE; i += GROUP, line += LINE) {
        __m512i sum = _mm512_setzero_si512();
        __m512i digits[PLANES] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()};
        for (int j = 0; j < GROUP && i + j < k; j++) {
            __m512 values = _mm512_maskz_loadu_ps(mask & finite, x + (i + j) * stride);
            __m512i number = _mm512_sub_epi32(_mm512_castps_si512(_mm512_fmadd_ps(values, up, rounding)),
                                              _mm512_castps_si512(rounding));
            sum = _mm512_add_epi32(sum, number);
            number = _mm512_xor_si512(_mm512_add_epi32(number, half), half);
            for (int p = 0; p < PLANES; p++) {
                __m512i digit = _mm512_and_si512(_mm512_maskz_srl_epi32(0xffff, number, _mm_cvtsi32_si128(8 * p)), low);
                digits[p] = _mm512_or_si512(digits[p], _mm512_maskz_sll_epi32(0xffff, digit, _mm_cvtsi32_si128(8 * j)));
            }
        }
        for (int p = 0; p < PLANES; p++) _mm512_storeu_si512(line + p * plane, digits[p]);
        for (int h = 0; h < 2; h++) {
            __m256i eight = h == 0 ? _mm512_maskz_extracti32x8_epi32(0xff, sum, 0)
                                   : _mm512_maskz_extracti32x8_epi32(0xff, sum, 1);
            total[h] = _mm512_add_pd(total[h], _mm512_maskz_cvtepi32_pd(0xff, eight));
        }
    }
    for (int h = 0; h < 2; h++)
        _mm512_storeu_pd(texts.offset + h * SIDE / 2, _mm512_mul_pd(_mm512_set1_pd(OFFSET), total[h]));
}

// Where y is: rows of W and texts lie so many numbers apart.
struct Result {
    float *y;
    long row_stride;
    long text_stride;
};

// Half of the texts of a register.
TILED __attribute__((always_inline)) inline __m256 tile_half(const int *sums, double scale, const Texts &texts,
                                                              int from, __m256 before) {
    __m512d sum = _mm512_setzero_pd();
    for (int p = PLANES - 1; p >= 0; p--) {
        const __m256i *eight = (const __m256i *)(sums + p * SIDE * SIDE + from);
        __m512d digit = _mm512_maskz_cvtepi32_pd(0xff, _mm256_loadu_si256(eight));
        sum = _mm512_fmadd_pd(sum, _mm512_set1_pd(256), digit);
    }
    sum = _mm512_sub_pd(sum, _mm512_loadu_pd(texts.offset + from));
    __m512d factor = _mm512_mul_pd(_mm512_set1_pd(scale), _mm512_loadu_pd(texts.scale + from));
    return _mm512_maskz_cvtpd_ps(0xff, _mm512_fmadd_pd(sum, factor, _mm512_maskz_cvtps_pd(0xff, before)));
}

// Adds to y of some rows and texts what their sums [plane,row,text] are.
TILED void tile_finish(int rows, int n, const int *sums, const float *scales, const Texts &texts, Result to) {
    __mmask16 mask = (__mmask16)((1 << n) - 1);
    for (int row = 0; row < rows; row++, sums += SIDE, to.y += to.row_stride) {
        float some[SIDE] = {};
        if (to.text_stride == 1) _mm512_storeu_ps(some, _mm512_maskz_loadu_ps(mask, to.y));
        else for (int t = 0; t < n; t++) some[t] = to.y[t * to.text_stride];
        for (int from = 0; from < n; from += SIDE / 2) {
            __m256 after = tile_half(sums, (double)scales[row], texts, from, _mm256_loadu_ps(some + from));
            _mm256_storeu_ps(some + from, after);
        }
        if (to.text_stride == 1) _mm512_mask_storeu_ps(to.y, mask, _mm512_loadu_ps(some));
        else for (int t = 0; t < n; t++) to.y[t * to.text_stride] = some[t];
    }
}

// Keeps what is read and written beside the registers in its order.
#define FENCE asm volatile("" ::: "memory")

// Sixteen rows beside T registers of texts: sums of the first in registers 0 to 2, of the second in 3 to 5.
template <int T>
TILED __attribute__((always_inline)) inline void tile_sums(int k, const unsigned char *w, const unsigned char *x,
                                                           long between, int (*sums)[PLANES * SIDE * SIDE]) {
    long plane = (long)lines(k) * SIDE * LINE;
    FENCE;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    if (T == PAIR) {
        _tile_zero(3);
        _tile_zero(4);
        _tile_zero(5);
    }
    for (int line = 0; line < lines(k); line++, w += SIDE * LINE, x += SIDE * LINE) {
        _tile_loadd(6, w, LINE);
        _tile_loadd(7, x, LINE);
        _tile_dpbusd(0, 6, 7);
        _tile_loadd(7, x + plane, LINE);
        _tile_dpbusd(1, 6, 7);
        _tile_loadd(7, x + 2 * plane, LINE);
        _tile_dpbusd(2, 6, 7);
        if (T == PAIR) {
            _tile_loadd(7, x + between, LINE);
            _tile_dpbusd(3, 6, 7);
            _tile_loadd(7, x + between + plane, LINE);
            _tile_dpbusd(4, 6, 7);
            _tile_loadd(7, x + between + 2 * plane, LINE);
            _tile_dpbusd(5, 6, 7);
        }
    }
    _tile_stored(0, sums[0], LINE);
    _tile_stored(1, sums[0] + SIDE * SIDE, LINE);
    _tile_stored(2, sums[0] + 2 * SIDE * SIDE, LINE);
    if (T == PAIR) {
        _tile_stored(3, sums[T - 1], LINE);
        _tile_stored(4, sums[T - 1] + SIDE * SIDE, LINE);
        _tile_stored(5, sums[T - 1] + 2 * SIDE * SIDE, LINE);
    }
    FENCE;
}

TILED void tile_product(int rows, int n, int k, const unsigned char *w, const float *scales, const unsigned char *x,
                        Result to) {
    static const tiles::Configuration configuration;
    alignas(64) int sums[PAIR][PLANES * SIDE * SIDE];
    long between = texts_bytes(k);
    _tile_loadconfig(&configuration);
    for (int row = 0; row < rows; row += SIDE, w += (long)lines(k) * SIDE * LINE)
        for (int text = 0; text < n; text += PAIR * SIDE) {
            const unsigned char *from = x + text / SIDE * between;
            int registers = n - text > SIDE ? PAIR : 1;
            if (registers == PAIR) tile_sums<PAIR>(k, w, from + sizeof(Texts), between, sums);
            else tile_sums<1>(k, w, from + sizeof(Texts), between, sums);
            for (int t = 0; t < registers; t++) {
                int first = text + t * SIDE;
                Result part = {to.y + row * to.row_stride + first * to.text_stride, to.row_stride, to.text_stride};
                tile_finish(rows - row < SIDE ? rows - row : SIDE, n - first < SIDE ? n - first : SIDE, sums[t],
                            scales + row, *(const Texts *)(from + t * between), part);
            }
        }
    _tile_release();
}

#else

void tile_factor(int, int, const float *, long, unsigned char *) {}

struct Result {
    float *y;
    long row_stride;
    long text_stride;
};

void tile_product(int, int, int, const unsigned char *, const float *, const unsigned char *, Result) {}

#endif
