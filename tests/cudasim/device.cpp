// The device and its contexts. A thread has a stack of current contexts, as with the driver.
#include <cstdio>
#include <cstring>

#include "sim.h"

namespace sim {

Handles<Context> contexts("context", CUDA_ERROR_INVALID_CONTEXT);

namespace {

bool ready = false;
Context *primary = nullptr;
CUdevice primary_device = 0;
int retained = 0;
thread_local std::vector<Handle> stack;

void check_device(CUdevice device) {
    if (device < 0 || device >= device_count()) {
        reject(CUDA_ERROR_INVALID_DEVICE, "there is no device %d; there are %d", device, device_count());
    }
}

Context *make_context() {
    Handle handle;
    Context *context = contexts.add(std::make_unique<Context>(), handle);
    context->handle = handle;
    return context;
}

void destroy(Context &context) {
    finish_all(context);
    end_captures(context);
    forget_context(context);
}

}  // namespace

bool initialized() { return ready; }

Context &current() {
    if (stack.empty() || !stack.back()) reject(CUDA_ERROR_INVALID_CONTEXT, "this thread has no current context");
    if (!contexts.live.count(stack.back())) throw Rejection{CUDA_ERROR_CONTEXT_IS_DESTROYED, "this thread's context was destroyed"};
    return contexts.get(stack.back());
}

template <class T>
static void forget(Handles<T> &handles, Context &context) {
    for (auto each = handles.live.begin(); each != handles.live.end();) {
        each = each->second->context == &context ? handles.live.erase(each) : std::next(each);
    }
}

void forget_context(Context &context) {
    forget(executables, context);
    forget(events, context);
    forget(streams, context);
    unload_all(context);
    free_all(context);
    contexts.remove(context.handle);
}

}  // namespace sim

using namespace sim;

EXPORT CUresult cuInit(unsigned flags) {
    return call("cuInit", ANYTIME, [&] {
        if (flags) reject(CUDA_ERROR_INVALID_VALUE, "flags are %u, not 0", flags);
        if (device_count() == 0) throw Rejection{CUDA_ERROR_NO_DEVICE, ""};
        ready = true;
    });
}

// NVRTC, where a driver is there, asks it for a table of functions of its own and goes on without one; it must get an
// answer.
EXPORT CUresult cuGetExportTable(const void **table, const void *) {
    *table = nullptr;
    return CUDA_ERROR_NOT_FOUND;
}

EXPORT CUresult cuDriverGetVersion(int *version) {
    return call("cuDriverGetVersion", ANYTIME, [&] { *version = driver_version(); });
}

EXPORT CUresult cuDeviceGetCount(int *count) {
    return call("cuDeviceGetCount", NO_CONTEXT, [&] { *count = device_count(); });
}

EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    return call("cuDeviceGet", NO_CONTEXT, [&] {
        check_device(ordinal);
        *device = ordinal;
    });
}

EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    return call("cuDeviceGetName", NO_CONTEXT, [&] {
        check_device(device);
        snprintf(name, (size_t)length, "cudasim");
    });
}

EXPORT CUresult cuDeviceGetUuid(unsigned char *uuid, CUdevice device) {
    return call("cuDeviceGetUuid", NO_CONTEXT, [&] {
        check_device(device);
        memset(uuid, device + 1, 16);
    });
}

EXPORT CUresult cuDeviceGetPCIBusId(char *text, int length, CUdevice device) {
    return call("cuDeviceGetPCIBusId", NO_CONTEXT, [&] {
        check_device(device);
        snprintf(text, (size_t)length, "0000:%02x:00.0", device + 1);
    });
}

EXPORT CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    return call("cuDeviceTotalMem_v2", NO_CONTEXT, [&] {
        check_device(device);
        *bytes = (size_t)memory_limit();
    });
}

EXPORT CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
    return call("cuDeviceComputeCapability", NO_CONTEXT, [&] {
        check_device(device);
        capability(*major, *minor);
    });
}

