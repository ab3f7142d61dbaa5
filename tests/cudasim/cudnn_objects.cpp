// cuDNN's entry points for handles and descriptors. What a recurrent layer does with them stands in cudnn_calls.cpp.
#include "cudnn_objects.h"

#include <cstdarg>
#include <cstdio>

namespace cudnn {

std::recursive_mutex lock;
std::map<Handle, Library> libraries;
std::map<Handle, Rnn> rnns;
std::map<Handle, Data> data;
std::map<Handle, Tensor> tensors;

void refuse(const char *function, int status, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cudasim_report(function, "%s", text);
    throw Refusal{status};
}

int entered(const char *, int code) { return code == -1 ? SUCCESS : code < 10000 ? code : EXECUTION_FAILED; }

namespace {

enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, ALLOW_CONVERSION = 2, FMA_MATH = 3 };
enum { DOUBLE_BIAS = 2, PADDED_IO = 1, SEQ_MAJOR_UNPACKED = 0, SEQ_MAJOR_PACKED = 1 };
constexpr size_t VERSION = 90500;

template <class T>
int create(const char *function, std::map<Handle, T> &all, Handle *handle) {
    return call(function, [&] {
        static uintptr_t next = 0x8100000;
        if (!handle) refuse(function, NULL_POINTER, "the handle's place is null");
        all[*handle = (Handle)(next += 16)] = T();
        cudasim_object(1);
    });
}

template <class T>
int destroy(const char *function, const char *kind, std::map<Handle, T> &all, Handle handle) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (!all.erase(handle)) {
        cudasim_report(function, "there is no %s %p, or it was destroyed", kind, handle);
        return BAD_PARAM;
    }
    cudasim_object(-1);
    return SUCCESS;
}

DataType type_of(const char *function, int type) {
    if (type != FLOAT && type != BFLOAT16) refuse(function, NOT_SUPPORTED, "the stand-in knows float and bfloat16, not type %d", type);
    return (DataType)type;
}

// Where the real library has its persistent kernels: half precision, one layer, H and I multiples of 128, H at most 1024. Asking is no mistake, so
// nothing is reported.
bool has_algorithm(const Rnn &rnn) {
    switch (rnn.algorithm) {
        case PERSIST_STATIC: return rnn.type == BFLOAT16 && rnn.hidden <= 1024 && rnn.hidden % 128 == 0 && rnn.input % 128 == 0;
        case PERSIST_DYNAMIC: return rnn.hidden <= 1024 && rnn.hidden % 32 == 0;
        case PERSIST_STATIC_SMALL_H: return rnn.hidden <= 384 && rnn.cell == RNN_RELU;
        default: return true;
    }
}

}  // namespace
}  // namespace cudnn

using namespace cudnn;

EXPORT size_t cudnnGetVersion() { return VERSION; }
EXPORT size_t cudnnGetCudartVersion() { return 12060; }

EXPORT const char *cudnnGetErrorString(int status) {
    switch (status) {
        case SUCCESS: return "CUDNN_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case NULL_POINTER: return "CUDNN_STATUS_BAD_PARAM_NULL_POINTER";
        case MISALIGNED_POINTER: return "CUDNN_STATUS_BAD_PARAM_MISALIGNED_POINTER";
        case SIZE_INSUFFICIENT: return "CUDNN_STATUS_BAD_PARAM_SIZE_INSUFFICIENT";
        case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case ALLOCATION_FAILED: return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
        case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "CUDNN_STATUS_INTERNAL_ERROR";
    }
}

EXPORT int cudnnCreate(Handle *handle) { return create("cudnnCreate", libraries, handle); }
EXPORT int cudnnDestroy(Handle handle) { return destroy("cudnnDestroy", "handle", libraries, handle); }
EXPORT int cudnnCreateRNNDescriptor(Handle *handle) { return create("cudnnCreateRNNDescriptor", rnns, handle); }
EXPORT int cudnnDestroyRNNDescriptor(Handle handle) { return destroy("cudnnDestroyRNNDescriptor", "RNN descriptor", rnns, handle); }
EXPORT int cudnnCreateRNNDataDescriptor(Handle *handle) { return create("cudnnCreateRNNDataDescriptor", cudnn::data, handle); }
EXPORT int cudnnDestroyRNNDataDescriptor(Handle handle) {
    return destroy("cudnnDestroyRNNDataDescriptor", "data descriptor", cudnn::data, handle);
}
EXPORT int cudnnCreateTensorDescriptor(Handle *handle) { return create("cudnnCreateTensorDescriptor", tensors, handle); }
EXPORT int cudnnDestroyTensorDescriptor(Handle handle) { return destroy("cudnnDestroyTensorDescriptor", "tensor descriptor", tensors, handle); }

EXPORT int cudnnSetStream(Handle handle, Handle stream) {
    return call("cudnnSetStream", [&] {
        Library &library = find("cudnnSetStream", "handle", libraries, handle, NOT_INITIALIZED);
        if (cudasim_capturing(stream) < 0) refuse("cudnnSetStream", BAD_PARAM, "there is no stream %p, or it was destroyed", stream);
        library.stream = stream;
    });
}

