// One recurrent layer of cuDNN, as its calls wait in a stream. Row-major; T steps, B sequences, I inputs, H hidden
// units, G gates.
#ifndef CUDASIM_CUDNN_RNN_H
#define CUDASIM_CUDNN_RNN_H
#include <cstddef>
#include <cstdint>

namespace cudnn {

enum CellMode { RNN_RELU = 0, RNN_TANH = 1, LSTM = 2, GRU = 3 };
enum DataType { FLOAT = 0, HALF = 2, BFLOAT16 = 9 };

struct Shape {
    CellMode cell;
    DataType type;
    bool tf32;  // factors of products are rounded to 10 bits
    int steps, batch, input, hidden;

    int gates() const { return cell == LSTM ? 4 : cell == GRU ? 3 : 1; }
    size_t element() const { return type == FLOAT ? 4 : 2; }
    // W [G·H,I], R [G·H,H], b_W [G·H], b_R [G·H], one behind the other.
    size_t weights() const { return (size_t)gates() * hidden * ((size_t)input + hidden + 2); }
    // What backward needs, floats behind a header: activated gates [T,B,G,H], c or R_n·h + b_Rn [T,B,H], and what GRU's
    // R_n gets [T,B,H].
    size_t reserve_bytes() const { return 64 + (size_t)steps * batch * hidden * (gates() + 2) * sizeof(float); }
    size_t work_bytes() const { return (size_t)batch * hidden * (gates() + 3) * sizeof(float); }
};

struct Forward {
    Shape shape;
    bool training;
    const void *x, *hx, *cx, *weights;
    void *y, *hy, *cy, *reserve;
};

struct BackwardData {
    Shape shape;
    const void *y, *dy, *hx, *dhy, *cx, *dcy, *weights;
    void *dx, *dhx, *dcx, *reserve;
};

struct BackwardWeights {
    Shape shape;
    const void *x, *hx, *y;
    void *gradients, *reserve;
};

void run(const Forward &call);
void run(const BackwardData &call);
void run(const BackwardWeights &call);

}  // namespace cudnn
#endif
