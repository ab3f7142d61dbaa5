// Modules and their kernels. An image is a host shared object (image.h); a fatbin or PTX is refused as a card refuses
// another card's code.
#include "module.h"

#include <dlfcn.h>
#include <elf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

namespace sim {

Handles<Function> functions("function");

namespace {

struct Module {
    Context *context = nullptr;
    void *library = nullptr;
    int file = -1;
    std::vector<Handle> functions;
    ~Module() {
        if (library) dlclose(library);
        if (file >= 0) close(file);
    }
};

Handles<Module> modules("module");

// Bytes of an ELF image, from its own header: to the end of the table of sections, which linkers write last.
size_t image_bytes(const void *image) {
    Elf64_Ehdr header;
    if (memcmp(image, ELFMAG, SELFMAG) != 0) {
        reject(CUDA_ERROR_NO_BINARY_FOR_GPU, "the image is no host shared object (a fatbin or PTX is for a card)");
    }
    memcpy(&header, image, sizeof header);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_DYN || !header.e_shoff || !header.e_shnum) {
        reject(CUDA_ERROR_NO_BINARY_FOR_GPU, "the image is no shared object of this machine");
    }
    return header.e_shoff + (size_t)header.e_shnum * header.e_shentsize;
}

void load(Handle *handle, const void *image) {
    if (!image) reject(CUDA_ERROR_INVALID_VALUE, "the image is null");
    size_t bytes = image_bytes(image);
    auto module = std::make_unique<Module>();
    module->context = &current();
    module->file = memfd_create("cudasim-image", MFD_CLOEXEC);
    if (module->file < 0 || write(module->file, image, bytes) != (ssize_t)bytes) {
        reject(CUDA_ERROR_OUT_OF_MEMORY, "the image could not be copied to a memory file");
    }
    std::string path = "/proc/self/fd/" + std::to_string(module->file);
    module->library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!module->library) reject(CUDA_ERROR_INVALID_IMAGE, "%s", dlerror());
    if (!dlsym(module->library, "cudasim_kernel")) reject(CUDA_ERROR_INVALID_IMAGE, "the image has no cudasim_kernel");
    modules.add(std::move(module), *handle);
}

void unload(Handle handle) {
    for (Handle function : modules.get(handle).functions) functions.remove(function);
    modules.remove(handle);
}

void find_function(Handle *handle, Module &module, const char *name) {
    auto next = (const cudasim::Kernel *(*)(size_t))dlsym(module.library, "cudasim_kernel");
    for (size_t i = 0; next(i); i++) {
        if (strcmp(next(i)->name, name) != 0) continue;
        Function *made = functions.add(std::make_unique<Function>(), *handle);
        made->kernel = next(i);
        module.functions.push_back(*handle);
        return;
    }
    reject(CUDA_ERROR_NOT_FOUND, "the image has no kernel %s", name);
}

}  // namespace

size_t modules_loaded() { return modules.live.size(); }

void unload_all(Context &context) {
    std::vector<Handle> found;
    for (auto &each : modules.live) {
        if (each.second->context == &context) found.push_back(each.first);
    }
    for (Handle each : found) unload(each);
}

}  // namespace sim

using namespace sim;

EXPORT CUresult cuModuleLoadData(Handle *module, const void *image) {
    return call("cuModuleLoadData", NOT_IN_CAPTURE, [&] { load(module, image); });
}

EXPORT CUresult cuModuleLoadDataEx(Handle *module, const void *image, unsigned, int *, void **) {
    return call("cuModuleLoadDataEx", NOT_IN_CAPTURE, [&] { load(module, image); });
}

EXPORT CUresult cuModuleUnload(Handle module) {
    return call("cuModuleUnload", NOT_IN_CAPTURE, [&] {
        finish_all(*modules.get(module).context);
        unload(module);
    });
}

EXPORT CUresult cuModuleGetFunction(Handle *function, Handle module, const char *name) {
    return call("cuModuleGetFunction", 0, [&] { find_function(function, modules.get(module), name); });
}

EXPORT CUresult cuFuncGetAttribute(int *value, int attribute, Handle function) {
    return call("cuFuncGetAttribute", 0, [&] {
        const Function &of = functions.get(function);
        if (attribute < 0 || attribute > 9) reject(CUDA_ERROR_INVALID_VALUE, "there is no attribute %d", attribute);
        // threads of a block at most; registers; shared memory that a launch may ask for
        *value = attribute == 0 ? of.kernel->block : attribute == 4 ? 32 : attribute == 8 ? (int)of.most_shared : 0;
    });
}

EXPORT CUresult cuFuncSetAttribute(Handle function, int attribute, int value) {
    return call("cuFuncSetAttribute", 0, [&] {
        Function &of = functions.get(function);
        if (attribute == 14) {
            of.wide_clusters = value != 0;
            return;
        }
        if (attribute != 8)
            reject(CUDA_ERROR_INVALID_VALUE, "attribute %d is not among those the stand-in sets", attribute);
        if (value < 0 || value > (int)MOST_SHARED) {
            reject(CUDA_ERROR_INVALID_VALUE, "%s cannot have %d bytes of shared memory", of.kernel->name, value);
        }
        of.most_shared = (unsigned)value;
    });
}
