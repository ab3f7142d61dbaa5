// cuBLAS's entry points: handles, and products put into streams after the checks that cuBLAS makes, and some that it
// leaves to the card.
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>

#include "cublas_product.h"
#include "service.h"

namespace {

enum Status : int {
    SUCCESS = 0,
    NOT_INITIALIZED = 1,
    ALLOC_FAILED = 3,
    INVALID_VALUE = 7,
    EXECUTION_FAILED = 13,
    NOT_SUPPORTED = 15
};
enum { R_32F = 0, R_16BF = 14 };
enum { COMPUTE_32F = 68, COMPUTE_32F_PEDANTIC = 69, COMPUTE_32F_FAST_TF32 = 77 };
enum { PEDANTIC_MATH = 2, TF32_MATH = 3 };
constexpr int VERSION = 120600;

struct Library {
    Handle stream = nullptr;
    bool workspace = false, device_pointers = false;
    int math = 0;
    std::set<cublas::Factors> loaded;  // whose first product was made
};

std::recursive_mutex lock;
std::map<Handle, Library> libraries;

struct Refusal {
    Status status;
};

[[noreturn]] __attribute__((format(printf, 3, 4))) void refuse(const char *function, Status status, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cudasim_report(function, "%s", text);
    throw Refusal{status};
}

template <class Body>
int call(const char *function, Body body) {
    std::lock_guard<std::recursive_mutex> held(lock);
    int code = cudasim_enter(function);
    if (code) return code == -1 ? SUCCESS : code < 10000 ? code : code == 10000 + CUDA_ERROR_INVALID_CONTEXT ? NOT_INITIALIZED : EXECUTION_FAILED;
    try {
        body();
        return SUCCESS;
    } catch (const Refusal &refusal) {
        return refusal.status;
    }
}

Library &library_of(const char *function, Handle handle) {
    auto found = libraries.find(handle);
    if (found == libraries.end()) refuse(function, NOT_INITIALIZED, "there is no handle %p, or it was destroyed", handle);
    return found->second;
}

// A factor or result of `rows` by `columns`, column-major.
void check_matrix(const char *function, const char *name, const void *start, long rows, long columns, long stride, size_t element) {
    if (stride < std::max(1L, rows)) {
        refuse(function, INVALID_VALUE, "the leading dimension of %s is %ld; it has %ld rows", name, stride, rows);
    }
    if (rows == 0 || columns == 0) return;
    size_t bytes = ((size_t)(columns - 1) * (size_t)stride + (size_t)rows) * element, room = cudasim_room(start);
    if (room < bytes) refuse(function, EXECUTION_FAILED, "%s takes %zu bytes, its memory has %zu from there on", name, bytes, room);
    if ((size_t)start % element) refuse(function, INVALID_VALUE, "%s is not aligned to its elements", name);
}

bool overlap(const void *c, size_t c_bytes, const void *factor, size_t bytes) {
    return (const char *)c < (const char *)factor + bytes && (const char *)factor < (const char *)c + c_bytes;
}

void check_product(const char *function, const cublas::Product &p, size_t element) {
    if (p.m < 0 || p.n < 0 || p.k < 0) refuse(function, INVALID_VALUE, "%d x %d x %d", p.m, p.n, p.k);
    long rows_a = p.transpose_a ? p.k : p.m, columns_a = p.transpose_a ? p.m : p.k;
    long rows_b = p.transpose_b ? p.n : p.k, columns_b = p.transpose_b ? p.k : p.n;
    check_matrix(function, "A", p.a, rows_a, columns_a, p.lda, element);
    check_matrix(function, "B", p.b, rows_b, columns_b, p.ldb, element);
    check_matrix(function, "C", p.c, p.m, p.n, p.ldc, sizeof(float));
    if (!p.m || !p.n || !p.k) return;
    size_t c_bytes = ((size_t)(p.n - 1) * (size_t)p.ldc + (size_t)p.m) * sizeof(float);
    if (overlap(p.c, c_bytes, p.a, ((size_t)(columns_a - 1) * (size_t)p.lda + (size_t)rows_a) * element) ||
        overlap(p.c, c_bytes, p.b, ((size_t)(columns_b - 1) * (size_t)p.ldb + (size_t)rows_b) * element)) {
        refuse(function, INVALID_VALUE, "C overlaps a factor");
    }
}

void run(const void *product) { cublas::multiply(*(const cublas::Product *)product); }

void put(const char *function, Library &library, cublas::Product &p, const void *alpha, const void *beta, size_t element) {
    check_product(function, p, element);
    if (!alpha || !beta) refuse(function, INVALID_VALUE, "alpha or beta is null");
    if (library.device_pointers) {
        p.alpha_at = (const float *)alpha;
        p.beta_at = (const float *)beta;
    } else {
        p.alpha = *(const float *)alpha;
        p.beta = *(const float *)beta;
    }
    if (cudasim_capturing(library.stream) > 0 && !library.workspace) {
        refuse(function, ALLOC_FAILED, "a product in a capture needs cublasSetWorkspace, after cublasSetStream, which takes it back");
    }
    // Stricter than a driver, which may let it pass: what cuBLAS loads and allocates at a first product is its own
    // affair and changes.
    if (!library.loaded.count(p.factors) && cudasim_allocate(function, "a first product of a handle in this precision loads its kernels")) {
        throw Refusal{EXECUTION_FAILED};
    }
    library.loaded.insert(p.factors);
    if (cudasim_enqueue(function, library.stream, run, &p, sizeof p)) throw Refusal{EXECUTION_FAILED};
}

bool transposed(const char *function, int operation) {
    if (operation < 0 || operation > 2) refuse(function, INVALID_VALUE, "there is no operation %d", operation);
    return operation != 0;
}

cublas::Factors factors_of(const char *function, const Library &library, int type_a, int type_b, int type_c, int compute) {
    if (type_a != type_b || type_c != R_32F || (type_a != R_32F && type_a != R_16BF)) {
        refuse(function, NOT_SUPPORTED, "factors of types %d and %d into %d", type_a, type_b, type_c);
    }
    if (compute != COMPUTE_32F && compute != COMPUTE_32F_PEDANTIC && compute != COMPUTE_32F_FAST_TF32) {
        refuse(function, NOT_SUPPORTED, "compute type %d", compute);
    }
    if (type_a == R_16BF) {
        if (compute == COMPUTE_32F_FAST_TF32) refuse(function, NOT_SUPPORTED, "TF32 takes float32 factors");
        return cublas::BFLOATS;
    }
    bool fast = compute == COMPUTE_32F_FAST_TF32 || (compute == COMPUTE_32F && library.math == TF32_MATH);
    return fast ? cublas::TF32 : cublas::FLOATS;
}

}  // namespace

