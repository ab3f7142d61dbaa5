// Launches: what a grid, its blocks and its clusters may be, what runs at once, and how a kernel is run.
#include <algorithm>
#include <cstring>

#include "arguments.h"
#include "module.h"
#include "stacks.h"

namespace sim {
namespace {

// Blocks that a multiprocessor runs at once: one, as kernels that fill its registers and shared memory have it.
int resident_blocks(size_t shared) { return shared <= MOST_SHARED ? 1 : 0; }

int resident_clusters(const Function &function, size_t shared) {
    const int most = MULTIPROCESSORS * resident_blocks(shared) / function.kernel->cluster;
    return cluster_limit() < 0 ? most : std::min(most, (int)cluster_limit());
}

void check_shared(const Function &function, unsigned shared) {
    const char *name = function.kernel->name;
    if (shared > function.most_shared) {
        reject(CUDA_ERROR_INVALID_VALUE, "%s may have %u bytes of shared memory, not %u", name, function.most_shared,
               shared);
    }
}

void check_clusters(const Function &function, unsigned columns) {
    const unsigned width = (unsigned)function.kernel->cluster;
    if (width && (width > (function.wide_clusters ? 16 : 8) || columns % width)) {
        reject(CUDA_ERROR_INVALID_CLUSTER_SIZE, "%s: %u blocks in clusters of %u", function.kernel->name, columns,
               width);
    }
    if (width && resident_clusters(function, function.most_shared) == 0) {
        reject(CUDA_ERROR_INVALID_CLUSTER_SIZE, "%s: there is no room for a cluster of %u", function.kernel->name,
               width);
    }
}

void check_cooperative(const Function &function, const unsigned grid[3], unsigned shared) {
    const char *name = function.kernel->name;
    if (!function.kernel->at_once)
        reject(CUDA_ERROR_NOT_SUPPORTED, "%s is not a kernel whose blocks all run together", name);
    check_clusters(function, grid[0]);
    check_shared(function, shared);
    size_t blocks = (size_t)grid[0] * grid[1] * grid[2],
           most = (size_t)MULTIPROCESSORS * (size_t)resident_blocks(shared);
    if (function.kernel->cluster) most = (size_t)resident_clusters(function, shared) * (size_t)function.kernel->cluster;
    if (blocks > most)
        reject(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "%s: %zu blocks do not run at once, %zu do", name, blocks,
               most);
}

void check_grid(const cudasim::Kernel &kernel, const unsigned grid[3], const unsigned block[3]) {
    if (!grid[0] || !grid[1] || !grid[2] || grid[0] > 0x7fffffff || grid[1] > 65535 || grid[2] > 65535) {
        reject(CUDA_ERROR_INVALID_VALUE, "%s: a grid of %u x %u x %u blocks", kernel.name, grid[0], grid[1], grid[2]);
    }
    if (block[0] != (unsigned)kernel.block || block[1] != 1 || block[2] != 1) {
        reject(CUDA_ERROR_INVALID_VALUE, "%s is written for blocks of %d threads, not %u x %u x %u", kernel.name,
               kernel.block, block[0], block[1], block[2]);
    }
}

void for_each_pointer(const cudasim::Kernel &kernel, const Arguments &arguments,
                      const std::function<void(size_t, CUdeviceptr)> &visit) {
    for (size_t i = 0; i < kernel.parameters; i++) {
        if (!kernel.pointers[i]) continue;
        CUdeviceptr pointer;
        memcpy(&pointer, &arguments.bytes[arguments.starts[i]], sizeof pointer);
        visit(i, pointer);
    }
}

void run(const cudasim::Kernel &kernel, std::array<long long, 3> grid, unsigned shared, Arguments &arguments) {
    int code = injected("kernel");
    if (code == -1) return;
    if (code) throw Rejection{(CUresult)code, ""};
    for_each_pointer(kernel, arguments, [](size_t i, CUdeviceptr pointer) {
        if (!reachable(pointer))
            reject(CUDA_ERROR_ILLEGAL_ADDRESS, "argument %zu points %s", i + 1, place_of(pointer).c_str());
    });
    if (idle()) return;
    std::vector<void *> values;
    for (size_t start : arguments.starts) values.push_back(&arguments.bytes[start]);
    // Never destroyed: after a fault an image gives stacks back as late as when the process ends.
    static cudasim::Stacks &stacks = *new cudasim::Stacks;
    const cudasim::Cooperation how{shared, schedule_seed(), late_block(), &stacks};
    const char *fault = kernel.run_cooperative ? kernel.run_cooperative(grid.data(), values.data(), how)
                                               : kernel.run(grid.data(), values.data());
    if (fault) reject(CUDA_ERROR_LAUNCH_FAILED, "%s", fault);
    for_each_pointer(kernel, arguments, [](size_t, CUdeviceptr pointer) {
        std::string text;
        if (broken_guard_at(pointer, text)) reject(CUDA_ERROR_ILLEGAL_ADDRESS, "%s", text.c_str());
    });
}

void launch(Handle handle, const unsigned (&grid)[3], const unsigned (&block)[3], unsigned shared, Handle stream,
            void **parameters, void **extra) {
    const cudasim::Kernel &kernel = *functions.get(handle).kernel;
    check_grid(kernel, grid, block);
    auto arguments = std::make_shared<Arguments>(arguments_of(kernel, parameters, extra));
    std::array<long long, 3> blocks = {grid[0], grid[1], grid[2]};
    put(stream, kernel.name, [&kernel, blocks, shared, arguments] { run(kernel, blocks, shared, *arguments); });
}

}  // namespace
}  // namespace sim

