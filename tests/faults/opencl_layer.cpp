// A layer between OpenCL's loader and its driver (OPENCL_LAYERS=this library) that makes calls fail and looks for what was never released.
//
//   OPENCL_FAIL=NAME:N:CODE    the N-th call of the function gives the code, a negative number, instead of what it does
//   OPENCL_MEMORY=BYTES        the memory of the device: as it is told, and as it runs out
//   OPENCL_LEFT=FILE           gets, at the end of the process, a line for each kind of object: its name and how many are still there

#include <CL/cl_layer.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>

namespace {

const cl_icd_dispatch *next;
cl_icd_dispatch layer;
std::mutex guard;
char failing[64];
long countdown = 0;
cl_int failure = CL_SUCCESS;
cl_ulong memory = 0;
cl_ulong held = 0;

enum Kind { CONTEXT, QUEUE, BUFFER, PROGRAM, KERNEL, KINDS };
const char *const names[KINDS] = {"contexts", "queues", "buffers", "programs", "kernels"};
long alive[KINDS];
std::set<cl_event> events;  // Those that a caller was given; drivers release more through the loader, which are their own.

// Whether this call of the function has to fail.
bool fails(const char *name) {
    std::lock_guard<std::mutex> lock(guard);
    return failure != CL_SUCCESS && strcmp(name, failing) == 0 && --countdown == 0;
}

template <typename T> T made(Kind kind, T object) {
    std::lock_guard<std::mutex> lock(guard);
    alive[kind] += object != nullptr;
    return object;
}

cl_int released(Kind kind, cl_int status) {
    std::lock_guard<std::mutex> lock(guard);
    alive[kind] -= status == CL_SUCCESS;
    return status;
}

template <typename T> T refuse(cl_int *status, cl_int code) {
    if (status != nullptr) {
        *status = code;
    }
    return nullptr;
}

#define FAIL(name)                                                                                                                        \
    if (fails(#name)) {                                                                                                                   \
        return failure;                                                                                                                   \
    }
#define MAKE(name, type)                                                                                                                  \
    if (fails(#name)) {                                                                                                                   \
        return refuse<type>(status, failure);                                                                                             \
    }

cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint count, cl_device_id *devices, cl_uint *found) {
    FAIL(clGetDeviceIDs)
    return next->clGetDeviceIDs(platform, type, count, devices, found);
}

cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info what, size_t size, void *value, size_t *length) {
    cl_int status = next->clGetDeviceInfo(device, what, size, value, length);
    if (memory > 0 && status == CL_SUCCESS && value != nullptr &&
        (what == CL_DEVICE_GLOBAL_MEM_SIZE || what == CL_DEVICE_MAX_MEM_ALLOC_SIZE)) {
        memcpy(value, &memory, sizeof memory);
    }
    return status;
}

cl_context CL_API_CALL create_context(const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
                                      void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data, cl_int *status) {
    MAKE(clCreateContext, cl_context)
    return made(CONTEXT, next->clCreateContext(properties, count, devices, notify, data, status));
}

cl_command_queue CL_API_CALL create_queue(cl_context context, cl_device_id device, cl_command_queue_properties flags, cl_int *status) {
    MAKE(clCreateCommandQueue, cl_command_queue)
    return made(QUEUE, next->clCreateCommandQueue(context, device, flags, status));
}

cl_mem CL_API_CALL create_buffer(cl_context context, cl_mem_flags flags, size_t bytes, void *host, cl_int *status) {
    MAKE(clCreateBuffer, cl_mem)
    if (memory > 0 && held + bytes > memory) {
        return refuse<cl_mem>(status, CL_MEM_OBJECT_ALLOCATION_FAILURE);
    }
    held += bytes;
    return made(BUFFER, next->clCreateBuffer(context, flags, bytes, host, status));
}

cl_int CL_API_CALL release_buffer(cl_mem buffer) {
    size_t bytes = 0;
    next->clGetMemObjectInfo(buffer, CL_MEM_SIZE, sizeof bytes, &bytes, nullptr);
    held -= bytes;
    return released(BUFFER, next->clReleaseMemObject(buffer));
}

cl_program CL_API_CALL create_from_source(cl_context context, cl_uint count, const char **texts, const size_t *lengths, cl_int *status) {
    MAKE(clCreateProgramWithSource, cl_program)
    return made(PROGRAM, next->clCreateProgramWithSource(context, count, texts, lengths, status));
}

cl_program CL_API_CALL create_from_binary(cl_context context, cl_uint count, const cl_device_id *devices, const size_t *lengths,
                                          const unsigned char **binaries, cl_int *each, cl_int *status) {
    MAKE(clCreateProgramWithBinary, cl_program)
    return made(PROGRAM, next->clCreateProgramWithBinary(context, count, devices, lengths, binaries, each, status));
}

cl_int CL_API_CALL build_program(cl_program program, cl_uint count, const cl_device_id *devices, const char *options,
                                 void(CL_CALLBACK *notify)(cl_program, void *), void *data) {
    FAIL(clBuildProgram)
    return next->clBuildProgram(program, count, devices, options, notify, data);
}

cl_kernel CL_API_CALL create_kernel(cl_program program, const char *name, cl_int *status) {
    MAKE(clCreateKernel, cl_kernel)
    return made(KERNEL, next->clCreateKernel(program, name, status));
}

cl_int CL_API_CALL launch(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions, const size_t *offset, const size_t *global,
                          const size_t *local, cl_uint count, const cl_event *waits, cl_event *event) {
    FAIL(clEnqueueNDRangeKernel)
    return next->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, count, waits, event);
}

