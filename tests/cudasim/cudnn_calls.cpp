// cuDNN's entry points for recurrent layers: sizes, places of weights, and the three passes. Each checks what cuDNN
// checks, and what cuDNN leaves to the card: that every array lies whole in device memory.
#include "cudnn_objects.h"

namespace cudnn {
namespace {

// Where the real library has its persistent kernels: half precision, one layer, H and I multiples of 128, H at most
// 1024, B a multiple of 8 and at most 128; small H. Setting the descriptor accepts them all, and asking is no mistake,
// so nothing is reported.
bool has_algorithm(const Rnn &rnn, int batch) {
    switch (rnn.algorithm) {
        case PERSIST_STATIC:
            return rnn.type != FLOAT && rnn.hidden <= 1024 && rnn.hidden % 128 == 0 && rnn.input % 128 == 0 && batch % 8 == 0 && batch <= 128;
        case PERSIST_DYNAMIC: return false;
        case PERSIST_STATIC_SMALL_H: return rnn.hidden <= (rnn.cell <= RNN_TANH ? 384 : 192);
        default: return true;
    }
}

Shape shape_of(const char *function, const Rnn &rnn, Handle x_descriptor) {
    Data &x = ready(function, "x descriptor", data, x_descriptor);
    if (!x.whole || !rnn.plain) refuse(function, NOT_SUPPORTED, "the stand-in computes one direction of whole sequences, without projection, in float and bfloat16");
    if (x.type != rnn.type || x.vector != rnn.input) {
        refuse(function, BAD_PARAM, "x has type %d and vectors of %d, the layer has %d and %d", x.type, x.vector, rnn.type, rnn.input);
    }
    return {rnn.cell, rnn.type, rnn.tf32, x.steps, x.batch, rnn.input, rnn.hidden};
}

constexpr size_t ALIGNMENT = 256;  // of every array: the most that any kernel of cuDNN's asks for

void check_pointer(const char *function, const char *name, const void *start, size_t bytes, bool needed = true) {
    if (!start) {
        if (needed) refuse(function, NULL_POINTER, "%s is null", name);
        return;
    }
    if ((size_t)start % ALIGNMENT) refuse(function, MISALIGNED_POINTER, "%s is not aligned to %zu bytes", name, ALIGNMENT);
    size_t room = cudasim_room(start);
    if (room < bytes) refuse(function, BAD_PARAM, "%s takes %zu bytes, its memory has %zu from there on", name, bytes, room);
}

void check_space(const char *function, const char *name, const void *start, size_t given, size_t needed) {
    if (given < needed) refuse(function, SIZE_INSUFFICIENT, "%s has %zu bytes and needs %zu", name, given, needed);
    check_pointer(function, name, start, given);
}

void check_state(const char *function, const char *name, const Shape &s, Handle descriptor) {
    Tensor &state = ready(function, name, tensors, descriptor);
    std::vector<int> sizes = {1, s.batch, s.hidden}, strides = {s.batch * s.hidden, s.hidden, 1};
    if (state.type != s.type || state.sizes != sizes || state.strides != strides) refuse(function, BAD_PARAM, "%s is not [1,B,H], dense", name);
}

// What all three passes have in common.
struct Pass {
    const char *function;
    Library &library;
    Rnn &rnn;
    Shape shape;
    size_t x_bytes, y_bytes, state_bytes;

    Pass(const char *name, Handle handle, Handle rnn_descriptor, Handle x, Handle y, Handle h, Handle c)
        : function(name),
          library(find(name, "handle", libraries, handle, NOT_INITIALIZED)),
          rnn(ready(name, "RNN descriptor", rnns, rnn_descriptor)),
          shape(shape_of(name, rnn, x)) {
        Data &out = ready(function, "y descriptor", data, y);
        if (out.type != shape.type || out.vector != shape.hidden || out.steps != shape.steps || out.batch != shape.batch) {
            refuse(function, BAD_PARAM, "y is not the layer's [T,B,H]");
        }
        size_t tokens = (size_t)shape.steps * shape.batch;
        x_bytes = tokens * shape.input * shape.element();
        y_bytes = tokens * shape.hidden * shape.element();
        state_bytes = (size_t)shape.batch * shape.hidden * shape.element();
        check_state(function, "h descriptor", shape, h);
        if (c && shape.cell == LSTM) check_state(function, "c descriptor", shape, c);
        if (!has_algorithm(rnn, shape.batch)) throw Refusal{NOT_SUPPORTED};
    }

