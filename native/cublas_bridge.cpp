// A libcublas.so.12 for machines that have libcublas.so.13: JCublas asks for the former by name and by symbol version.
// Each function here jumps to the one of the same name in cuBLAS 13, arguments untouched; between the two versions none
// of them has changed its form. lstm_gpu_open_cublas says which file that is. Before that, and where cuBLAS 13 has no
// such function, a call returns CUBLAS_STATUS_NOT_SUPPORTED. What JCublas could call and lstm-gpu does not is left out:
// its native library binds when it calls.
#include <dlfcn.h>

#define FUNCTIONS(F)               \
    F(cublasCreate_v2)             \
    F(cublasDestroy_v2)            \
    F(cublasGetVersion_v2)         \
    F(cublasGetProperty)           \
    F(cublasSetStream_v2)          \
    F(cublasGetStream_v2)          \
    F(cublasSetWorkspace_v2)       \
    F(cublasSetPointerMode_v2)     \
    F(cublasSetMathMode)           \
    F(cublasGetMathMode)           \
    F(cublasSetAtomicsMode)        \
    F(cublasSgemm_v2)              \
    F(cublasSgemv_v2)              \
    F(cublasSgeam)                 \
    F(cublasGemmEx)                \
    F(cublasSgemmStridedBatched)   \
    F(cublasGemmStridedBatchedEx)

extern "C" {

constexpr int NOT_SUPPORTED = 15;  // CUBLAS_STATUS_NOT_SUPPORTED
static int unsupported() { return NOT_SUPPORTED; }

#define TARGET(name) __attribute__((visibility("hidden"))) void *target_##name = reinterpret_cast<void *>(unsupported);
FUNCTIONS(TARGET)

#define JUMP(name)                                                      \
    asm(".text\n.globl " #name "\n.type " #name ", @function\n" #name   \
        ":\n    endbr64\n    jmp *target_" #name "(%rip)\n.size " #name ", . - " #name "\n");
FUNCTIONS(JUMP)

// Null when all is well, otherwise the loader's reason. The library stays open until the process ends.
const char *lstm_gpu_open_cublas(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return dlerror();
#define BIND(name)                                                                    \
    if (void *found = dlsym(library, #name); found != nullptr) target_##name = found;
    FUNCTIONS(BIND)
    return nullptr;
}

}
