// One step of an LSTM (Hochreiter and Schmidhuber 1997; forget gate of Gers 2000), all gates of all sequences at once.
// Forward   a = input + recurrent + b_ih + b_hh in the order i, f, g, o;  c = σ(f)·c_before + σ(i)·tanh(g);
//           h = σ(o)·tanh(c)
// Backward  dh = dy + d_recurrent;  dc = carried + dh·o·(1−tanh²c);  di = dc·g·i(1−i);  df = dc·c_before·f(1−f);
//           dg = dc·i·(1−g²);  do = dh·tanh(c)·o(1−o);  carried = dc·f
//
// Arrays   forward
//          input            float [B,4H]   in     W_ih·x; with tokens a table [V,4H] of W_ih·x + b_ih
//          tokens           int [B]        in     the sequences' rows of the table; null without one
//          recurrent        float [B,4H]   in     W_hh·h of the step before
//          input_bias       float [4H]     in     b_ih; null with tokens
//          recurrent_bias   float [4H]     in     b_hh
//          c_before         float [B,H]    in
//          gates            real [B,4H]    out    the activated gates; null where no backward pass follows
//          c, h             float [B,H]    out
//          h_factor         real [B,H]     out    h once more as a factor of products; null where h itself is one
//          backward
//          dy               float [B,H]    in     gradient of h through the output
//          d_recurrent      float [B,H]    in     the next step's gate gradients times W_hh; null at the last step
//          c_before, c      float [B,H]    in
//          carried          float [B,H]    in, but at the last step, and out: dc·f, for the step before
//          gates            real [B,4H]    in     the activated gates; out: their gradients di, df, dg, do
// Launch   any one-dimensional grid; neighbouring threads take neighbouring units, so every gate is read and written
//          coalesced
// Traffic  forward B·H·(4·(4+4+1) read, 4·2 + 5·size of real written); backward B·H·(4·5 + 4·size of real read, 4 +
//          4·size of real written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

KERNEL(lstm_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, c_before),
       BUFFER(real, gates), BUFFER(float, c), BUFFER(float, h), BUFFER(real, h_factor), int sequences, int units) {
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
    FOR_EACH(i, (long64)sequences * units) {
        int sequence = (int)i / units, unit = (int)i % units;
        long64 from = input_row(tokens, sequence, 4 * units) + unit, to = (long64)sequence * 4 * units + unit;
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
       BUFFER(const float, c), BUFFER(float, carried), BUFFER(real, gates), int sequences, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, c_before);
    VIEW(const float, c);
    VIEW(float, carried);
    VIEW(real, gates);
    FOR_EACH(i, (long64)sequences * units) {
        int sequence = (int)i / units, unit = (int)i % units;
        long64 at = (long64)sequence * 4 * units + unit;
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
