// A launch's arguments, copied when it is put into a stream.
#ifndef CUDASIM_ARGUMENTS_H
#define CUDASIM_ARGUMENTS_H
#include <cstring>

#include "image.h"
#include "sim.h"

namespace sim {

// Copies the values of the arguments one behind another, each aligned to its size.
struct Arguments {
    std::vector<char> bytes;
    std::vector<size_t> starts;

    void add(const void *value, size_t size) {
        size_t start = (bytes.size() + size - 1) / size * size;
        bytes.resize(start + size);
        if (value) memcpy(&bytes[start], value, size);
        starts.push_back(start);
    }
};

inline size_t packed_bytes(void **extra, const char *&buffer) {
    size_t bytes = 0;
    for (size_t i = 0; extra[i] != CU_LAUNCH_PARAM_END; i += 2) {
        if (extra[i] == CU_LAUNCH_PARAM_BUFFER_POINTER) buffer = (const char *)extra[i + 1];
        if (extra[i] == CU_LAUNCH_PARAM_BUFFER_SIZE) bytes = *(size_t *)extra[i + 1];
    }
    return bytes;
}

inline Arguments arguments_of(const cudasim::Kernel &kernel, void **parameters, void **extra) {
    Arguments arguments;
    for (size_t i = 0; i < kernel.parameters; i++) {
        if (parameters && !parameters[i]) {
            reject(CUDA_ERROR_INVALID_VALUE, "%s takes %zu arguments, %zu came", kernel.name, kernel.parameters, i);
        }
        arguments.add(parameters ? parameters[i] : nullptr, kernel.sizes[i]);
    }
    // A driver cannot know how many pointers there are. To the stand-in they end at a null.
    if (parameters && parameters[kernel.parameters]) {
        reject(CUDA_ERROR_INVALID_VALUE, "%s takes %zu arguments; more came, or no null behind the last", kernel.name, kernel.parameters);
    }
    if (!parameters && kernel.parameters > 0) {
        const char *buffer = nullptr;
        size_t bytes = extra ? packed_bytes(extra, buffer) : 0;
        if (!buffer || bytes != arguments.bytes.size()) {
            reject(CUDA_ERROR_INVALID_VALUE, "%s takes %zu bytes of arguments, %zu came", kernel.name, arguments.bytes.size(), bytes);
        }
        memcpy(arguments.bytes.data(), buffer, bytes);
    }
    return arguments;
}

}  // namespace sim
#endif
