// Corrections of running averages: 1 − β^t = one_minus_exp(t·ln β). Included after dialect.h.
#ifndef LSTM_GPU_ONE_MINUS_EXP_H
#define LSTM_GPU_ONE_MINUS_EXP_H

// 1 − exp(x) for x ≤ 0: near 0, where the difference would cancel, from the series of exp.
DEVICE float one_minus_exp(float x) {
    if (x < -0.5f) return 1.0f - EXP(x);
    float sum = 1.0f;
    for (int k = 9; k > 1; k--) sum = FMA(sum, x / (float)k, 1.0f);
    return -x * sum;
}

#endif
