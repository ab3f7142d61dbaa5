// cuDNN's entry points for handles and descriptors. What a recurrent layer does with them stands in cudnn_calls.cpp.
#include "cudnn_objects.h"

#include <dlfcn.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace cudnn {

std::recursive_mutex lock;
std::map<Handle, Library> libraries;
std::map<Handle, Rnn> rnns;
std::map<Handle, Data> data;
std::map<Handle, Tensor> tensors;
std::map<Handle, Dropout> dropouts;

void refuse(const char *function, int status, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cudasim_report(function, "%s", text);
    throw Refusal{status};
}

int entered(int code) {
    if (code == -1) return SUCCESS;
    if (code < DRIVER) return code;
    return code == DRIVER + CUDA_ERROR_NOT_INITIALIZED || code == DRIVER + CUDA_ERROR_INVALID_CONTEXT ? NOT_INITIALIZED : EXECUTION_FAILED;
}

int library_version() { return cudasim_cudnn(); }

// By its bare name, which finds a library that was loaded before, however it was found.
void require_cublas_lt() {
    static const char NAME[] = "libcublasLt.so.12";
    static void *library = dlopen(NAME, RTLD_LAZY);
    if (library) return;
    fprintf(stderr, "cudasim: cuDNN cannot open %s\n", NAME);
    abort();
}

namespace {

enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, ALLOW_CONVERSION = 2, FMA_MATH = 3 };
enum { DOUBLE_BIAS = 2, MOST_BIAS = 3, PADDED_IO = 1, SEQ_MAJOR_UNPACKED = 0, SEQ_MAJOR_PACKED = 1, BATCH_MAJOR_UNPACKED = 2 };
constexpr int BFLOATS_SINCE = 91300, MOST_DIMENSIONS = 8, MOST_STEPS = 65535;

template <class T>
int create(const char *function, std::map<Handle, T> &all, Handle *handle, bool describes = true) {
    auto body = [&] {
        static uintptr_t next = 0x8100000;
        if (!handle) refuse(function, NULL_POINTER, "the handle's place is null");
        all[*handle = (Handle)(next += 16)] = T();
        cudasim_object(1);
    };
    return call(function, body, describes);
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
    if (type != FLOAT && type != HALF && type != BFLOAT16) refuse(function, NOT_SUPPORTED, "the stand-in knows float, half and bfloat16, not type %d", type);
    if (type == BFLOAT16 && library_version() < BFLOATS_SINCE) throw Refusal{NOT_SUPPORTED};
    return (DataType)type;
}

}  // namespace
}  // namespace cudnn

using namespace cudnn;

EXPORT size_t cudnnGetVersion() { return (size_t)library_version(); }
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

EXPORT int cudnnCreate(Handle *handle) { return create("cudnnCreate", libraries, handle, false); }
EXPORT int cudnnDestroy(Handle handle) { return destroy("cudnnDestroy", "handle", libraries, handle); }
EXPORT int cudnnCreateRNNDescriptor(Handle *handle) { return create("cudnnCreateRNNDescriptor", rnns, handle); }
EXPORT int cudnnDestroyRNNDescriptor(Handle handle) { return destroy("cudnnDestroyRNNDescriptor", "RNN descriptor", rnns, handle); }
EXPORT int cudnnCreateRNNDataDescriptor(Handle *handle) { return create("cudnnCreateRNNDataDescriptor", cudnn::data, handle); }
EXPORT int cudnnDestroyRNNDataDescriptor(Handle handle) {
    return destroy("cudnnDestroyRNNDataDescriptor", "data descriptor", cudnn::data, handle);
}
EXPORT int cudnnCreateTensorDescriptor(Handle *handle) { return create("cudnnCreateTensorDescriptor", tensors, handle); }
EXPORT int cudnnDestroyTensorDescriptor(Handle handle) { return destroy("cudnnDestroyTensorDescriptor", "tensor descriptor", tensors, handle); }

EXPORT int cudnnCreateDropoutDescriptor(Handle *handle) { return create("cudnnCreateDropoutDescriptor", dropouts, handle); }
EXPORT int cudnnDestroyDropoutDescriptor(Handle handle) {
    return destroy("cudnnDestroyDropoutDescriptor", "dropout descriptor", dropouts, handle);
}

