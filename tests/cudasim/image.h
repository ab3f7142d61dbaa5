// What a module image is to the stand-in: a host shared object made from one file of kernels/, which exports cudasim_kernel.
#ifndef CUDASIM_IMAGE_H
#define CUDASIM_IMAGE_H
#include <cstddef>

namespace cudasim {

struct Kernel {
    const char *name;
    int block;  // threads
    size_t parameters;
    const size_t *sizes;
    const bool *pointers;
    // Runs the whole grid; null, or what the kernel did wrong.
    const char *(*run)(const long long grid[3], void *const *arguments);
};

}  // namespace cudasim

// The image's kernels in any order; null behind the last.
extern "C" const cudasim::Kernel *cudasim_kernel(size_t index);

#endif
