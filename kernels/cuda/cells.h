// What a step of each cell computes for one unit and sequence, in float (../lstm_cell.cu, ../gru_cell.cu,
// ../elman_cell.cu have the formulas).
//
//   GATES            rows of W_hh per unit, in PyTorch's order
//   SIDES            pre-activations: for each gate the sum of the input's and the hidden side. GRU's candidate n has
//                    them apart, the input's at 2 and the hidden side's, the q of gru_cell.cu, at 3
//   HAS_CELL         the state that a step takes from the one before is c, not h
//   KEEPS_GATES      backward reads the activated gates; otherwise h tells all
//   activate(a, state)
//                    returns h of the step. a [SIDES]: in pre-activations, out activated gates (and q as it was);
//                    state: in before, out after the step
//   gradients(d, a, before, now, dh, carried)
//                    d [SIDES], out: gradients of the pre-activations. a [SIDES]: as activate left it; before, now: the
//                    states; dh: gradient of h through the output and W_hh; carried: in what the step after left there,
//                    out what the step before takes
//
// Needs    CELL, one of LSTM, GRU, RNN_TANH and RNN_RELU, as a constant of the compiler
#ifndef LSTM_GPU_CUDA_CELLS_H
#define LSTM_GPU_CUDA_CELLS_H
#include "cuda/words.h"

struct LSTM {
    static constexpr int GATES = 4, SIDES = 4;
    static constexpr bool HAS_CELL = true, KEEPS_GATES = true;

    DEVICE float activate(float (&a)[SIDES], float &c) {
        UNROLL for (int gate = 0; gate < GATES; gate++) {
            a[gate] = gate == 2 ? quick_tanh(a[gate]) : quick_sigmoid(a[gate]);
        }
        c = FMA(a[1], c, a[0] * a[2]);
        return a[3] * quick_tanh(c);
    }

    DEVICE void gradients(float (&d)[SIDES], const float (&a)[SIDES], float c_before, float c, float dh,
                          float &carried) {
        const float in = a[0], forget = a[1], candidate = a[2], out = a[3], squashed = quick_tanh(c);
        const float dc = FMA(dh * out, (1.0f - squashed) * (1.0f + squashed), carried);
        carried = dc * forget;
        d[0] = dc * candidate * in * (1.0f - in);
        d[1] = dc * c_before * forget * (1.0f - forget);
        d[2] = dc * in * (1.0f - candidate) * (1.0f + candidate);
        d[3] = dh * squashed * out * (1.0f - out);
    }
};

struct GRU {
    static constexpr int GATES = 3, SIDES = 4;
    static constexpr bool HAS_CELL = false, KEEPS_GATES = true;

    DEVICE float activate(float (&a)[SIDES], float &h) {
        a[0] = quick_sigmoid(a[0]);
        a[1] = quick_sigmoid(a[1]);
        a[2] = quick_tanh(FMA(a[0], a[3], a[2]));
        h = FMA(a[1], h - a[2], a[2]);
        return h;
    }

    DEVICE void gradients(float (&d)[SIDES], const float (&a)[SIDES], float h_before, float, float dh, float &carried) {
        const float reset = a[0], update = a[1], candidate = a[2], q = a[3], whole = dh + carried;
        carried = whole * update;
        const float dn = whole * (1.0f - update) * (1.0f - candidate) * (1.0f + candidate);
        d[0] = dn * q * reset * (1.0f - reset);
        d[1] = whole * (h_before - candidate) * update * (1.0f - update);
        d[2] = dn;
        d[3] = dn * reset;
    }
};

struct RNN_TANH {
    static constexpr int GATES = 1, SIDES = 1;
    static constexpr bool HAS_CELL = false, KEEPS_GATES = false;

    DEVICE float activate(float (&a)[SIDES], float &h) { return h = quick_tanh(a[0]); }

    DEVICE void gradients(float (&d)[SIDES], const float (&)[SIDES], float, float h, float dh, float &) {
        d[0] = dh * (1.0f - h) * (1.0f + h);
    }
};

struct RNN_RELU {
    static constexpr int GATES = 1, SIDES = 1;
    static constexpr bool HAS_CELL = false, KEEPS_GATES = false;

    DEVICE float activate(float (&a)[SIDES], float &h) { return h = a[0] <= 0.0f ? 0.0f : a[0]; }  // NaN stays NaN

    DEVICE void gradients(float (&d)[SIDES], const float (&)[SIDES], float, float h, float dh, float &) {
        d[0] = h > 0.0f ? dh : 0.0f;
    }
};

constexpr int GATES = CELL::GATES, SIDES = CELL::SIDES;
constexpr bool CANDIDATE_APART = SIDES > GATES;

// Where a gate's product with W_hh goes among the pre-activations, and its gradient among theirs.
DEVICE constexpr int hidden_side(int gate) { return gate + 1 == GATES ? SIDES - 1 : gate; }

#endif
