// One step of an LSTM with layer normalisation (Ba, Kiros and Hinton 2016), all gates of all sequences at once.
// norm(v) = (v − mean(v))/√(var(v) + ε) over the 4H numbers of a product, or the H of c, of one sequence.
// Forward   x = norm(input);  r = norm(recurrent);  a = g_x·x + b_ih + g_h·r + b_hh in the order i, f, g, o;
//           c = σ(f)·c_before + σ(i)·tanh(g);  h = σ(o)·tanh(g_c·norm(c) + b_c)
// Backward  dh = dy + d_recurrent;  s = tanh(g_c·norm(c) + b_c);  do = dh·s·o(1−o);  ds = dh·o·(1−s²);
//           dc = carried + norm'(c, ds·g_c);  di = dc·g·i(1−i);  df = dc·c_before·f(1−f);  dg = dc·i·(1−g²);
//           carried = dc·f;  and from da, those four, norm'(input, da·g_x) and norm'(recurrent, da·g_h), where
//           norm'(v, d) = (d − mean(d) − norm(v)·mean(d·norm(v)))/√(var(v) + ε)
//
// Arrays   forward
//          input, recurrent      float [B,4H]   in     W_ih·x, W_hh·h of the step before
//          input_bias, recurrent_bias, input_gain, recurrent_gain   float [4H]   in     b_ih, b_hh, g_x, g_h
//          cell_gain, cell_shift float [H]      in     g_c, b_c
//          c_before              float [B,H]    in
//          normed_input, normed_recurrent   real [B,4H]    out    x, r; null where no backward pass follows
//          scales                float [B,2]    out    1/√(var + ε) of input and recurrent; likewise
//          c, h                  float [B,H]    out
//          h_factor              real [B,H]     out    h once more as a factor of products; null where h itself is one
//          backward
//          dy                    float [B,H]    in     gradient of h through the output
//          d_recurrent           float [B,H]    in     the next step's gradients times W_hh; null at the last step
//          c_before, c           float [B,H]    in
//          carried               float [B,H]    in, but at the last step, and out: dc·f, for the step before
//          normed_input, normed_recurrent   real [B,4H]    in; out: the gradients of input and recurrent
//          slopes                float [B,4H]   scratch
//          sums                  float [14·B·H] in, but at the last step, and out: da·x, da·r and da, [B,4H] each, and
//                                                      ds·norm(c) and ds, [B,H] each, summed over the steps
// Launch   any one-dimensional grid; a block takes a sequence, its threads neighbouring units
// Traffic  forward B·H·(4·(3·8+3) read, 4·3 + 9·size of real written); backward B·H·(4·40 + 24·size of real read,
//          4·19 + 8·size of real written), and the weights
// Needs    B·H < 2^31
#define BLOCK 256
#include "block_sums.h"
#include "cell_math.h"

#define EPSILON 1e-5f

DEFINE_GROUP_SUM(block_sum, float)

// The mean of a row, and in *scale 1/√(var + ε).
DEVICE float moments(LOCAL float *cells, GLOBAL const float *row, int n, float *scale) {
    float sum = 0.0f, squares = 0.0f;
    for (int k = THREAD; k < n; k += BLOCK) sum += row[k];
    float mean = block_sum(cells, sum, BLOCK) / (float)n;
    for (int k = THREAD; k < n; k += BLOCK) squares = FMA(row[k] - mean, row[k] - mean, squares);
    *scale = 1.0f / SQRT(block_sum(cells, squares, BLOCK) / (float)n + EPSILON);
    return mean;
}

