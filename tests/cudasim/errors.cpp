// Names and meanings of the driver's codes.
#include "sim.h"

namespace {

struct Meaning {
    CUresult code;
    const char *name;
    const char *text;
};

#define MEANING(code, text) {code, #code, text}
const Meaning meanings[] = {
    MEANING(CUDA_SUCCESS, "no error"),
    MEANING(CUDA_ERROR_INVALID_VALUE, "invalid argument"),
    MEANING(CUDA_ERROR_OUT_OF_MEMORY, "out of memory"),
    MEANING(CUDA_ERROR_NOT_INITIALIZED, "initialization error"),
    MEANING(CUDA_ERROR_NO_DEVICE, "no CUDA-capable device is detected"),
    MEANING(CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"),
    MEANING(CUDA_ERROR_INVALID_IMAGE, "device kernel image is invalid"),
    MEANING(CUDA_ERROR_INVALID_CONTEXT, "invalid device context"),
    MEANING(CUDA_ERROR_NO_BINARY_FOR_GPU, "no kernel image is available for execution on the device"),
    MEANING(CUDA_ERROR_INVALID_HANDLE, "invalid resource handle"),
    MEANING(CUDA_ERROR_NOT_FOUND, "named symbol not found"),
    MEANING(CUDA_ERROR_NOT_READY, "device not ready"),
    MEANING(CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
    MEANING(CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
    MEANING(CUDA_ERROR_CONTEXT_IS_DESTROYED, "context is destroyed"),
    MEANING(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, "pointer does not correspond to a registered memory region"),
    MEANING(CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"),
    MEANING(CUDA_ERROR_NOT_SUPPORTED, "operation not supported"),
    MEANING(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, "system has unsupported display driver / cuda driver combination"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "operation not permitted when stream is capturing"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "operation failed due to a previous error during capture"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_MERGE, "operation would result in a merge of separate capture sequences"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "capture was not ended in the same stream as it began"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "capturing stream has unjoined work"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "dependency created on uncaptured work in another stream"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "operation would make the legacy stream depend on a capturing blocking stream"),
    MEANING(CUDA_ERROR_CAPTURED_EVENT, "operation not permitted on an event last recorded in a capturing stream"),
    MEANING(CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "attempt to terminate a thread-local capture sequence from another thread"),
    MEANING(CUDA_ERROR_UNKNOWN, "unknown error"),
};

const Meaning *meaning(CUresult code) {
    for (const Meaning &each : meanings) {
        if (each.code == code) return &each;
    }
    return nullptr;
}

}  // namespace

EXPORT CUresult cuGetErrorName(CUresult code, const char **name) {
    const Meaning *found = meaning(code);
    *name = found ? found->name : nullptr;
    return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

EXPORT CUresult cuGetErrorString(CUresult code, const char **text) {
    const Meaning *found = meaning(code);
    *text = found ? found->text : nullptr;
    return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