EXPORT int cudnnSetDropoutDescriptor(Handle descriptor, Handle handle, float rate, void *states, size_t bytes, unsigned long long) {
    const char *function = "cudnnSetDropoutDescriptor";
    return call(function, [&] {
        Dropout &dropout = find(function, "dropout descriptor", dropouts, descriptor);
        find(function, "handle", libraries, handle, NOT_INITIALIZED);
        if (rate != 0 || states || bytes) refuse(function, NOT_SUPPORTED, "the stand-in drops nothing, and so has no states");
        dropout.set = true;
    });
}

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
    auto body = [&] {
        Rnn &rnn = find(function, "RNN descriptor", rnns, descriptor);
        rnn.set = false;
        if (cell < RNN_RELU || cell > GRU || bias < 0 || bias > MOST_BIAS || math < DEFAULT_MATH || math > FMA_MATH || flags > PADDED_IO) {
            refuse(function, BAD_PARAM, "cell %d, math type %d, flags %u", cell, math, flags);
        }
        if (projection > hidden) throw Refusal{NOT_SUPPORTED};
        if (input < 1 || hidden < 1 || projection < 1 || layers < 1) {
            refuse(function, BAD_PARAM, "I %d, H %d, projection %d, %d layers", input, hidden, projection, layers);
        }
        if (algorithm < STANDARD || algorithm > PERSIST_STATIC_SMALL_H) refuse(function, BAD_PARAM, "algorithm %d", algorithm);
        if (dropout) ready(function, "dropout descriptor", dropouts, dropout);
        Rnn wanted;
        wanted.algorithm = (Algorithm)algorithm, wanted.cell = (CellMode)cell, wanted.type = type_of(function, type);
        wanted.tf32 = type == FLOAT && math != FMA_MATH, wanted.input = input, wanted.hidden = hidden;
        if (precision == HALF && (type != HALF || algorithm != STANDARD)) throw Refusal{NOT_SUPPORTED};
        if (precision != FLOAT && precision != HALF) throw Refusal{NOT_SUPPORTED};
        wanted.plain = bias == DOUBLE_BIAS && !direction && !input_mode && layers == 1 && projection == hidden && precision == FLOAT && type != HALF;
        rnn = wanted;
        rnn.set = true;
    };
    return call(function, body, true);
}

EXPORT int cudnnSetRNNDataDescriptor(Handle descriptor, int type, int layout, int steps, int batch, int vector, const int *lengths, void *padding) {
    const char *function = "cudnnSetRNNDataDescriptor";
    auto body = [&] {
        Data &object = find(function, "data descriptor", cudnn::data, descriptor);
        (void)padding;
        if (steps < 1 || batch < 1 || vector < 1 || !lengths) refuse(function, BAD_PARAM, "T %d, B %d, vector %d", steps, batch, vector);
        DataType known = type_of(function, type);
        if (layout < SEQ_MAJOR_UNPACKED || layout > BATCH_MAJOR_UNPACKED) refuse(function, BAD_PARAM, "layout %d", layout);
        if (steps > MOST_STEPS) throw Refusal{NOT_SUPPORTED};
        bool whole = layout != BATCH_MAJOR_UNPACKED;
        for (int sequence = 0; sequence < batch; sequence++) {
            if (lengths[sequence] < 0 || lengths[sequence] > steps) refuse(function, BAD_PARAM, "sequence %d has %d of %d steps", sequence, lengths[sequence], steps);
            bool packed = layout == SEQ_MAJOR_PACKED;
            if (packed && lengths[sequence] < 1) refuse(function, BAD_PARAM, "packed sequence %d has no steps", sequence);
            if (packed && sequence && lengths[sequence] > lengths[sequence - 1]) refuse(function, BAD_PARAM, "packed lengths rise at sequence %d", sequence);
            whole = whole && lengths[sequence] == steps;
        }
        object = {true, known, steps, batch, vector, whole};
    };
    return call(function, body, true);
}

EXPORT int cudnnSetTensorNdDescriptor(Handle descriptor, int type, int count, const int *sizes, const int *strides) {
    const char *function = "cudnnSetTensorNdDescriptor";
    auto body = [&] {
        Tensor &tensor = find(function, "tensor descriptor", tensors, descriptor);
        if (count > MOST_DIMENSIONS) throw Refusal{NOT_SUPPORTED};
        if (count < 1 || !sizes || !strides) refuse(function, BAD_PARAM, "%d dimensions", count);
        tensor = {true, (DataType)type, {sizes, sizes + count}, {strides, strides + count}};
    };
    return call(function, body, true);
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
