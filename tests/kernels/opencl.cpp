// Kernels as OpenCL C on a driver's first device, compiled from the folder with the sources. KERNELS_UNFILLED leaves memory of no content
// as the driver gives it, for a tool that notices when it is read; otherwise it is filled with NaN.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "harness.h"

namespace {

void check(cl_int status, const std::string &what) {
    if (status == CL_SUCCESS) return;
    fprintf(stderr, "FAILED  OpenCL: %s gives %d\n", what.c_str(), status);
    exit(1);
}

struct ClMemory : Memory {
    cl_mem handle;
    explicit ClMemory(cl_mem given) : handle(given) {}
    ~ClMemory() override { clReleaseMemObject(handle); }
};

class OpenCl : public Device {
   public:
    explicit OpenCl(std::string where) : folder(std::move(where)), filled(!getenv("KERNELS_UNFILLED")) {
        cl_platform_id platform;
        check(clGetPlatformIDs(1, &platform, nullptr), "looking for a platform");
        check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr), "looking for a device");
        cl_int status;
        context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, &status);
        check(status, "making a context");
        queue = clCreateCommandQueue(context, device, 0, &status);
        check(status, "making a queue");
    }

    ~OpenCl() override {
        for (auto &each : kernels) clReleaseKernel(each.second);
        for (auto &each : programs) clReleaseProgram(each.second);
        clReleaseCommandQueue(queue);
        clReleaseContext(context);
    }

    std::unique_ptr<Memory> alloc(size_t bytes, const void *from) override {
        cl_int status;
        cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, nullptr, &status);
        check(status, "allocating " + std::to_string(bytes) + " bytes");
        std::vector<char> nan(from || !filled ? 0 : bytes, (char)0xff);
        if (!from && filled) from = nan.data();
        if (from) check(clEnqueueWriteBuffer(queue, memory, CL_TRUE, 0, bytes, from, 0, nullptr, nullptr), "writing");
        return std::make_unique<ClMemory>(memory);
    }

    void read(Memory &memory, void *to, size_t bytes) override {
        check(clEnqueueReadBuffer(queue, ((ClMemory &)memory).handle, CL_TRUE, 0, bytes, to, 0, nullptr, nullptr), "reading");
    }

    void launch(const std::string &file, Storage storage, const std::string &name, long64 x, long64 y,
                const std::vector<Argument> &arguments) override {
        cl_kernel kernel = find(file, storage, name);
        cl_uint place = 0;
        cl_ulong start = 0;
        for (const Argument &each : arguments) {
            if (each.kind == Argument::BUFFER) {
                cl_mem memory = each.memory ? ((ClMemory *)each.memory)->handle : nullptr;
                set(kernel, place++, sizeof memory, each.memory ? &memory : nullptr);
                set(kernel, place++, sizeof start, &start);
            } else if (each.kind == Argument::LONG) {
                set(kernel, place++, sizeof each.large, &each.large);
            } else if (each.kind == Argument::REAL) {
                set(kernel, place++, sizeof each.real, &each.real);
            } else {
                set(kernel, place++, sizeof each.integer, &each.integer);
            }
        }
        size_t block[3];
        check(clGetKernelWorkGroupInfo(kernel, device, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof block, block, nullptr), "asking for BLOCK");
        size_t grid[] = {(size_t)x * block[0], (size_t)y};
        check(clEnqueueNDRangeKernel(queue, kernel, 2, nullptr, grid, block, 0, nullptr, nullptr), "launching " + name);
        check(clFinish(queue), "running " + name);
    }

   private:
    void set(cl_kernel kernel, cl_uint place, size_t size, const void *value) {
        check(clSetKernelArg(kernel, place, size, value), "argument " + std::to_string(place));
    }

    cl_kernel find(const std::string &file, Storage storage, const std::string &name) {
        std::string key = file + (storage == BFLOAT16 ? " -DSTORE_BFLOAT16" : "");
        if (!programs.count(key)) programs[key] = build(file, storage);
        cl_kernel &kernel = kernels[key + " " + name];
        if (!kernel) {
            cl_int status;
            kernel = clCreateKernel(programs[key], name.c_str(), &status);
            check(status, "kernel " + name);
        }
        return kernel;
    }

    cl_program build(const std::string &file, Storage storage) {
        std::stringstream text;
        text << std::ifstream(folder + "/" + file + ".cu").rdbuf();
        std::string source = text.str();
        const char *pointer = source.c_str();
        cl_int status;
        cl_program program = clCreateProgramWithSource(context, 1, &pointer, nullptr, &status);
        check(status, "reading " + file);
        std::string options = "-cl-std=CL1.2 -I " + folder + (storage == BFLOAT16 ? " -DSTORE_BFLOAT16" : "");
        status = clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr);
        if (status != CL_SUCCESS) {
            std::vector<char> log(1 << 16);
            clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, log.size(), log.data(), nullptr);
            fprintf(stderr, "%s\n", log.data());
            check(status, "compiling kernels/" + file + ".cu");
        }
        return program;
    }

    const std::string folder;
    const bool filled;
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    std::map<std::string, cl_program> programs;
    std::map<std::string, cl_kernel> kernels;
};

}  // namespace

std::unique_ptr<Device> open_device(const std::string &folder) { return std::make_unique<OpenCl>(folder); }