KERNEL(layer_norm_lstm_forward, BUFFER(const float, input), BUFFER(const float, recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, input_gain),
       BUFFER(const float, recurrent_gain), BUFFER(const float, cell_gain), BUFFER(const float, cell_shift),
       BUFFER(const float, c_before), BUFFER(real, normed_input), BUFFER(real, normed_recurrent),
       BUFFER(float, scales), BUFFER(float, c), BUFFER(float, h), BUFFER(real, h_factor), int sequences, int units) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, input);
    VIEW(const float, recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(const float, input_gain);
    VIEW(const float, recurrent_gain);
    VIEW(const float, cell_gain);
    VIEW(const float, cell_shift);
    VIEW(const float, c_before);
    VIEW(real, normed_input);
    VIEW(real, normed_recurrent);
    VIEW(float, scales);
    VIEW(float, c);
    VIEW(float, h);
    VIEW(real, h_factor);
    for (long64 sequence = BLOCK_X; sequence < sequences; sequence += BLOCKS_X) {
        long64 first = sequence * 4 * units;
        float x_scale, r_scale, c_scale;
        float x_mean = moments(cells, input + first, 4 * units, &x_scale);
        float r_mean = moments(cells, recurrent + first, 4 * units, &r_scale);
        for (int unit = THREAD; unit < units; unit += BLOCK) {
            float a[4];
            for (int gate = 0; gate < 4; gate++) {
                int row = gate * units + unit;
                float x = (input[first + row] - x_mean) * x_scale, r = (recurrent[first + row] - r_mean) * r_scale;
                a[gate] = FMA(input_gain[row], x, FMA(recurrent_gain[row], r, input_bias[row] + recurrent_bias[row]));
                if (normed_input) {
                    STORE(normed_input, first + row, x);
                    STORE(normed_recurrent, first + row, r);
                }
            }
            long64 i = sequence * units + unit;
            c[i] = FMA(sigmoid(a[1]), c_before[i], sigmoid(a[0]) * TANH(a[2]));
            h[i] = sigmoid(a[3]);
        }
        float c_mean = moments(cells, c + sequence * units, units, &c_scale);  // a thread reads what it has written
        for (int unit = THREAD; unit < units; unit += BLOCK) {
            long64 i = sequence * units + unit;
            float value = h[i] * TANH(FMA(cell_gain[unit], (c[i] - c_mean) * c_scale, cell_shift[unit]));
            h[i] = value;
            if (h_factor) STORE(h_factor, i, value);
        }
        if (scales && THREAD == 0) {
            scales[2 * sequence] = x_scale;
            scales[2 * sequence + 1] = r_scale;
        }
    }
}

// A gate's pre-activation.
#define PREACTIVATION(row)                                                 \
    FMA(input_gain[row], LOAD(normed_input, first + (row)),                \
        FMA(recurrent_gain[row], LOAD(normed_recurrent, first + (row)), input_bias[row] + recurrent_bias[row]))

// Adds to a sum over the steps, which begins at the last one.
#define SUM_UP(place, value) (sums[place] = (d_recurrent ? sums[place] : 0.0f) + (value))

