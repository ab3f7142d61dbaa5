// Probabilities of tokens as whole numbers, so that their sums are exact in any order and on every device: the weight
// of a token whose logit lies d below the largest is ⌊2^WEIGHT_BITS · 2^(−d·log2(e)/temperature)⌋, correct to 2^-28 of
// itself or one unit.
#ifndef LSTM_GPU_SAMPLING_WEIGHT_H
#define LSTM_GPU_SAMPLING_WEIGHT_H
#include "dialect.h"

#define WEIGHT_BITS 40  // up to 2^23 tokens, then the sum of all weights still fits
#define LOW_HALF ((ulong64)0xffffffffu)

// Keys order as the floats do; no float has the key 0.
DEVICE uint32 key_of(float z) {
    uint32 bits = z == 0.0f ? 0 : BITS_OF(z);  // both zeros are equal
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

DEVICE float logit_of(uint32 key) { return FLOAT_OF(key & 0x80000000u ? key & 0x7fffffffu : ~key); }

// A logit in units of 2^-32.
DEVICE long64 fixed_point(float z) {
    float bounded = z > 1.0e9f ? 1.0e9f : z < -1.0e9f ? -1.0e9f : z;
    return (long64)(bounded * 4294967296.0f);
}

DEVICE uint32 multiply_halves(uint32 a, uint32 b) { return (uint32)(((ulong64)a * b + 0x80000000u) >> 32); }

// 2^(−f·2^-32) in units of 2^-32: the series of exp, with coefficients (ln 2)^k / k!.
DEVICE ulong64 power_of_half(uint32 f) {
    uint32 sum = 437u - multiply_halves(f, 30u);
    sum = 5676u - multiply_halves(f, sum);
    sum = 65510u - multiply_halves(f, sum);
    sum = 661577u - multiply_halves(f, sum);
    sum = 5726720u - multiply_halves(f, sum);
    sum = 41309550u - multiply_halves(f, sum);
    sum = 238388332u - multiply_halves(f, sum);
    sum = 1031764991u - multiply_halves(f, sum);
    sum = 2977044472u - multiply_halves(f, sum);
    return ((ulong64)1 << 32) - multiply_halves(f, sum);
}

// The weight of a key below `largest`, where log2(e)/temperature = mantissa·2^-exponent with 2^31 ≤ mantissa < 2^32.
DEVICE ulong64 weight_of(uint32 key, uint32 largest, uint32 mantissa, int exponent) {
    float z = logit_of(key), top = logit_of(largest);
    if (key == largest) return (ulong64)1 << WEIGHT_BITS;
    if (!(z <= top)) return 0;  // not a number
    ulong64 distance = (ulong64)(fixed_point(top) - fixed_point(z));
    ulong64 low = (distance & LOW_HALF) * mantissa, high = (distance >> 32) * mantissa + (low >> 32);
    if (high >> exponent > WEIGHT_BITS) return 0;
    // distance·mantissa is high·2^32 + low; the power of two wanted is that, shifted down by the exponent.
    ulong64 power = exponent >= 32 ? high >> (exponent - 32) : high << (32 - exponent) | (low & LOW_HALF) >> exponent;
    return power_of_half((uint32)(power & LOW_HALF)) << (WEIGHT_BITS - 32) >> (power >> 32);
}

#endif