using namespace sim;

EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, Handle function, int threads, size_t shared) {
    return call("cuOccupancyMaxActiveBlocksPerMultiprocessor", 0, [&] {
        const Function &of = functions.get(function);
        if (threads != of.kernel->block)
            reject(CUDA_ERROR_INVALID_VALUE, "%s is not for blocks of %d threads", of.kernel->name, threads);
        *blocks = shared > of.most_shared ? 0 : resident_blocks(shared);
    });
}

EXPORT CUresult cuOccupancyMaxActiveClusters(int *clusters, Handle function, const LaunchConfig *config) {
    return call("cuOccupancyMaxActiveClusters", 0, [&] {
        const Function &of = functions.get(function);
        const char *name = of.kernel->name;
        const unsigned width = (unsigned)of.kernel->cluster;
        if (!width) reject(CUDA_ERROR_INVALID_VALUE, "%s has no clusters", name);
        if (config->block[0] != (unsigned)of.kernel->block || config->block[1] != 1 || config->block[2] != 1) {
            reject(CUDA_ERROR_INVALID_VALUE, "%s is not for blocks of %u x %u threads", name, config->block[0],
                   config->block[1]);
        }
        for (unsigned i = 0; i < config->count; i++) {
            const LaunchAttribute &attribute = config->attributes[i];
            if (attribute.id != CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION)
                reject(CUDA_ERROR_INVALID_VALUE, "attribute %d is unknown", attribute.id);
            if (attribute.value[0] != width)
                reject(CUDA_ERROR_INVALID_VALUE, "%s has clusters of %u, not of %u", name, width, attribute.value[0]);
        }
        if (width > (of.wide_clusters ? 16u : 8u) || config->grid[0] % width || config->grid[1] != 1 ||
            config->grid[2] != 1) {
            reject(CUDA_ERROR_INVALID_CLUSTER_SIZE, "%s: %u blocks in clusters of %u", name, config->grid[0], width);
        }
        *clusters = config->shared > of.most_shared ? 0 : resident_clusters(of, config->shared);
    });
}

EXPORT CUresult cuLaunchKernel(Handle handle, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                               unsigned block_y, unsigned block_z, unsigned shared, Handle stream, void **parameters,
                               void **extra) {
    return call("cuLaunchKernel", 0, [&] {
        const Function &function = functions.get(handle);
        const char *name = function.kernel->name;
        if (function.kernel->at_once) reject(CUDA_ERROR_INVALID_VALUE, "the blocks of %s wait for each other", name);
        check_clusters(function, grid_x);
        if (function.kernel->cluster) check_shared(function, shared);
        else if (shared) reject(CUDA_ERROR_INVALID_VALUE, "%s has no use for %u bytes of shared memory", name, shared);
        launch(handle, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared, stream, parameters, extra);
    });
}

EXPORT CUresult cuLaunchCooperativeKernel(Handle handle, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                          unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,
                                          Handle stream, void **parameters) {
    return call("cuLaunchCooperativeKernel", 0, [&] {
        const unsigned grid[] = {grid_x, grid_y, grid_z};
        check_cooperative(functions.get(handle), grid, shared);
        launch(handle, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared, stream, parameters, nullptr);
    });
}