    void state(const char *name, const void *start) const { check_pointer(function, name, start, state_bytes, false); }

    template <class Call>
    void put(const Call &work) const {
        auto run_it = [](const void *call) { run(*(const Call *)call); };
        if (cudasim_enqueue(function, library.stream, run_it, &work, sizeof work)) throw Refusal{EXECUTION_FAILED};
    }
};

}  // namespace
}  // namespace cudnn

using namespace cudnn;

EXPORT int cudnnGetRNNWeightSpaceSize(Handle handle, Handle descriptor, size_t *bytes) {
    const char *function = "cudnnGetRNNWeightSpaceSize";
    return call(function, [&] {
        find(function, "handle", libraries, handle, NOT_INITIALIZED);
        Rnn &rnn = ready(function, "RNN descriptor", rnns, descriptor);
        if (!rnn.plain) refuse(function, NOT_SUPPORTED, "the stand-in has no weights for such a layer");
        Shape s{rnn.cell, rnn.type, rnn.tf32, 1, 1, rnn.input, rnn.hidden};
        *bytes = s.weights() * s.element();
    });
}

EXPORT int cudnnGetRNNWeightParams(Handle handle, Handle descriptor, int layer, size_t bytes, const void *space, int place, Handle matrix_descriptor,
                                   void **matrix, Handle bias_descriptor, void **bias) {
    const char *function = "cudnnGetRNNWeightParams";
    return call(function, [&] {
        find(function, "handle", libraries, handle, NOT_INITIALIZED);
        Rnn &rnn = ready(function, "RNN descriptor", rnns, descriptor);
        if (!rnn.plain) refuse(function, NOT_SUPPORTED, "the stand-in has no weights for such a layer");
        Shape s{rnn.cell, rnn.type, rnn.tf32, 1, 1, rnn.input, rnn.hidden};
        int gates = s.gates();
        if (layer || place < 0 || place >= 2 * gates || bytes < s.weights() * s.element()) {
            refuse(function, BAD_PARAM, "layer %d, matrix %d, %zu bytes of %zu", layer, place, bytes, s.weights() * s.element());
        }
        size_t H = (size_t)s.hidden, w = gates * H * (size_t)s.input, recurrent = place >= gates, gate = (size_t)(place % gates);
        int depth = recurrent ? s.hidden : s.input;
        size_t at = recurrent * w + gate * H * (size_t)depth;
        size_t bias_at = w + gates * H * H + (recurrent * gates + gate) * H;
        *matrix = (char *)space + at * s.element();
        *bias = (char *)space + bias_at * s.element();
        find(function, "matrix descriptor", tensors, matrix_descriptor) = {true, s.type, {1, s.hidden, depth}, {s.hidden * depth, depth, 1}};
        find(function, "bias descriptor", tensors, bias_descriptor) = {true, s.type, {1, s.hidden, 1}, {s.hidden, 1, 1}};
    });
}

EXPORT int cudnnGetRNNTempSpaceSizes(Handle handle, Handle descriptor, int mode, Handle x_descriptor, size_t *work, size_t *reserve) {
    const char *function = "cudnnGetRNNTempSpaceSizes";
    return call(function, [&] {
        find(function, "handle", libraries, handle, NOT_INITIALIZED);
        Shape s = shape_of(function, ready(function, "RNN descriptor", rnns, descriptor), x_descriptor);
        *work = s.work_bytes();
        *reserve = mode == 1 ? s.reserve_bytes() : 0;
    });
}

