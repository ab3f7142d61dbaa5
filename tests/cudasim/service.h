// What libcuda.so.1 of the stand-in offers to its libcublas.so.12 and libcudnn.so.9: they put their work into the same
// queues, under the same checks and the same injected failures. `function` is always the name of the entry point that
// was called.
#ifndef CUDASIM_SERVICE_H
#define CUDASIM_SERVICE_H
#include "abi.h"

// To be called first by every entry point. 0, or a code that the test asked for (cudasim_fail), or -1: the test asked
// that the call does nothing and returns success. A broken context gives the driver's code plus 10000.
EXPORT int cudasim_enter(const char *function);

// Puts work into a stream. `data` is copied now; `run` gets the copy, once a replay where the stream is being captured.
// Nonzero: the driver's code, already reported. `run` may touch device memory directly: a fault in it breaks the
// context as a kernel's would.
EXPORT int cudasim_enqueue(const char *function, Handle stream, void (*run)(const void *data), const void *data, size_t bytes);

// 1 while the stream is being captured, 0 if not, -1 if there is no such stream.
EXPORT int cudasim_capturing(Handle stream);

// Bytes from the pointer to the end of its allocation; 0 if it does not point into live device memory.
EXPORT size_t cudasim_room(const void *pointer);

// The version that cuDNN is to be, as cudnnGetVersion numbers it.
EXPORT int cudasim_cudnn();

// What a driver does where memory is asked for while a stream is being captured in the global mode: the captures are
// broken, and a line says so. Nothing happens outside of captures.
EXPORT CUresult cudasim_allocate(const char *function, const char *what);

// Prints one line and keeps it for cudasim_last_line.
EXPORT void cudasim_report(const char *function, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Counts objects of the libraries (handles, descriptors, plans): +1 when made, -1 when destroyed.
EXPORT void cudasim_object(int change);

#endif