cl_int CL_API_CALL read_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes, void *target,
                               cl_uint count, const cl_event *waits, cl_event *event) {
    FAIL(clEnqueueReadBuffer)
    return next->clEnqueueReadBuffer(queue, buffer, blocking, offset, bytes, target, count, waits, event);
}

cl_int CL_API_CALL write_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, size_t bytes, const void *source,
                                cl_uint count, const cl_event *waits, cl_event *event) {
    FAIL(clEnqueueWriteBuffer)
    cl_int status = next->clEnqueueWriteBuffer(queue, buffer, blocking, offset, bytes, source, count, waits, event);
    if (event != nullptr && status == CL_SUCCESS) {
        std::lock_guard<std::mutex> lock(guard);
        events.insert(*event);
    }
    return status;
}

cl_int CL_API_CALL finish(cl_command_queue queue) {
    FAIL(clFinish)
    return next->clFinish(queue);
}

cl_int CL_API_CALL release_context(cl_context context) { return released(CONTEXT, next->clReleaseContext(context)); }
cl_int CL_API_CALL release_queue(cl_command_queue queue) { return released(QUEUE, next->clReleaseCommandQueue(queue)); }
cl_int CL_API_CALL release_program(cl_program program) { return released(PROGRAM, next->clReleaseProgram(program)); }
cl_int CL_API_CALL release_kernel(cl_kernel kernel) { return released(KERNEL, next->clReleaseKernel(kernel)); }

cl_int CL_API_CALL release_event(cl_event event) {
    {
        std::lock_guard<std::mutex> lock(guard);
        events.erase(event);
    }
    return next->clReleaseEvent(event);
}

void report() {
    FILE *file = fopen(getenv("OPENCL_LEFT"), "w");
    for (int kind = 0; file != nullptr && kind < KINDS; kind++) {
        fprintf(file, "%s %ld\n", names[kind], alive[kind]);
    }
    if (file != nullptr) {
        fprintf(file, "events %zu\n", events.size());
        fclose(file);
    }
}

void read_environment() {
    const char *fail = getenv("OPENCL_FAIL");
    if (fail != nullptr && sscanf(fail, "%63[^:]:%ld:%d", failing, &countdown, &failure) != 3) {
        fprintf(stderr, "OPENCL_FAIL=%s is not NAME:N:CODE\n", fail);
        exit(99);
    }
    memory = getenv("OPENCL_MEMORY") == nullptr ? 0 : strtoull(getenv("OPENCL_MEMORY"), nullptr, 10);
    if (getenv("OPENCL_LEFT") != nullptr) {
        atexit(report);
    }
}

}  // namespace

extern "C" CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info what, size_t size, void *value, size_t *length) {
    if (what != CL_LAYER_API_VERSION) {
        return CL_INVALID_VALUE;
    }
    cl_layer_api_version version = CL_LAYER_API_VERSION_100;
    if (value != nullptr && size >= sizeof version) {
        memcpy(value, &version, sizeof version);
    }
    if (length != nullptr) {
        *length = sizeof version;
    }
    return CL_SUCCESS;
}

extern "C" CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint count, const cl_icd_dispatch *target, cl_uint *own,
                                                       const cl_icd_dispatch **dispatch) {
    if (count < sizeof layer / sizeof(void *)) {
        return CL_INVALID_VALUE;
    }
    read_environment();
    next = target;
    layer = *target;
    layer.clGetDeviceIDs = get_device_ids;
    layer.clGetDeviceInfo = get_device_info;
    layer.clCreateContext = create_context;
    layer.clReleaseContext = release_context;
    layer.clCreateCommandQueue = create_queue;
    layer.clReleaseCommandQueue = release_queue;
    layer.clCreateBuffer = create_buffer;
    layer.clReleaseMemObject = release_buffer;
    layer.clCreateProgramWithSource = create_from_source;
    layer.clCreateProgramWithBinary = create_from_binary;
    layer.clReleaseProgram = release_program;
    layer.clBuildProgram = build_program;
    layer.clCreateKernel = create_kernel;
    layer.clReleaseKernel = release_kernel;
    layer.clEnqueueNDRangeKernel = launch;
    layer.clEnqueueReadBuffer = read_buffer;
    layer.clEnqueueWriteBuffer = write_buffer;
    layer.clReleaseEvent = release_event;
    layer.clFinish = finish;
    *own = sizeof layer / sizeof(void *);
    *dispatch = &layer;
    return CL_SUCCESS;
}
