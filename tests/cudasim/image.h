// What a module image is to the stand-in: a host shared object made from one file of kernels/, which exports
// cudasim_kernel.
#ifndef CUDASIM_IMAGE_H
#define CUDASIM_IMAGE_H
#include <cstddef>

namespace cudasim {

class Stacks;

// How the blocks of a cooperative launch are run; see cooperative_runner.h.
struct Cooperation {
    size_t shared_bytes;
    unsigned long seed;
    long late_block;  // or -1
    Stacks *stacks;
};

struct Kernel {
    const char *name;
    int block;  // threads
    size_t parameters;
    const size_t *sizes;
    const bool *pointers;
    // Runs the whole grid; null, or what the kernel did wrong.
    const char *(*run)(const long long grid[3], void *const *arguments);
    // The same for a kernel whose blocks wait for each other, all of them, those of a cluster, or both; a kernel has
    // one of the two.
    const char *(*run_cooperative)(const long long grid[3], void *const *arguments, const Cooperation &how) = nullptr;
    int cluster = 0;        // blocks of a cluster
    bool at_once = false;   // whether all blocks wait for each other
};

}  // namespace cudasim

// The image's kernels in any order; null behind the last.
extern "C" const cudasim::Kernel *cudasim_kernel(size_t index);

#endif
