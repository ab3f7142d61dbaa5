// Handles and descriptors of the stand-in's cuDNN, and how its entry points refuse.
#ifndef CUDASIM_CUDNN_OBJECTS_H
#define CUDASIM_CUDNN_OBJECTS_H
#include <map>
#include <mutex>
#include <vector>

#include "cudnn_rnn.h"
#include "service.h"

namespace cudnn {

// cudnnStatus_t as cuDNN 9 numbers it.
enum Status : int {
    SUCCESS = 0,
    NOT_INITIALIZED = 1001,
    BAD_PARAM = 2000,
    NULL_POINTER = 2002,
    MISALIGNED_POINTER = 2003,
    SIZE_INSUFFICIENT = 2006,
    NOT_SUPPORTED = 3000,
    INTERNAL_ERROR = 4000,
    ALLOCATION_FAILED = 4003,
    EXECUTION_FAILED = 5000
};

enum Algorithm { STANDARD = 0, PERSIST_STATIC = 1, PERSIST_DYNAMIC = 2, PERSIST_STATIC_SMALL_H = 3 };

struct Library {
    Handle stream = nullptr;
};

struct Rnn {
    bool set = false;
    Algorithm algorithm = STANDARD;
    CellMode cell = LSTM;
    DataType type = FLOAT;
    bool tf32 = false;
    int input = 0, hidden = 0;
    bool plain = false;  // what the stand-in computes; it judges more
};

struct Data {
    bool set = false;
    DataType type = FLOAT;
    int steps = 0, batch = 0, vector = 0;
    bool whole = false;  // every sequence has all steps
};

struct Dropout {
    bool set = false;
};

struct Tensor {
    bool set = false;
    DataType type = FLOAT;
    std::vector<int> sizes, strides;
};

struct Refusal {
    int status;
};

[[noreturn]] void refuse(const char *function, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

extern std::recursive_mutex lock;
extern std::map<Handle, Library> libraries;
extern std::map<Handle, Rnn> rnns;
extern std::map<Handle, Data> data;
extern std::map<Handle, Tensor> tensors;
extern std::map<Handle, Dropout> dropouts;

int entered(int code);        // what cudasim_enter said, as cuDNN's status
void require_cublas_lt();     // what the real library does at its first call
int library_version();        // as cudnnGetVersion numbers it

constexpr int DRIVER = 10000;  // from here on cudasim_enter's codes are the driver's

// Runs an entry point under the lock and turns what it threw into its status. Describing something needs no driver.
template <class Body>
int call(const char *function, Body body, bool describes = false) {
    std::lock_guard<std::recursive_mutex> held(lock);
    require_cublas_lt();
    int code = cudasim_enter(function);
    if (code && !(describes && code >= DRIVER)) return entered(code);
    try {
        body();
        return SUCCESS;
    } catch (const Refusal &refusal) {
        return refusal.status;
    }
}

template <class T>
T &find(const char *function, const char *kind, std::map<Handle, T> &all, Handle handle, int status = BAD_PARAM) {
    auto found = all.find(handle);
    if (found == all.end()) refuse(function, status, "there is no %s %p, or it was destroyed", kind, handle);
    return found->second;
}

// A descriptor that was set.
template <class T>
T &ready(const char *function, const char *kind, std::map<Handle, T> &all, Handle handle) {
    T &object = find(function, kind, all, handle);
    if (!object.set) refuse(function, BAD_PARAM, "the %s was created and never set", kind);
    return object;
}

}  // namespace cudnn
#endif
