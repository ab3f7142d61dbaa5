// One step of a GRU (Cho et al. 2014) with the reset gate after the product, all gates of all sequences at once.
// Forward   r = σ(input_r + b_ir + recurrent_r + b_hr);  z likewise;  q = recurrent_n + b_hn;
//           n = tanh(input_n + b_in + r·q);  h = (1−z)·n + z·h_before
// Backward  dh = dy + d_recurrent + carried;  dn = dh·(1−z)·(1−n²);  dr = dn·q·r(1−r);  dz = dh·(h_before−n)·z(1−z);
//           dq = dn·r;  carried = dh·z
//
// Arrays   forward
//          input            float [B,3H]   in     W_ih·x in the order r, z, n; with tokens a table [V,3H], with b_ih
//          tokens           int [B]        in     the sequences' rows of the table; null without one
//          recurrent        float [B,3H]   in     W_hh·h of the step before
//          input_bias       float [3H]     in     b_ih; null with tokens
//          recurrent_bias   float [3H]     in     b_hh
//          h_before         float [B,H]    in
//          gates            real [B,3H]    out    r, z, n; null where no backward pass follows
//          q                real [B,H]     out    q; null where gates is
//          h                float [B,H]    out
//          h_factor         real [B,H]     out    h once more as a factor of products; null where h itself is one
//          backward
//          dy               float [B,H]    in     gradient of h through the output
//          d_recurrent      float [B,H]    in     the next step's d_hidden times W_hh; null at the last step
//          h_before         float [B,H]    in
//          q                real [B,H]     in     as forward left it
//          carried          float [B,H]    in, but at the last step, and out: dh·z, for the step before
//          gates            real [B,3H]    in     r, z, n; out: dr, dz, dn, the gradients of the input's side
//          d_hidden         real [B,3H]    out    dr, dz, dq, the gradients of the hidden side
// Launch   any one-dimensional grid; neighbouring threads take neighbouring units, so every gate is read and written
//          coalesced
// Traffic  forward B·H·(4·(3+3+1) read, 4 + 5·size of real written); backward B·H·(4·4 + 4·size of real read, 4 +
//          6·size of real written)
// Needs    B·H < 2^31
#define BLOCK 256
#include "cell_math.h"

KERNEL(gru_forward, BUFFER(const float, input), BUFFER(const int, tokens), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, h_before),
       BUFFER(real, gates), BUFFER(real, q), BUFFER(float, h), BUFFER(real, h_factor), int sequences, int units) {
    VIEW(const float, input);
    VIEW(const int, tokens);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(const float, h_before);
    VIEW(real, gates);
    VIEW(real, q);
    VIEW(float, h);
    VIEW(real, h_factor);
    FOR_EACH(i, (long64)sequences * units) {
        int sequence = (int)i / units, unit = (int)i % units;
        long64 from = input_row(tokens, sequence, 3 * units) + unit, to = (long64)sequence * 3 * units + unit;
        float x[3], a[3];
        for (int gate = 0; gate < 3; gate++) {
            int offset = gate * units;
            x[gate] = input[from + offset] + (input_bias ? input_bias[offset + unit] : 0.0f);
            a[gate] = recurrent[to + offset] + recurrent_bias[offset + unit];
        }
        float reset = sigmoid(x[0] + a[0]), update = sigmoid(x[1] + a[1]), candidate = TANH(FMA(reset, a[2], x[2]));
        float value = FMA(update, h_before[i] - candidate, candidate);
        h[i] = value;
        if (h_factor) STORE(h_factor, i, value);
        if (gates) {
            STORE(gates, to, reset);
            STORE(gates, to + units, update);
            STORE(gates, to + 2 * units, candidate);
            STORE(q, i, a[2]);
        }
    }
}

KERNEL(gru_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent), BUFFER(const float, h_before),
       BUFFER(const real, q), BUFFER(float, carried), BUFFER(real, gates), BUFFER(real, d_hidden), int sequences,
       int units) {
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, h_before);
    VIEW(const real, q);
    VIEW(float, carried);
    VIEW(real, gates);
    VIEW(real, d_hidden);
    FOR_EACH(i, (long64)sequences * units) {
        int sequence = (int)i / units, unit = (int)i % units;
        long64 at = (long64)sequence * 3 * units + unit;
        float reset = LOAD(gates, at), update = LOAD(gates, at + units), candidate = LOAD(gates, at + 2 * units);
        float dh = dy[i] + (d_recurrent ? d_recurrent[i] + carried[i] : 0.0f);
        float dn = dh * (1.0f - update) * tanh_slope(candidate);
        float dr = dn * LOAD(q, i) * sigmoid_slope(reset);
        float dz = dh * (h_before[i] - candidate) * sigmoid_slope(update);
        carried[i] = dh * update;
        STORE(gates, at, dr);
        STORE(gates, at + units, dz);
        STORE(gates, at + 2 * units, dn);
        STORE(d_hidden, at, dr);
        STORE(d_hidden, at + units, dz);
        STORE(d_hidden, at + 2 * units, dn * reset);
    }
}
