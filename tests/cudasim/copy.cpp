// Copies and fills. Those without a stream use the legacy one and wait.
#include <algorithm>
#include <cstring>

#include "sim.h"

namespace sim {
namespace {

// A pinned source is read when the copy runs, as a card would; from pageable memory the driver takes the bytes before
// it returns.
void copy(const char *function, CUdeviceptr to, bool to_device, CUdeviceptr from, bool from_device, size_t bytes, Handle stream, bool wait) {
    if (bytes == 0) return;
    if (to_device) check_device_range(to, bytes, "the target");
    if (from_device) check_device_range(from, bytes, "the source");
    if (!to || !from) reject(CUDA_ERROR_INVALID_VALUE, "a pointer is null");
    bool pageable_source = !from_device && !pinned((void *)from, bytes);
    bool pageable_target = !to_device && !pinned((void *)to, bytes);
    if (pageable_source && !capturing(stream_of(stream))) {
        auto taken = std::make_shared<std::vector<char>>((char *)from, (char *)from + bytes);
        put(stream, function, [=] { memcpy((void *)to, taken->data(), bytes); });
    } else {
        put(stream, function, [=] { memmove((void *)to, (void *)from, bytes); });
    }
    Stream &queue = stream_of(stream);
    if (!capturing(queue) && (wait || pageable_target)) {
        finish(queue.last);
        if (queue.context->broken) throw Rejection{queue.context->broken, ""};
    }
}

template <class Value>
void set(const char *function, CUdeviceptr to, Value value, size_t count, Handle stream) {
    if (count == 0) return;
    if (to % sizeof(Value)) reject(CUDA_ERROR_INVALID_VALUE, "the target is not aligned to %zu bytes", sizeof(Value));
    if (count > SIZE_MAX / sizeof(Value)) reject(CUDA_ERROR_INVALID_VALUE, "%zu elements are too many", count);
    check_device_range(to, count * sizeof(Value), "the target");
    put(stream, function, [=] { std::fill_n((Value *)to, count, value); });
}

}  // namespace
}  // namespace sim

using namespace sim;

EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
    return call("cuMemcpyHtoD_v2", 0, [&] { copy("cuMemcpyHtoD_v2", to, true, (CUdeviceptr)from, false, bytes, nullptr, true); });
}

EXPORT CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
    return call("cuMemcpyDtoH_v2", 0, [&] { copy("cuMemcpyDtoH_v2", (CUdeviceptr)to, false, from, true, bytes, nullptr, true); });
}

EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    return call("cuMemcpyDtoD_v2", 0, [&] { copy("cuMemcpyDtoD_v2", to, true, from, true, bytes, nullptr, false); });
}

EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, Handle stream) {
    return call("cuMemcpyHtoDAsync_v2", 0, [&] { copy("cuMemcpyHtoDAsync_v2", to, true, (CUdeviceptr)from, false, bytes, stream, false); });
}

EXPORT CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, Handle stream) {
    return call("cuMemcpyDtoHAsync_v2", 0, [&] { copy("cuMemcpyDtoHAsync_v2", (CUdeviceptr)to, false, from, true, bytes, stream, false); });
}

EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, Handle stream) {
    return call("cuMemcpyDtoDAsync_v2", 0, [&] { copy("cuMemcpyDtoDAsync_v2", to, true, from, true, bytes, stream, false); });
}

EXPORT CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
    return call("cuMemsetD8_v2", 0, [&] { set("cuMemsetD8_v2", to, value, count, nullptr); });
}

EXPORT CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
    return call("cuMemsetD32_v2", 0, [&] { set("cuMemsetD32_v2", to, value, count, nullptr); });
}

EXPORT CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, Handle stream) {
    return call("cuMemsetD8Async", 0, [&] { set("cuMemsetD8Async", to, value, count, stream); });
}

EXPORT CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, Handle stream) {
    return call("cuMemsetD32Async", 0, [&] { set("cuMemsetD32Async", to, value, count, stream); });
}
