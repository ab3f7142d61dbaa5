// Kernels as host code, one shared object a file and storage type: FOLDER/FILE.fp32.so, FOLDER/FILE.bf16.so.
#include <dlfcn.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>

#include "../cudasim/image.h"
#include "harness.h"

namespace {

struct HostMemory : Memory {
    void *bytes;
    HostMemory(size_t length, const void *from) : bytes(malloc(length)) {
        if (from) memcpy(bytes, from, length);
        else memset(bytes, 0xff, length);
    }
    ~HostMemory() override { free(bytes); }
};

class Host : public Device {
   public:
    explicit Host(std::string where) : folder(std::move(where)) {}

    std::unique_ptr<Memory> alloc(size_t bytes, const void *from) override { return std::make_unique<HostMemory>(bytes, from); }

    void read(Memory &memory, void *to, size_t bytes) override { memcpy(to, ((HostMemory &)memory).bytes, bytes); }

    // Whatever the sanitizer sees beside it, it does not let pass.
    bool is_whole(Memory &) override { return true; }

    bool fills() const override { return true; }

    std::vector<std::string> kernels_of(const std::string &file, Storage storage) override {
        std::vector<std::string> names;
        for (const cudasim::Kernel *each : image(file, storage)) names.push_back(each->name);
        return names;
    }

    void launch(const std::string &file, Storage storage, const std::string &name, long64 x, long64 y,
                const std::vector<Argument> &arguments) override {
        const cudasim::Kernel &kernel = find(file, storage, name);
        if (arguments.size() != kernel.parameters) stop(name + " takes " + std::to_string(kernel.parameters) + " arguments");
        std::vector<void *> pointers(arguments.size());
        std::vector<void *> values(arguments.size());
        for (size_t i = 0; i < arguments.size(); i++) {
            const Argument &each = arguments[i];
            bool pointer = each.kind == Argument::BUFFER;
            size_t size = pointer ? sizeof(void *) : each.kind == Argument::LONG ? sizeof(long64) : sizeof(int);
            if (pointer != kernel.pointers[i] || size != kernel.sizes[i]) stop(name + ": argument " + std::to_string(i + 1) + " has another type");
            pointers[i] = each.memory ? ((HostMemory *)each.memory)->bytes : nullptr;
            const void *value = each.kind == Argument::LONG ? (const void *)&each.large : &each.integer;
            values[i] = pointer ? (void *)&pointers[i] : each.kind == Argument::REAL ? (void *)&each.real : (void *)value;
        }
        long long grid[] = {x, y, 1};
        const char *fault = kernel.run(grid, values.data());
        if (fault) stop(name + ": " + fault);
    }

   private:
    using Image = std::vector<const cudasim::Kernel *>;

    const cudasim::Kernel &find(const std::string &file, Storage storage, const std::string &name) {
        for (const cudasim::Kernel *each : image(file, storage)) {
            if (each->name == name) return *each;
        }
        stop("kernels/" + file + ".cu has no kernel " + name);
    }

    // Empty where there is no such file.
    const Image &image(const std::string &file, Storage storage) {
        std::string path = folder + "/" + file + (storage == BFLOAT16 ? ".bf16.so" : ".fp32.so");
        auto [at, is_new] = images.insert({path, {}});
        if (!is_new || access(path.c_str(), F_OK) != 0) return at->second;
        void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!library) stop(dlerror());
        auto next = (const cudasim::Kernel *(*)(size_t))dlsym(library, "cudasim_kernel");
        if (!next) stop(dlerror());
        for (size_t i = 0; next(i); i++) at->second.push_back(next(i));
        return at->second;
    }

    [[noreturn]] static void stop(const std::string &why) {
        fprintf(stderr, "FAILED  %s\n", why.c_str());
        exit(1);
    }

    const std::string folder;
    std::map<std::string, Image> images;
};

}  // namespace

std::unique_ptr<Device> open_device(const std::string &folder) { return std::make_unique<Host>(folder); }
