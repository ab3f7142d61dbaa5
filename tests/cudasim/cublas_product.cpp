// The product itself: both factors are copied to panels of floats, rounded where asked, and summed in the order of
// depth, 256 at a time.
#include "cublas_product.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace cublas {
namespace {

constexpr int WIDE = 32, HIGH = 4, DEEP = 256;

float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// To ten bits of mantissa, to nearest even.
float round_to_tf32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if ((bits & 0x7f800000u) == 0x7f800000u) return value;
    return from_bits((bits + 0xfffu + ((bits >> 13) & 1)) & ~0x1fffu);
}

float read(const void *factor, long place, Factors factors) {
    if (factors == BFLOATS) return from_bits((uint32_t)((const uint16_t *)factor)[place] << 16);
    float value = ((const float *)factor)[place];
    return factors == TF32 ? round_to_tf32(value) : value;
}

// panel[depth][0..width) of rows [row, row+count) of op(A), the rest zero; likewise columns of op(B).
void fill_panel(const void *factor, long stride, bool along_depth, long row, int count, int depth, int width, Factors factors,
                float *panel) {
    for (int k = 0; k < depth; k++) {
        for (int i = 0; i < width; i++) {
            long place = along_depth ? (row + i) * stride + k : k * stride + row + i;
            panel[k * width + i] = i < count ? read(factor, place, factors) : 0.0f;
        }
    }
}

void add_tile(const float *__restrict a, const float *__restrict b, int depth, float (&__restrict sums)[HIGH][WIDE]) {
    float tile[HIGH][WIDE] = {};
    for (int k = 0; k < depth; k++) {
        for (int j = 0; j < HIGH; j++) {
            float factor = b[k * HIGH + j];
            for (int i = 0; i < WIDE; i++) tile[j][i] = __builtin_fmaf(a[k * WIDE + i], factor, tile[j][i]);
        }
    }
    for (int j = 0; j < HIGH; j++) {
        for (int i = 0; i < WIDE; i++) sums[j][i] += tile[j][i];
    }
}

void write_tile(const Product &p, int row, int column, const float (&sums)[HIGH][WIDE]) {
    float alpha = p.alpha_at ? *p.alpha_at : p.alpha, beta = p.beta_at ? *p.beta_at : p.beta;
    for (int j = 0; j < std::min(HIGH, p.n - column); j++) {
        float *target = p.c + (column + j) * p.ldc + row;
        for (int i = 0; i < std::min(WIDE, p.m - row); i++) {
            target[i] = alpha * sums[j][i] + (beta == 0.0f ? 0.0f : beta * target[i]);
        }
    }
}

}  // namespace

void multiply(const Product &p) {
    static std::vector<float> a, b;
    a.resize((size_t)WIDE * (size_t)p.k);
    b.resize((size_t)p.k * (size_t)((p.n + HIGH - 1) / HIGH * HIGH));
    for (int column = 0; column < p.n; column += HIGH) {
        fill_panel(p.b, p.ldb, !p.transpose_b, column, std::min(HIGH, p.n - column), p.k, HIGH, p.factors, &b[(size_t)column * (size_t)p.k]);
    }
    for (int row = 0; row < p.m; row += WIDE) {
        fill_panel(p.a, p.lda, p.transpose_a, row, std::min(WIDE, p.m - row), p.k, WIDE, p.factors, a.data());
        for (int column = 0; column < p.n; column += HIGH) {
            float sums[HIGH][WIDE] = {};
            const float *columns = &b[(size_t)column * (size_t)p.k];
            for (int k = 0; k < p.k; k += DEEP) add_tile(&a[(size_t)k * WIDE], columns + (size_t)k * HIGH, std::min(DEEP, p.k - k), sums);
            write_tile(p, row, column, sums);
        }
    }
}

}  // namespace cublas
