// One step of a plain recurrent cell (Elman 1990), all sequences at once.
// Forward   a = input + recurrent + b_ih + b_hh;  h = tanh(a), or max(0, a)
// Backward  da = (dy + d_recurrent)·(1−h²), or (dy + d_recurrent)·[h > 0]
//
// Arrays   forward
//          input            float [B,H]    in     W_ih·x; with tokens a table [V,H] of W_ih·x + b_ih
//          tokens           int [B]        in     the sequences' rows of the table; null without one
//          recurrent        float [B,H]    in     W_hh·h of the step before
//          input_bias       float [H]      in     b_ih; null with tokens
//          recurrent_bias   float [H]      in     b_hh
//          h                float [B,H]    out
//          h_factor         real [B,H]     out    h once more as a factor of products; null where h itself is one
//          backward
//          dy               float [B,H]    in     gradient of h through the output
//          d_recurrent      float [B,H]    in     the next step's d_gates times W_hh; null at the last step
//          h                float [B,H]    in     as forward left it
//          d_gates          real [B,H]     out    da
// Launch   any one-dimensional grid
// Traffic  forward B·H·(4·2 read, 4 + size of real written); backward B·H·(4·3 read, size of real written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

DEVICE float pre_activation(GLOBAL const float *input, GLOBAL const int *tokens, GLOBAL const float *recurrent,
                            GLOBAL const float *input_bias, GLOBAL const float *recurrent_bias, int i, int units) {
    int unit = i % units;
    float bias = recurrent_bias[unit] + (input_bias ? input_bias[unit] : 0.0f);
    return input[input_row(tokens, i / units, units) + unit] + recurrent[i] + bias;
}

KERNEL(elman_tanh_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(float, h), BUFFER(real, h_factor),
       int sequences, int units) {
    VIEW(const float, input);
    VIEW(const int, tokens);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(float, h);
    VIEW(real, h_factor);
    FOR_EACH(i, (long64)sequences * units) {
        float value = TANH(pre_activation(input, tokens, recurrent, input_bias, recurrent_bias, (int)i, units));
        h[i] = value;
        if (h_factor) STORE(h_factor, i, value);
    }
}

KERNEL(elman_relu_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(float, h), BUFFER(real, h_factor),
       int sequences, int units) {
    VIEW(const float, input);
    VIEW(const int, tokens);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(float, h);
    VIEW(real, h_factor);
    FOR_EACH(i, (long64)sequences * units) {
        float a = pre_activation(input, tokens, recurrent, input_bias, recurrent_bias, (int)i, units);
        float value = a <= 0.0f ? 0.0f : a;  // NaN stays NaN
        h[i] = value;
        if (h_factor) STORE(h_factor, i, value);
    }
}

KERNEL(elman_tanh_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent), BUFFER(const float, h),
       BUFFER(real, d_gates), int sequences, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, h);
    VIEW(real, d_gates);
    FOR_EACH(i, (long64)sequences * units) {
        float dh = dy[i] + (d_recurrent ? d_recurrent[i] : 0.0f);
        STORE(d_gates, i, dh * tanh_slope(h[i]));
    }
}

KERNEL(elman_relu_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent), BUFFER(const float, h),
       BUFFER(real, d_gates), int sequences, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, h);
    VIEW(real, d_gates);
    FOR_EACH(i, (long64)sequences * units) {
        float dh = dy[i] + (d_recurrent ? d_recurrent[i] : 0.0f);
        STORE(d_gates, i, h[i] > 0.0f ? dh : 0.0f);
    }
}
