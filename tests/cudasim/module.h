// The kernels of the modules that are loaded.
#ifndef CUDASIM_MODULE_H
#define CUDASIM_MODULE_H
#include "image.h"
#include "sim.h"

namespace sim {

struct Function {
    const cudasim::Kernel *kernel = nullptr;
    unsigned most_shared = 48 << 10;  // bytes that a launch may ask for
    bool wide_clusters = false;       // of more blocks than every GPU with clusters has
};

extern Handles<Function> functions;

}  // namespace sim
#endif
