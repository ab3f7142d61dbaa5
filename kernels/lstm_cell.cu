// One step of an LSTM (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000), all gates of all lanes at once.
// Forward   a = input + recurrent + b_ih + b_hh in the order i, f, g, o;  c = σ(f)·c_before + σ(i)·tanh(g);  h = σ(o)·tanh(c)
// Backward dh = dy + d_recurrent; dc = carried + dh·o·(1−tanh²c); di = dc·g·i(1−i); df = dc·c_before·f(1−f); dg =
// dc·i·(1−g²);
//           do = dh·tanh(c)·o(1−o);  carried = dc·f
//
// Shapes   input [B,4H], W_ih·x; with tokens int [B] a table [V,4H] of W_ih·x + b_ih, then input_bias is null; recurrent [B,4H], W_hh·h;
//          biases [4H]; c_before, c, h, dy, d_recurrent, carried [B,H]; gates real [B,4H]: forward leaves the activated gates there (or is
//          given null), backward puts their gradients in place of them; h_factor real [B,H] is h once more as a factor of products, or null
//          d_recurrent is the product of the next step's gate gradients with W_hh; null at the last step, then carried is not read
// Launch   any one-dimensional grid; neighbouring threads take neighbouring units, so every gate is one coalesced stream
// Traffic forward B·H·(4·(4+4+1) read, 4·2 + 5·size of real written); backward B·H·(4·5 + 4·size of real read, 4 +
// 4·size written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

KERNEL(lstm_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, c_before),
       BUFFER(real, gates), BUFFER(float, c), BUFFER(float, h), BUFFER(real, h_factor), int lanes, int units) {
    VIEW(const float, input);
    VIEW(const int, tokens);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(const float, c_before);
    VIEW(real, gates);
    VIEW(float, c);
    VIEW(float, h);
    VIEW(real, h_factor);
    FOR_EACH(i, (long64)lanes * units) {
        int lane = (int)i / units, unit = (int)i % units;
        long64 from = input_row(tokens, lane, 4 * units) + unit, to = (long64)lane * 4 * units + unit;
        float a[4];
        for (int gate = 0; gate < 4; gate++) {
            int offset = gate * units;
            float bias = recurrent_bias[offset + unit] + (input_bias ? input_bias[offset + unit] : 0.0f);
            a[gate] = input[from + offset] + recurrent[to + offset] + bias;
        }
        float in = sigmoid(a[0]), forget = sigmoid(a[1]), candidate = TANH(a[2]), out = sigmoid(a[3]);
        float state = FMA(forget, c_before[i], in * candidate), value = out * TANH(state);
        c[i] = state;
        h[i] = value;
        if (h_factor) STORE(h_factor, i, value);
        if (gates) {
            STORE(gates, to, in);
            STORE(gates, to + units, forget);
            STORE(gates, to + 2 * units, candidate);
            STORE(gates, to + 3 * units, out);
        }
    }
}

KERNEL(lstm_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent), BUFFER(const float, c_before),
       BUFFER(const float, c), BUFFER(float, carried), BUFFER(real, gates), int lanes, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, c_before);
    VIEW(const float, c);
    VIEW(float, carried);
    VIEW(real, gates);
    FOR_EACH(i, (long64)lanes * units) {
        int lane = (int)i / units, unit = (int)i % units;
        long64 at = (long64)lane * 4 * units + unit;
        float in = LOAD(gates, at), forget = LOAD(gates, at + units);
        float candidate = LOAD(gates, at + 2 * units), out = LOAD(gates, at + 3 * units);
        float squashed = TANH(c[i]);
        float dh = dy[i] + (d_recurrent ? d_recurrent[i] : 0.0f);
        float dc = FMA(dh * out, tanh_slope(squashed), d_recurrent ? carried[i] : 0.0f);
        carried[i] = dc * forget;
        STORE(gates, at, dc * candidate * sigmoid_slope(in));
        STORE(gates, at + units, dc * c_before[i] * sigmoid_slope(forget));
        STORE(gates, at + 2 * units, dc * in * tanh_slope(candidate));
        STORE(gates, at + 3 * units, dh * squashed * sigmoid_slope(out));
    }
}