KERNEL(layer_norm_lstm_backward, BUFFER(const float, dy), BUFFER(const float, d_recurrent),
       BUFFER(const float, input_bias), BUFFER(const float, recurrent_bias), BUFFER(const float, input_gain),
       BUFFER(const float, recurrent_gain), BUFFER(const float, cell_gain), BUFFER(const float, cell_shift),
       BUFFER(const float, c_before), BUFFER(const float, c), BUFFER(float, carried), BUFFER(real, normed_input),
       BUFFER(real, normed_recurrent), BUFFER(const float, scales), BUFFER(float, slopes), BUFFER(float, sums),
       int sequences, int units) {
    LOCAL_ARRAY(float, cells, BLOCK);
    VIEW(const float, dy);
    VIEW(const float, d_recurrent);
    VIEW(const float, input_bias);
    VIEW(const float, recurrent_bias);
    VIEW(const float, input_gain);
    VIEW(const float, recurrent_gain);
    VIEW(const float, cell_gain);
    VIEW(const float, cell_shift);
    VIEW(const float, c_before);
    VIEW(const float, c);
    VIEW(float, carried);
    VIEW(real, normed_input);
    VIEW(real, normed_recurrent);
    VIEW(const float, scales);
    VIEW(float, slopes);
    VIEW(float, sums);
    long64 gate_block = 4 * (long64)sequences * units;
    for (long64 sequence = BLOCK_X; sequence < sequences; sequence += BLOCKS_X) {
        long64 first = sequence * 4 * units;
        float c_scale, c_mean = moments(cells, c + sequence * units, units, &c_scale);
        float level = 0.0f, along = 0.0f;
        for (int unit = THREAD; unit < units; unit += BLOCK) {
            long64 i = sequence * units + unit;
            float normed = (c[i] - c_mean) * c_scale, out = sigmoid(PREACTIVATION(3 * units + unit));
            float shown = TANH(FMA(cell_gain[unit], normed, cell_shift[unit]));
            float dh = dy[i] + (d_recurrent ? d_recurrent[i] : 0.0f), slope = dh * out * tanh_slope(shown);
            SUM_UP(3 * gate_block + i, slope * normed);
            SUM_UP(3 * gate_block + (long64)sequences * units + i, slope);
            slopes[first + unit] = slope * cell_gain[unit];  // the place of di's, until dc is known
            slopes[first + 3 * units + unit] = dh * shown * sigmoid_slope(out);
            level += slope * cell_gain[unit];
            along = FMA(slope * cell_gain[unit], normed, along);
        }
        level = block_sum(cells, level, BLOCK) / (float)units;
        along = block_sum(cells, along, BLOCK) / (float)units;
        for (int unit = THREAD; unit < units; unit += BLOCK) {
            long64 i = sequence * units + unit, at = first + unit;
            float in = sigmoid(PREACTIVATION(unit)), forget = sigmoid(PREACTIVATION(units + unit));
            float candidate = TANH(PREACTIVATION(2 * units + unit));
            float dc = c_scale * (slopes[at] - level - (c[i] - c_mean) * c_scale * along);
            if (d_recurrent) dc += carried[i];
            slopes[at] = dc * candidate * sigmoid_slope(in);
            slopes[at + units] = dc * c_before[i] * sigmoid_slope(forget);
            slopes[at + 2 * units] = dc * in * tanh_slope(candidate);
            carried[i] = dc * forget;
        }
        BARRIER();  // from here on a thread takes other numbers than it has written
        float x_level = 0.0f, x_along = 0.0f, r_level = 0.0f, r_along = 0.0f;
        for (int row = THREAD; row < 4 * units; row += BLOCK) {
            long64 at = first + row;
            float da = slopes[at], x = LOAD(normed_input, at), r = LOAD(normed_recurrent, at);
            SUM_UP(at, da * x);
            SUM_UP(gate_block + at, da * r);
            SUM_UP(2 * gate_block + at, da);
            x_level += da * input_gain[row];
            x_along = FMA(da * input_gain[row], x, x_along);
            r_level += da * recurrent_gain[row];
            r_along = FMA(da * recurrent_gain[row], r, r_along);
        }
        float share = 1.0f / (float)(4 * units);
        x_level = block_sum(cells, x_level, BLOCK) * share;
        x_along = block_sum(cells, x_along, BLOCK) * share;
        r_level = block_sum(cells, r_level, BLOCK) * share;
        r_along = block_sum(cells, r_along, BLOCK) * share;
        for (int row = THREAD; row < 4 * units; row += BLOCK) {
            long64 at = first + row;
            float da = slopes[at], x = LOAD(normed_input, at), r = LOAD(normed_recurrent, at);
            STORE(normed_input, at, scales[2 * sequence] * (da * input_gain[row] - x_level - x * x_along));
            STORE(normed_recurrent, at, scales[2 * sequence + 1] * (da * recurrent_gain[row] - r_level - r * r_along));
        }
    }
}
