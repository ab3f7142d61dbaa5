// One step of an LSTM whose gates see c (Gers and Schmidhuber 2000), all gates of all sequences at once.
// Forward   a = input + recurrent + b_ih + b_hh in the order i, f, g, o;
//           c = σ(f + p_f·c_before)·c_before + σ(i + p_i·c_before)·tanh(g);  h = σ(o + p_o·c)·tanh(c)
// Backward  dh = dy + d_recurrent;  do = dh·tanh(c)·o(1−o);  dc = carried + dh·o·(1−tanh²c) + do·p_o;
//           di = dc·g·i(1−i);  df = dc·c_before·f(1−f);  dg = dc·i·(1−g²);  carried = dc·f + di·p_i + df·p_f
//
// Arrays   as those of lstm_cell.cu, and before c_before
//          peepholes        float [3H]     in     p_i, p_f, p_o
// Launch   any one-dimensional grid; neighbouring threads take neighbouring units, so every gate is read and written
//          coalesced
// Traffic  forward B·H·(4·(4+4+1) read, 4·2 + 5·size of real written); backward B·H·(4·5 + 4·size of real read, 4 +
//          4·size of real written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

KERNEL(peephole_lstm_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, peepholes),
       BUFFER(const float, c_before), BUFFER(real, gates), BUFFER(float, c), BUFFER(float, h), BUFFER(real, h_factor),
       int sequences, int units) {
    VIEW(const float, input);
    VIEW(const int, tokens);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(const float, peepholes);
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
        float before = c_before[i], candidate = TANH(a[2]);
        float in = sigmoid(FMA(peepholes[unit], before, a[0]));
        float forget = sigmoid(FMA(peepholes[units + unit], before, a[1]));
        float state = FMA(forget, before, in * candidate);
        float out = sigmoid(FMA(peepholes[2 * units + unit], state, a[3])), value = out * TANH(state);
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

KERNEL(peephole_lstm_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent),
       BUFFER(const float, peepholes), BUFFER(const float, c_before), BUFFER(const float, c), BUFFER(float, carried),
       BUFFER(real, gates), int sequences, int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, peepholes);
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
        float d_out = dh * squashed * sigmoid_slope(out);
        float dc = FMA(dh * out, tanh_slope(squashed), d_recurrent ? carried[i] : 0.0f);
        dc = FMA(d_out, peepholes[2 * units + unit], dc);
        float d_in = dc * candidate * sigmoid_slope(in), d_forget = dc * c_before[i] * sigmoid_slope(forget);
        carried[i] = FMA(d_in, peepholes[unit], FMA(d_forget, peepholes[units + unit], dc * forget));
        STORE(gates, at, d_in);
        STORE(gates, at + units, d_forget);
        STORE(gates, at + 2 * units, dc * in * tanh_slope(candidate));
        STORE(gates, at + 3 * units, d_out);
    }
}