EXPORT CUresult cuDeviceGetAttribute(int *value, int attribute, CUdevice device) {
    return call("cuDeviceGetAttribute", NO_CONTEXT, [&] {
        check_device(device);
        int major, minor;
        capability(major, minor);
        static const std::map<int, int> values = {
            {1, 1024}, {2, 1024}, {3, 1024}, {4, 64},                        // threads of a block, and its sides
            {5, 2147483647}, {6, 65535}, {7, 65535},                         // sides of a grid
            {8, 49152}, {9, 65536}, {10, 32}, {12, 65536}, {13, 1500000},    // shared, constant, warp, registers, clock in kHz
            {14, 512}, {16, MULTIPROCESSORS}, {17, 0}, {18, 0}, {19, 1}, {20, 0},          // alignment, multiprocessors, time limit, integrated, mapping, mode
            {31, 1}, {32, 0}, {33, 1}, {34, 0}, {35, 0},                     // concurrent kernels, ECC, bus
            {36, 1000000}, {37, 256}, {38, 4194304}, {39, 2048}, {40, 2},    // memory clock, bus width, second-level cache, threads, engines
            {41, 1}, {50, 0}, {78, 1}, {79, 1}, {81, 233472}, {82, 65536},    // addressing, domain, priorities, caching, per multiprocessor
            {83, 1}, {95, 1}, {97, (int)MOST_SHARED}, {106, 32}, {115, 1},              // managed, cooperative, opt-in shared, blocks, pools
        };
        if (attribute == 75) {
            *value = major;
        } else if (attribute == 76) {
            *value = minor;
        } else if (values.count(attribute)) {
            *value = values.at(attribute);
        } else {
            reject(CUDA_ERROR_INVALID_VALUE, "attribute %d is not among those the stand-in knows", attribute);
        }
    });
}

EXPORT CUresult cuCtxCreate_v2(Handle *handle, unsigned, CUdevice device) {
    return call("cuCtxCreate_v2", NO_CONTEXT, [&] {
        check_device(device);
        *handle = make_context()->handle;
        stack.push_back(*handle);
    });
}

EXPORT CUresult cuCtxDestroy_v2(Handle handle) {
    return call("cuCtxDestroy_v2", NO_CONTEXT, [&] {
        Context &context = contexts.get(handle);
        if (context.primary) reject(CUDA_ERROR_INVALID_CONTEXT, "a primary context is released, not destroyed");
        destroy(context);
        if (!stack.empty() && stack.back() == handle) stack.pop_back();
    });
}

EXPORT CUresult cuDevicePrimaryCtxRetain(Handle *handle, CUdevice device) {
    return call("cuDevicePrimaryCtxRetain", NO_CONTEXT, [&] {
        check_device(device);
        if (!primary) {
            primary = make_context();
            primary->primary = true;
            primary_device = device;
        }
        retained++;
        *handle = primary->handle;
    });
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    return call("cuDevicePrimaryCtxRelease_v2", NO_CONTEXT, [&] {
        check_device(device);
        if (!primary) reject(CUDA_ERROR_INVALID_CONTEXT, "the primary context is not retained");
        if (--retained > 0) return;
        destroy(*primary);
        primary = nullptr;
    });
}

EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
    return call("cuDevicePrimaryCtxGetState", NO_CONTEXT, [&] {
        check_device(device);
        *flags = 0;
        *active = primary != nullptr;
    });
}

EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
    return call("cuDevicePrimaryCtxReset_v2", NO_CONTEXT, [&] {
        check_device(device);
        if (!primary) return;
        destroy(*primary);
        primary = nullptr;
        retained = 0;
    });
}

EXPORT CUresult cuCtxSetCurrent(Handle handle) {
    return call("cuCtxSetCurrent", NO_CONTEXT, [&] {
        if (handle) contexts.get(handle);
        if (stack.empty()) {
            stack.push_back(handle);
        } else {
            stack.back() = handle;
        }
    });
}

EXPORT CUresult cuCtxPushCurrent_v2(Handle handle) {
    return call("cuCtxPushCurrent_v2", NO_CONTEXT, [&] {
        contexts.get(handle);
        stack.push_back(handle);
    });
}

EXPORT CUresult cuCtxPopCurrent_v2(Handle *handle) {
    return call("cuCtxPopCurrent_v2", NO_CONTEXT, [&] {
        if (stack.empty()) reject(CUDA_ERROR_INVALID_CONTEXT, "this thread has no current context");
        if (handle) *handle = stack.back();
        stack.pop_back();
    });
}

EXPORT CUresult cuCtxGetCurrent(Handle *handle) {
    return call("cuCtxGetCurrent", NO_CONTEXT, [&] { *handle = stack.empty() ? nullptr : stack.back(); });
}

EXPORT CUresult cuCtxGetDevice(CUdevice *device) {
    return call("cuCtxGetDevice", 0, [&] {
        *device = current().primary ? primary_device : 0;
    });
}

EXPORT CUresult cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    return call("cuCtxGetStreamPriorityRange", 0, [&] {
        if (least) *least = 0;
        if (greatest) *greatest = -5;
    });
}

EXPORT CUresult cuCtxGetApiVersion(Handle, unsigned *version) {
    return call("cuCtxGetApiVersion", NO_CONTEXT, [&] { *version = 3020; });
}

EXPORT CUresult cuCtxSynchronize() {
    return call("cuCtxSynchronize", NOT_IN_CAPTURE, [&] {
        Context &context = current();
        finish_all(context);
        if (context.broken) throw Rejection{context.broken, ""};
    });
}