EXPORT int cublasCreate_v2(Handle *handle) {
    return call("cublasCreate_v2", [&] {
        static uintptr_t next = 0x7100000;
        *handle = (Handle)(next += 16);
        libraries[*handle] = Library();
        cudasim_object(1);
    });
}

EXPORT int cublasDestroy_v2(Handle handle) {
    std::lock_guard<std::recursive_mutex> held(lock);
    if (libraries.erase(handle) == 0) {
        cudasim_report("cublasDestroy_v2", "there is no handle %p, or it was destroyed", handle);
        return NOT_INITIALIZED;
    }
    cudasim_object(-1);
    return SUCCESS;
}

EXPORT int cublasSetStream_v2(Handle handle, Handle stream) {
    return call("cublasSetStream_v2", [&] {
        Library &library = library_of("cublasSetStream_v2", handle);
        if (cudasim_capturing(stream) < 0) refuse("cublasSetStream_v2", INVALID_VALUE, "there is no stream %p, or it was destroyed", stream);
        library.stream = stream;
        library.workspace = false;  // cuBLAS goes back to memory of its own here
    });
}

EXPORT int cublasGetStream_v2(Handle handle, Handle *stream) {
    return call("cublasGetStream_v2", [&] { *stream = library_of("cublasGetStream_v2", handle).stream; });
}