EXPORT int cudnnRNNForward(Handle handle, Handle rnn, int mode, const int *, Handle x_descriptor, const void *x, Handle y_descriptor, void *y,
                           Handle h_descriptor, const void *hx, void *hy, Handle c_descriptor, const void *cx, void *cy, size_t weight_bytes,
                           const void *weights, size_t work_bytes, void *work, size_t reserve_bytes, void *reserve) {
    const char *function = "cudnnRNNForward";
    return call(function, [&] {
        Pass pass(function, handle, rnn, x_descriptor, y_descriptor, h_descriptor, c_descriptor);
        const Shape &s = pass.shape;
        check_pointer(function, "x", x, pass.x_bytes);
        check_pointer(function, "y", y, pass.y_bytes);
        pass.state("hx", hx), pass.state("hy", hy);
        if (s.cell == LSTM) pass.state("cx", cx), pass.state("cy", cy);
        if (weight_bytes < s.weights() * s.element()) refuse(function, SIZE_INSUFFICIENT, "the weight space has %zu bytes", weight_bytes);
        check_pointer(function, "weightSpace", weights, weight_bytes);
        check_space(function, "workSpace", work, work_bytes, s.work_bytes());
        if (mode == 1) check_space(function, "reserveSpace", reserve, reserve_bytes, s.reserve_bytes());
        bool lstm = s.cell == LSTM;
        pass.put(Forward{s, mode == 1, x, hx, lstm ? cx : nullptr, weights, y, hy, lstm ? cy : nullptr, reserve});
    });
}

EXPORT int cudnnRNNBackwardData_v8(Handle handle, Handle rnn, const int *, Handle y_descriptor, const void *y, const void *dy, Handle x_descriptor,
                                   void *dx, Handle h_descriptor, const void *hx, const void *dhy, void *dhx, Handle c_descriptor, const void *cx,
                                   const void *dcy, void *dcx, size_t weight_bytes, const void *weights, size_t work_bytes, void *work,
                                   size_t reserve_bytes, void *reserve) {
    const char *function = "cudnnRNNBackwardData_v8";
    return call(function, [&] {
        Pass pass(function, handle, rnn, x_descriptor, y_descriptor, h_descriptor, c_descriptor);
        const Shape &s = pass.shape;
        check_pointer(function, "y", y, pass.y_bytes);
        check_pointer(function, "dy", dy, pass.y_bytes);
        check_pointer(function, "dx", dx, pass.x_bytes);
        pass.state("hx", hx), pass.state("dhy", dhy), pass.state("dhx", dhx);
        if (s.cell == LSTM) pass.state("cx", cx), pass.state("dcy", dcy), pass.state("dcx", dcx);
        check_pointer(function, "weightSpace", weights, weight_bytes);
        if (weight_bytes < s.weights() * s.element()) refuse(function, SIZE_INSUFFICIENT, "the weight space has %zu bytes", weight_bytes);
        check_space(function, "workSpace", work, work_bytes, s.work_bytes());
        check_space(function, "reserveSpace", reserve, reserve_bytes, s.reserve_bytes());
        bool lstm = s.cell == LSTM;
        pass.put(BackwardData{s, y, dy, hx, dhy, lstm ? cx : nullptr, lstm ? dcy : nullptr, weights, dx, dhx, lstm ? dcx : nullptr, reserve});
    });
}

EXPORT int cudnnRNNBackwardWeights_v8(Handle handle, Handle rnn, int add, const int *, Handle x_descriptor, const void *x, Handle h_descriptor,
                                      const void *hx, Handle y_descriptor, const void *y, size_t weight_bytes, void *gradients, size_t work_bytes,
                                      void *work, size_t reserve_bytes, void *reserve) {
    const char *function = "cudnnRNNBackwardWeights_v8";
    return call(function, [&] {
        Pass pass(function, handle, rnn, x_descriptor, y_descriptor, h_descriptor, nullptr);
        const Shape &s = pass.shape;
        if (add != 0) refuse(function, NOT_SUPPORTED, "gradients are added; mode %d is not supported", add);
        check_pointer(function, "x", x, pass.x_bytes);
        check_pointer(function, "y", y, pass.y_bytes);
        pass.state("hx", hx);
        if (weight_bytes < s.weights() * s.element()) refuse(function, SIZE_INSUFFICIENT, "the weight space has %zu bytes", weight_bytes);
        check_pointer(function, "dweightSpace", gradients, weight_bytes);
        check_space(function, "workSpace", work, work_bytes, s.work_bytes());
        check_space(function, "reserveSpace", reserve, reserve_bytes, s.reserve_bytes());
        pass.put(BackwardWeights{s, x, hx, y, gradients, reserve});
    });
}
