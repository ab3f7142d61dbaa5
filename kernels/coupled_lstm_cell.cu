// One step of an LSTM whose forget gate is 1 − input gate (CIFG of Greff et al. 2016), all gates of all sequences.
// Forward   a = input + recurrent + b_ih + b_hh in the order i, g, o;  c = c_before + σ(i)·(tanh(g) − c_before);
//           h = σ(o)·tanh(c)
// Backward  dh = dy + d_recurrent;  dc = carried + dh·o·(1−tanh²c);  di = dc·(g − c_before)·i(1−i);
//           dg = dc·i·(1−g²);  do = dh·tanh(c)·o(1−o);  carried = dc·(1−i)
//
// Arrays   as those of lstm_cell.cu, with rows of 3H in the place of 4H
// Launch   any one-dimensional grid; neighbouring threads take neighbouring units, so every gate is read and written
//          coalesced
// Traffic  forward B·H·(4·(3+3+1) read, 4·2 + 4·size of real written); backward B·H·(4·5 + 3·size of real read, 4 +
//          3·size of real written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

KERNEL(coupled_lstm_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
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
        long64 from = input_row(tokens, sequence, 3 * units) + unit, to = (long64)sequence * 3 * units + unit;
        float a[3];
        for (int gate = 0; gate < 3; gate++) {
            int offset = gate * units;
            float bias = recurrent_bias[offset + unit] + (input_bias ? input_bias[offset + unit] : 0.0f);
            a[gate] = input[from + offset] + recurrent[to + offset] + bias;
        }
        float in = sigmoid(a[0]), candidate = TANH(a[1]), out = sigmoid(a[2]), before = c_before[i];
        float state = FMA(in, candidate - before, before), value = out * TANH(state);
        c[i] = state;
        h[i] = value;
        if (h_factor) STORE(h_factor, i, value);
        if (gates) {
            STORE(gates, to, in);
            STORE(gates, to + units, candidate);
            STORE(gates, to + 2 * units, out);
        }
    }
}

KERNEL(coupled_lstm_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent), BUFFER(const float, c_before),
       BUFFER(const float, c), BUFFER(float, carried), BUFFER(real, gates), int sequences, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, c_before);
    VIEW(const float, c);
    VIEW(float, carried);
    VIEW(real, gates);
    FOR_EACH(i, (long64)sequences * units) {
        int sequence = (int)i / units, unit = (int)i % units;
        long64 at = (long64)sequence * 3 * units + unit;
        float in = LOAD(gates, at), candidate = LOAD(gates, at + units), out = LOAD(gates, at + 2 * units);
        float squashed = TANH(c[i]);
        float dh = dy[i] + (d_recurrent ? d_recurrent[i] : 0.0f);
        float dc = FMA(dh * out, tanh_slope(squashed), d_recurrent ? carried[i] : 0.0f);
        carried[i] = dc * (1.0f - in);
        STORE(gates, at, dc * (candidate - c_before[i]) * sigmoid_slope(in));
        STORE(gates, at + units, dc * in * tanh_slope(candidate));
        STORE(gates, at + 2 * units, dh * squashed * sigmoid_slope(out));
    }
}