EXPORT int cudnnGetStream(Handle handle, Handle *stream) {
    return call("cudnnGetStream", [&] { *stream = find("cudnnGetStream", "handle", libraries, handle, NOT_INITIALIZED).stream; });
}

EXPORT int cudnnSetRNNDescriptor_v8(Handle descriptor, int algorithm, int cell, int bias, int direction, int input_mode, int type, int precision,
                                    int math, int input, int hidden, int projection, int layers, Handle dropout, unsigned flags) {
    const char *function = "cudnnSetRNNDescriptor_v8";
    return call(function, [&] {
        Rnn &rnn = find(function, "RNN descriptor", rnns, descriptor);
        rnn.set = false;
        if (cell < RNN_RELU || cell > GRU || math < DEFAULT_MATH || math > FMA_MATH || flags > PADDED_IO) {
            refuse(function, BAD_PARAM, "cell %d, math type %d, flags %u", cell, math, flags);
        }
        if (input < 1 || hidden < 1 || projection != hidden) refuse(function, BAD_PARAM, "I %d, H %d, projection %d", input, hidden, projection);
        if (bias != DOUBLE_BIAS || direction || input_mode || layers != 1 || dropout) {
            refuse(function, NOT_SUPPORTED, "the stand-in has one layer with both biases, one direction, linear input and no dropout");
        }
        if (precision != FLOAT) refuse(function, NOT_SUPPORTED, "sums in type %d", precision);
        Rnn wanted;
        wanted.algorithm = (Algorithm)algorithm, wanted.cell = (CellMode)cell, wanted.type = type_of(function, type);
        wanted.tf32 = type == FLOAT && math != FMA_MATH, wanted.input = input, wanted.hidden = hidden;
        if (algorithm < STANDARD || algorithm > PERSIST_STATIC_SMALL_H) refuse(function, BAD_PARAM, "algorithm %d", algorithm);
        if (!has_algorithm(wanted)) throw Refusal{NOT_SUPPORTED};
        rnn = wanted;
        rnn.set = true;
    });
}

EXPORT int cudnnSetRNNDataDescriptor(Handle descriptor, int type, int layout, int steps, int batch, int vector, const int *lengths, void *padding) {
    const char *function = "cudnnSetRNNDataDescriptor";
    return call(function, [&] {
        Data &object = find(function, "data descriptor", cudnn::data, descriptor);
        (void)padding;
        if (steps < 1 || batch < 1 || vector < 1 || !lengths) refuse(function, BAD_PARAM, "T %d, B %d, vector %d", steps, batch, vector);
        if (layout != SEQ_MAJOR_PACKED && layout != SEQ_MAJOR_UNPACKED) refuse(function, NOT_SUPPORTED, "layout %d", layout);
        for (int lane = 0; lane < batch; lane++) {
            if (lengths[lane] != steps) refuse(function, NOT_SUPPORTED, "lane %d has %d of %d steps", lane, lengths[lane], steps);
        }
        object = {true, type_of(function, type), steps, batch, vector};
    });
}

EXPORT int cudnnSetTensorNdDescriptor(Handle descriptor, int type, int count, const int *sizes, const int *strides) {
    const char *function = "cudnnSetTensorNdDescriptor";
    return call(function, [&] {
        Tensor &tensor = find(function, "tensor descriptor", tensors, descriptor);
        if (count < 3 || count > 8 || !sizes || !strides) refuse(function, BAD_PARAM, "%d dimensions; it takes 3 to 8", count);
        tensor = {true, type_of(function, type), {sizes, sizes + count}, {strides, strides + count}};
    });
}

EXPORT int cudnnGetTensorNdDescriptor(Handle descriptor, int room, int *type, int *count, int *sizes, int *strides) {
    const char *function = "cudnnGetTensorNdDescriptor";
    return call(function, [&] {
        Tensor &tensor = ready(function, "tensor descriptor", tensors, descriptor);
        *type = tensor.type;
        *count = (int)tensor.sizes.size();
        for (int i = 0; i < room && i < *count; i++) sizes[i] = tensor.sizes[(size_t)i], strides[i] = tensor.strides[(size_t)i];
    });
}

EXPORT int cudnnBuildRNNDynamic(Handle handle, Handle descriptor, int batch) {
    const char *function = "cudnnBuildRNNDynamic";
    return call(function, [&] {
        Library &library = find(function, "handle", libraries, handle, NOT_INITIALIZED);
        Rnn &rnn = ready(function, "RNN descriptor", rnns, descriptor);
        if (cudasim_capturing(library.stream) > 0) refuse(function, NOT_SUPPORTED, "kernels cannot be built while the stream is being captured");
        if (batch < 1) refuse(function, BAD_PARAM, "a batch of %d", batch);
        rnn.built_for = batch;
    });
}
