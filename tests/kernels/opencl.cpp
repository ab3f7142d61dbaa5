// Kernels as OpenCL C on the first device of the first platform, compiled from the folder with the sources. Memory lies
// between two guards and is all ones where it has no content. On Oclgrind, which sees both by itself, there is no guard
// behind and no content.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>

#include "harness.h"

namespace {

void check(cl_int status, const std::string &what) {
    if (status == CL_SUCCESS) return;
    fprintf(stderr, "FAILED  OpenCL: %s gives %d\n", what.c_str(), status);
    exit(1);
}

constexpr size_t GUARD = 64;  // bytes
constexpr char GUARD_BYTE = 0x5a;

struct ClMemory : Memory {
    cl_mem handle;
    size_t bytes;
    ClMemory(cl_mem given, size_t length) : handle(given), bytes(length) {}
    ~ClMemory() override { clReleaseMemObject(handle); }
};

class OpenCl : public Device {
   public:
    explicit OpenCl(std::string where) : folder(std::move(where)) {
        cl_platform_id platform;
        check(clGetPlatformIDs(1, &platform, nullptr), "looking for a platform");
        check(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr), "looking for a device");
        char name[100] = "";
        check(clGetPlatformInfo(platform, CL_PLATFORM_NAME, sizeof name - 1, name, nullptr), "asking for the platform's name");
        watched = strcmp(name, "Oclgrind") == 0;
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
        size_t behind = watched ? 0 : GUARD;
        cl_int status;
        cl_mem handle = clCreateBuffer(context, CL_MEM_READ_WRITE, GUARD + bytes + behind, nullptr, &status);
        check(status, "allocating " + std::to_string(bytes) + " bytes");
        auto memory = std::make_unique<ClMemory>(handle, bytes);
        std::vector<char> all(GUARD + bytes + behind, GUARD_BYTE);
        if (from) memcpy(&all[GUARD], from, bytes);
        else std::fill_n(&all[GUARD], bytes, (char)0xff);
        if (!from && watched) all.resize(GUARD);
        write(*memory, all);
        return memory;
    }

    // What was read has content from then on: Oclgrind 21.10 forgets between two kernels that the first one wrote it.
    void read(Memory &memory, void *to, size_t bytes) override {
        ClMemory &own = (ClMemory &)memory;
        read_at(own, GUARD, to, bytes);
        if (!watched) return;
        std::vector<char> all(GUARD + bytes);
        read_at(own, 0, all.data(), all.size());
        write(own, all);
    }

    bool is_whole(Memory &memory) override {
        ClMemory &own = (ClMemory &)memory;
        for (int side = 0; side < (watched ? 1 : 2); side++) {
            std::vector<char> guard(GUARD);
            read_at(own, side * (GUARD + own.bytes), guard.data(), GUARD);
            if (guard != std::vector<char>(GUARD, GUARD_BYTE)) return false;
        }
        return true;
    }

    bool fills() const override { return !watched; }

    std::vector<std::string> kernels_of(const std::string &file, Storage storage) override {
        if (storage == BFLOAT16 && !std::regex_search(source(file), std::regex("\\b(real|LOAD|STORE)\\b"))) return {};
        size_t length = 0;
        char names[2000] = "";
        check(clGetProgramInfo(program(file, storage), CL_PROGRAM_KERNEL_NAMES, sizeof names, names, &length), "asking for kernels");
        std::vector<std::string> kernels_here;
        std::stringstream list(names);
        for (std::string name; std::getline(list, name, ';');) kernels_here.push_back(name);
        return kernels_here;
    }

    void launch(const std::string &file, Storage storage, const std::string &name, long64 x, long64 y,
                const std::vector<Argument> &arguments) override {
        cl_kernel kernel = find(file, storage, name);
        cl_uint place = 0;
        for (const Argument &each : arguments) {
            if (each.kind == Argument::BUFFER) {
                cl_mem memory = each.memory ? ((ClMemory *)each.memory)->handle : nullptr;
                cl_ulong start = each.memory ? GUARD / each.element : 0;
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

    // From the start on: Oclgrind 21.10 takes what is written from elsewhere on for uninitialised.
    void write(ClMemory &memory, const std::vector<char> &bytes) {
        check(clEnqueueWriteBuffer(queue, memory.handle, CL_TRUE, 0, bytes.size(), bytes.data(), 0, nullptr, nullptr), "writing");
    }

    void read_at(ClMemory &memory, size_t at, void *to, size_t bytes) {
        check(clEnqueueReadBuffer(queue, memory.handle, CL_TRUE, at, bytes, to, 0, nullptr, nullptr), "reading");
    }

    cl_program program(const std::string &file, Storage storage) {
        cl_program &made = programs[{file, storage}];
        if (!made) made = build(file, storage);
        return made;
    }

    cl_kernel find(const std::string &file, Storage storage, const std::string &name) {
        cl_kernel &kernel = kernels[{program(file, storage), name}];
        if (!kernel) {
            cl_int status;
            kernel = clCreateKernel(program(file, storage), name.c_str(), &status);
            check(status, "kernel " + name);
        }
        return kernel;
    }

    std::string source(const std::string &file) {
        std::stringstream text;
        text << std::ifstream(folder + "/" + file + ".cu").rdbuf();
        return text.str();
    }

    cl_program build(const std::string &file, Storage storage) {
        std::string text = source(file);
        const char *pointer = text.c_str();
        cl_int status;
        cl_program program = clCreateProgramWithSource(context, 1, &pointer, nullptr, &status);
        check(status, "reading " + file);
        std::string options = "-cl-std=CL1.2 -I " + folder + (storage == BFLOAT16 ? " -DSTORE_BFLOAT16" : "");
        const char *more = getenv("KERNEL_OPTIONS");
        if (more != nullptr) options += std::string(" ") + more;
        if (watched) options += " -cl-opt-disable";  // Oclgrind 21.10 stops at an instruction that optimisation brings in
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
    bool watched;
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    std::map<std::pair<std::string, Storage>, cl_program> programs;
    std::map<std::pair<cl_program, std::string>, cl_kernel> kernels;
};

}  // namespace

std::unique_ptr<Device> open_device(const std::string &folder) { return std::make_unique<OpenCl>(folder); }
