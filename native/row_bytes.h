// W in bytes, for row_product.cpp. x becomes whole numbers of 22 bits and a sign beside its largest element, about as
// exact as float32, in digits that instructions for bytes take. Sums of products are whole numbers and therefore exact.
// W's bytes are read as unsigned, 128 too large, which is subtracted at the end.
#pragma once

constexpr int GROUP = 4;    // elements of x whose bytes are neighbours in W
constexpr int BITS = 22;    // of x's whole numbers
constexpr int MOST = 8192;  // k, of W in bytes: sums stay below 2^31
constexpr int SPLIT = 11;   // bits of the lower of two digits
constexpr int OFFSET = 128;
constexpr int AHEAD = 1024;  // bytes of a tile that are asked for early, a tenth of the time of the second cache

// What x becomes: x = numbers·scale. The digits of number i are those at i of each plane.
struct Factor {
    double scale;
    double offset;  // what W's offset adds to a sum
    union {
        alignas(64) signed char bytes[3][MOST];
        alignas(64) short words[2][MOST];
    };
};

// numbers [k rounded up to whole groups] and the scale; a scale that is no number where an element is none.
ALWAYS void whole_numbers(int k, int padded, const float *x, int *numbers, Factor &f) {
    int most = 0;
    for (int i = 0; i < k; i++) {
        int size;
        memcpy(&size, x + i, sizeof size);
        size &= 0x7fffffff;
        most = size > most ? size : most;
    }
    int exponent = (most >> 23) - 126;
    if (exponent < -100) exponent = -100;
    bool finite = most < 0x7f800000;
    float up;
    int up_bits = finite ? (127 + BITS - exponent) << 23 : 0;
    memcpy(&up, &up_bits, sizeof up);
    f.scale = finite ? __builtin_ldexp(1.0, exponent - BITS) : __builtin_nan("");
    const float rounding = 12582912.0f;  // 1.5·2^23: what is added to it is rounded to a whole number
    long sum = 0;
    for (int i = 0; i < k; i++) {
        float shifted = finite ? x[i] * up + rounding : rounding;
        int number;
        memcpy(&number, &shifted, sizeof number);
        numbers[i] = number - 0x4b400000;
        sum += numbers[i];
    }
    for (int i = k; i < padded; i++) numbers[i] = 0;
    f.offset = (double)OFFSET * (double)sum;
}

ALWAYS void three_digits(int n, const int *numbers, Factor &f) {
    for (int p = 0; p < 3; p++)
        for (int i = 0; i < n; i++) f.bytes[p][i] = (signed char)(((numbers[i] + 0x808080) ^ 0x808080) >> 8 * p);
}

ALWAYS void two_digits(int n, const int *numbers, Factor &f) {
    constexpr int half = 1 << (SPLIT - 1);
    for (int i = 0; i < n; i++) {
        int high = (numbers[i] + half) >> SPLIT;
        f.words[0][i] = (short)(numbers[i] - high * (1 << SPLIT));
        f.words[1][i] = (short)high;
    }
}

int groups(int k) { return (k + GROUP - 1) / GROUP; }

WIDE void wide_factor(int k, const float *x, Factor &f) {
    int numbers[MOST], n = groups(k) * GROUP;
    whole_numbers(k, n, x, numbers, f);
    three_digits(n, numbers, f);
}

NARROW void narrow_factor(int k, const float *x, Factor &f) {
    int numbers[MOST], n = groups(k) * GROUP;
    whole_numbers(k, n, x, numbers, f);
    two_digits(n, numbers, f);
}

// A tile's y from exact sums.
ALWAYS void finish(const double *sums, const float *scales, const Factor &f, int rows, float *y) {
    float before[TILE] = {}, after[TILE];
    int n = rows < TILE ? rows : TILE;
    memcpy(before, y, n * sizeof *y);
    for (int r = 0; r < TILE; r++)
        after[r] = (float)__builtin_fma(sums[r] - f.offset, (double)scales[r] * f.scale, (double)before[r]);
    memcpy(y, after, n * sizeof *y);
}

// T tiles, one behind the other.
template <int T>
WIDE void wide_bytes(int rows, int k, const unsigned char *w, const float *scales, const Factor &f, float *y) {
    __m512i sum[T][3];
    for (int t = 0; t < T; t++)
        for (int p = 0; p < 3; p++) sum[t][p] = _mm512_setzero_si512();
    long stride = (long)groups(k) * GROUP * TILE;
    for (int g = 0; g < groups(k); g++) {
        __m512i digit[3];
        for (int p = 0; p < 3; p++) {
            int four;
            memcpy(&four, f.bytes[p] + g * GROUP, sizeof four);
            digit[p] = _mm512_set1_epi32(four);
        }
        for (int t = 0; t < T; t++) {
            const unsigned char *at = w + t * stride + g * GROUP * TILE;
            _mm_prefetch((const char *)at + AHEAD, _MM_HINT_T0);
            __m512i weights = _mm512_loadu_si512(at);
            for (int p = 0; p < 3; p++) sum[t][p] = _mm512_dpbusd_epi32(sum[t][p], weights, digit[p]);
        }
    }
    for (int t = 0; t < T; t++) {
        int parts[3][TILE];
        double sums[TILE];
        for (int p = 0; p < 3; p++) _mm512_storeu_si512(parts[p], sum[t][p]);
        for (int r = 0; r < TILE; r++) sums[r] = parts[0][r] + 256.0 * parts[1][r] + 65536.0 * parts[2][r];
        finish(sums, scales + t * TILE, f, rows - t * TILE, y + t * TILE);
    }
}

NARROW void narrow_bytes(int rows, int k, const unsigned char *w, const float *scales, const Factor &f, float *y) {
    __m256i sum[2][4];  // of four rows, each in two halves
    for (int p = 0; p < 2; p++)
        for (int q = 0; q < 4; q++) sum[p][q] = _mm256_setzero_si256();
    for (int g = 0; g < groups(k); g++, w += GROUP * TILE) {
        __m256i digit[2];
        for (int p = 0; p < 2; p++) {
            long long four;
            memcpy(&four, f.words[p] + g * GROUP, sizeof four);
            digit[p] = _mm256_set1_epi64x(four);
        }
        for (int q = 0; q < 4; q++) {
            __m256i weights = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(w + q * TILE)));
            for (int p = 0; p < 2; p++)
                sum[p][q] = _mm256_add_epi32(sum[p][q], _mm256_madd_epi16(weights, digit[p]));
        }
    }
    int parts[2][TILE];
    double sums[TILE];
    for (int p = 0; p < 2; p++)
        for (int q = 0; q < 4; q += 2) {
            __m256i pairs = _mm256_hadd_epi32(sum[p][q], sum[p][q + 1]);
            _mm256_storeu_si256((__m256i *)(parts[p] + q * 4), _mm256_permute4x64_epi64(pairs, 0xd8));
        }
    for (int r = 0; r < TILE; r++) sums[r] = parts[0][r] + (double)(1 << SPLIT) * parts[1][r];
    finish(sums, scales, f, rows, y);
}