EXPORT int cublasSetWorkspace_v2(Handle handle, void *memory, size_t bytes) {
    return call("cublasSetWorkspace_v2", [&] {
        Library &library = library_of("cublasSetWorkspace_v2", handle);
        if ((size_t)memory % 256) refuse("cublasSetWorkspace_v2", INVALID_VALUE, "%p is not aligned to 256 bytes", memory);
        if (cudasim_room(memory) < bytes) {
            refuse("cublasSetWorkspace_v2", INVALID_VALUE, "%zu bytes at %p are not all in device memory", bytes, memory);
        }
        library.workspace = bytes > 0;
    });
}

EXPORT int cublasSetMathMode(Handle handle, int mode) {
    return call("cublasSetMathMode", [&] {
        if (mode < 0 || mode > TF32_MATH) refuse("cublasSetMathMode", INVALID_VALUE, "there is no mode %d", mode);
        library_of("cublasSetMathMode", handle).math = mode;
    });
}

EXPORT int cublasGetMathMode(Handle handle, int *mode) {
    return call("cublasGetMathMode", [&] { *mode = library_of("cublasGetMathMode", handle).math; });
}

EXPORT int cublasSetPointerMode_v2(Handle handle, int mode) {
    return call("cublasSetPointerMode_v2", [&] { library_of("cublasSetPointerMode_v2", handle).device_pointers = mode == 1; });
}

EXPORT int cublasSetAtomicsMode(Handle handle, int) {
    return call("cublasSetAtomicsMode", [&] { library_of("cublasSetAtomicsMode", handle); });
}

EXPORT int cublasGetVersion_v2(Handle, int *version) {
    *version = VERSION;
    return SUCCESS;
}

EXPORT int cublasGetProperty(int property, int *value) {
    *value = property == 0 ? VERSION / 10000 : property == 1 ? VERSION / 100 % 100 : VERSION % 100;
    return SUCCESS;
}

EXPORT const char *cublasGetStatusString(int status) {
    switch (status) {
        case SUCCESS: return "success";
        case NOT_INITIALIZED: return "the library was not initialized";
        case ALLOC_FAILED: return "the resource allocation failed";
        case INVALID_VALUE: return "an invalid value was used as an argument";
        case EXECUTION_FAILED: return "the function failed to launch on the GPU";
        case NOT_SUPPORTED: return "the requested functionality is not supported";
        default: return "an internal operation failed";
    }
}

EXPORT int cublasSgemm_v2(Handle handle, int operation_a, int operation_b, int m, int n, int k, const float *alpha, const float *a, int lda,
                          const float *b, int ldb, const float *beta, float *c, int ldc) {
    const char *function = "cublasSgemm_v2";
    return call(function, [&] {
        Library &library = library_of(function, handle);
        cublas::Product p{m, n, k, transposed(function, operation_a), transposed(function, operation_b), a, b, lda, ldb, ldc, c,
                          nullptr, nullptr, 0, 0, factors_of(function, library, R_32F, R_32F, R_32F, COMPUTE_32F)};
        put(function, library, p, alpha, beta, sizeof(float));
    });
}

EXPORT int cublasGemmEx(Handle handle, int operation_a, int operation_b, int m, int n, int k, const void *alpha, const void *a, int type_a,
                        int lda, const void *b, int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int compute, int) {
    const char *function = "cublasGemmEx";
    return call(function, [&] {
        Library &library = library_of(function, handle);
        cublas::Factors factors = factors_of(function, library, type_a, type_b, type_c, compute);
        cublas::Product p{m, n, k, transposed(function, operation_a), transposed(function, operation_b), a, b, lda, ldb, ldc, (float *)c,
                          nullptr, nullptr, 0, 0, factors};
        put(function, library, p, alpha, beta, type_a == R_16BF ? 2 : 4);
    });
}
