// The arithmetic of cuDNN's recurrent layers, plainly: the equations of cudnnRNNMode_t with both biases, gates in the
// order i, f, g, o for LSTM and r, z, n for GRU (reset gate after the product). Values are stored in the layer's type
// and computed in float.
#include "cudnn_rnn.h"

#include <cmath>
#include <cstring>
#include <vector>

#include "service.h"

namespace cudnn {
namespace {

typedef std::vector<float> Floats;

enum Stage : uint32_t { FORWARDED = 0x46575244, DATA_DONE = 0x44415441, WEIGHTS_DONE = 0x57475453 };

float of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

uint16_t to_bfloat16(float value) {
    uint32_t bits = bits_of(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 64);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

float rounded(const Shape &shape, float value) {
    if (!shape.tf32 || !std::isfinite(value)) return value;
    return of_bits((bits_of(value) + 0xfff + (bits_of(value) >> 13 & 1)) & ~0x1fffu);
}

// Values as factors of a product: null means zeros.
Floats read(const Shape &shape, const void *from, size_t count, bool factor = false) {
    Floats values(count);
    if (!from) return values;
    for (size_t i = 0; i < count; i++) {
        values[i] = shape.type == FLOAT ? ((const float *)from)[i] : of_bits((uint32_t)((const uint16_t *)from)[i] << 16);
        if (factor) values[i] = rounded(shape, values[i]);
    }
    return values;
}

void write(const Shape &shape, const float *values, size_t count, void *to) {
    if (!to) return;
    for (size_t i = 0; i < count; i++) {
        if (shape.type == FLOAT) ((float *)to)[i] = values[i];
        else ((uint16_t *)to)[i] = to_bfloat16(values[i]);
    }
}

// What the next step reads back of what was written.
float stored(const Shape &shape, float value) { return shape.type == FLOAT ? value : of_bits((uint32_t)to_bfloat16(value) << 16); }

// c [n,rows] = a [n,depth] · bᵀ, b [rows,depth], plus bias.
void multiply_transposed(const float *a, const float *b, const float *bias, int n, int rows, int depth, float *c) {
    for (int i = 0; i < n; i++) {
        for (int r = 0; r < rows; r++) {
            const float *left = a + (size_t)i * depth, *right = b + (size_t)r * depth;
            float parts[16] = {}, sum = 0;
            int k = 0;
            for (; k + 16 <= depth; k += 16) {
                for (int j = 0; j < 16; j++) parts[j] += left[k + j] * right[k + j];
            }
            for (; k < depth; k++) sum += left[k] * right[k];
            for (float part : parts) sum += part;
            c[(size_t)i * rows + r] = sum + bias[r];
        }
    }
}

// c [n,columns] += a [n,rows] · b [rows,columns].
void multiply_add(const Shape &shape, const float *a, const float *b, int n, int rows, int columns, float *c) {
    for (int i = 0; i < n; i++) {
        for (int r = 0; r < rows; r++) {
            float factor = rounded(shape, a[(size_t)i * rows + r]);
            for (int k = 0; k < columns; k++) c[(size_t)i * columns + k] += factor * b[(size_t)r * columns + k];
        }
    }
}

// c [rows,columns] += aᵀ·b, a [n,rows], b [n,columns]; sums [rows] += column sums of a.
void multiply_outer(const Shape &shape, const float *a, const float *b, int n, int rows, int columns, float *c, float *sums) {
    for (int i = 0; i < n; i++) {
        for (int r = 0; r < rows; r++) {
            float factor = rounded(shape, a[(size_t)i * rows + r]);
            sums[r] += a[(size_t)i * rows + r];
            for (int k = 0; k < columns; k++) c[(size_t)r * columns + k] += factor * b[(size_t)i * columns + k];
        }
    }
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

struct Reserve {
    uint32_t *stage;
    float *gates, *extra, *hidden_new;
    Reserve(const Shape &s, void *start) : stage((uint32_t *)start) {
        size_t cells = (size_t)s.steps * s.batch * s.hidden;
        gates = (float *)((char *)start + 64);
        extra = gates + cells * s.gates();
        hidden_new = extra + cells;
    }
    // The calls of one pass must come in their order; otherwise the result is NaN, so that no test can pass.
    bool follows(Stage before, Stage now, const char *function, const Shape &shape, size_t count, void *result) {
        bool right = *stage == before;
        *stage = now;
        if (right) return true;
        cudasim_report(function, "the reserve space does not come from the call before this one");
        write(shape, Floats(count, NAN).data(), count, result);
        return false;
    }
};

struct Weights {
    Floats all;
    const float *w, *r, *bw, *br;
    Weights(const Shape &s, const void *space) : all(read(s, space, s.weights())) {
        size_t rows = (size_t)s.gates() * s.hidden, matrices = rows * ((size_t)s.input + s.hidden);
        for (size_t i = 0; i < matrices; i++) all[i] = rounded(s, all[i]);
        w = all.data();
        r = w + rows * s.input;
        bw = w + matrices;
        br = bw + rows;
    }
};

// One sequence of one step: gates holds W·x + b_W and becomes the activated gates; recurrent is R·h + b_R.
void apply(const Shape &s, float *gates, const float *recurrent, const float *h, float *c, float *extra, float *out) {
    int H = s.hidden;
    for (int u = 0; u < H; u++) {
        if (s.cell == LSTM) {
            float i = gates[u] = sigmoid(gates[u] + recurrent[u]), f = gates[H + u] = sigmoid(gates[H + u] + recurrent[H + u]);
            float g = gates[2 * H + u] = std::tanh(gates[2 * H + u] + recurrent[2 * H + u]);
            float o = gates[3 * H + u] = sigmoid(gates[3 * H + u] + recurrent[3 * H + u]);
            c[u] = f * c[u] + i * g;
            extra[u] = c[u];
            out[u] = o * std::tanh(c[u]);
        } else if (s.cell == GRU) {
            float r = gates[u] = sigmoid(gates[u] + recurrent[u]), z = gates[H + u] = sigmoid(gates[H + u] + recurrent[H + u]);
            extra[u] = recurrent[2 * H + u];
            float n = gates[2 * H + u] = std::tanh(gates[2 * H + u] + r * extra[u]);
            out[u] = (1 - z) * n + z * h[u];
        } else {
            float a = gates[u] + recurrent[u];
            out[u] = gates[u] = s.cell == RNN_TANH ? std::tanh(a) : a > 0 ? a : 0;
        }
    }
}

// The reverse of apply: gates become their gradients, hidden_new the gradient by R·h + b_R of GRU's n; dh becomes what
// flows to h directly.
void revert(const Shape &s, float *gates, const float *extra, const float *before, float *dh, float *dc, float *hidden_new) {
    int H = s.hidden;
    for (int u = 0; u < H; u++) {
        if (s.cell == LSTM) {
            float i = gates[u], f = gates[H + u], g = gates[2 * H + u], o = gates[3 * H + u], t = std::tanh(extra[u]);
            float d = dc[u] + dh[u] * o * (1 - t * t);
            gates[u] = d * g * i * (1 - i);
            gates[H + u] = d * before[u] * f * (1 - f);
            gates[2 * H + u] = d * i * (1 - g * g);
            gates[3 * H + u] = dh[u] * t * o * (1 - o);
            dc[u] = d * f;
            dh[u] = 0;
        } else if (s.cell == GRU) {
            float r = gates[u], z = gates[H + u], n = gates[2 * H + u];
            float dn = dh[u] * (1 - z) * (1 - n * n);
            gates[u] = dn * extra[u] * r * (1 - r);
            gates[H + u] = dh[u] * (before[u] - n) * z * (1 - z);
            gates[2 * H + u] = dn;
            hidden_new[u] = dn * r;
            dh[u] *= z;
        } else {
            float y = gates[u];
            gates[u] = s.cell == RNN_TANH ? dh[u] * (1 - y * y) : y > 0 ? dh[u] : 0;
            dh[u] = 0;
        }
    }
}

// Gradients by R·h + b_R: the gates', but for GRU's n.
Floats recurrent_side(const Shape &s, const float *gates, const float *hidden_new, size_t sequences) {
    size_t rows = (size_t)s.gates() * s.hidden;
    Floats values(gates, gates + sequences * rows);
    for (size_t sequence = 0; s.cell == GRU && sequence < sequences; sequence++) {
        memcpy(&values[sequence * rows + 2 * s.hidden], hidden_new + sequence * s.hidden, sizeof(float) * (size_t)s.hidden);
    }
    return values;
}

}  // namespace

void run(const Forward &call) {
    const Shape &s = call.shape;
    size_t B = (size_t)s.batch, H = (size_t)s.hidden, rows = s.gates() * H, state = B * H, N = s.steps * B;
    Weights weights(s, call.weights);
    Floats x = read(s, call.x, N * s.input, true), h = read(s, call.hx, state), c = read(s, call.cx, state);
    Floats gates(N * rows), recurrent(B * rows), extra(N * H), out(N * H), factor(state);
    multiply_transposed(x.data(), weights.w, weights.bw, (int)N, (int)rows, s.input, gates.data());
    for (int t = 0; t < s.steps; t++) {
        for (size_t i = 0; i < state; i++) factor[i] = rounded(s, h[i]);
        multiply_transposed(factor.data(), weights.r, weights.br, s.batch, (int)rows, s.hidden, recurrent.data());
        for (size_t sequence = 0; sequence < B; sequence++) {
            size_t at = t * B + sequence;
            apply(s, &gates[at * rows], &recurrent[sequence * rows], &h[sequence * H], &c[sequence * H], &extra[at * H], &out[at * H]);
        }
        for (size_t i = 0; i < state; i++) h[i] = stored(s, out[t * state + i]);
    }
    write(s, out.data(), N * H, call.y);
    write(s, h.data(), state, call.hy);
    write(s, c.data(), state, call.cy);
    if (!call.training) return;
    Reserve reserve(s, call.reserve);
    *reserve.stage = FORWARDED;
    memcpy(reserve.gates, gates.data(), gates.size() * sizeof(float));
    memcpy(reserve.extra, extra.data(), extra.size() * sizeof(float));
}

void run(const BackwardData &call) {
    const Shape &s = call.shape;
    size_t B = (size_t)s.batch, H = (size_t)s.hidden, rows = s.gates() * H, state = B * H, N = s.steps * B;
    Reserve reserve(s, call.reserve);
    if (!reserve.follows(FORWARDED, DATA_DONE, "cudnnRNNBackwardData_v8", s, N * s.input, call.dx)) return;
    Weights weights(s, call.weights);
    Floats y = read(s, call.y, N * H), dy = read(s, call.dy, N * H), hx = read(s, call.hx, state), cx = read(s, call.cx, state);
    Floats dh = read(s, call.dhy, state), dc = read(s, call.dcy, state), dx(N * s.input);
    for (int t = s.steps - 1; t >= 0; t--) {
        for (size_t i = 0; i < state; i++) dh[i] += dy[t * state + i];
        for (size_t sequence = 0; sequence < B; sequence++) {
            size_t at = t * B + sequence, past = at - B;
            const float *before = s.cell == LSTM ? (t ? reserve.extra + past * H : &cx[sequence * H]) : (t ? &y[past * H] : &hx[sequence * H]);
            revert(s, reserve.gates + at * rows, reserve.extra + at * H, before, &dh[sequence * H], &dc[sequence * H], reserve.hidden_new + at * H);
        }
        Floats side = recurrent_side(s, reserve.gates + t * B * rows, reserve.hidden_new + t * state, B);
        multiply_add(s, side.data(), weights.r, s.batch, (int)rows, s.hidden, dh.data());
    }
    multiply_add(s, reserve.gates, weights.w, (int)N, (int)rows, s.input, dx.data());
    write(s, dx.data(), dx.size(), call.dx);
    write(s, dh.data(), state, call.dhx);
    write(s, dc.data(), state, call.dcx);
}

void run(const BackwardWeights &call) {
    const Shape &s = call.shape;
    size_t B = (size_t)s.batch, H = (size_t)s.hidden, rows = s.gates() * H, state = B * H, N = s.steps * B;
    Reserve reserve(s, call.reserve);
    if (!reserve.follows(DATA_DONE, WEIGHTS_DONE, "cudnnRNNBackwardWeights_v8", s, s.weights(), call.gradients)) return;
    Floats x = read(s, call.x, N * s.input, true), before = read(s, call.hx, state, true), y = read(s, call.y, N * H, true);
    before.insert(before.end(), y.begin(), y.end());
    Floats side = recurrent_side(s, reserve.gates, reserve.hidden_new, N), sums(s.weights());
    float *r = &sums[rows * s.input], *bw = r + rows * H, *br = bw + rows;
    multiply_outer(s, reserve.gates, x.data(), (int)N, (int)rows, s.input, sums.data(), bw);
    multiply_outer(s, side.data(), before.data(), (int)N, (int)rows, s.hidden, r, br);
    Floats held = read(s, call.gradients, sums.size());
    for (size_t i = 0; i < sums.size(); i++) sums[i] += held[i];
    write(s, sums.data(), sums.size(), call.gradients);
}

}  // namespace cudnn
