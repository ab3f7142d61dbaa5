// How an image exports a kernel whose blocks wait for each other.
#ifndef CUDASIM_COOPERATIVE_RUNNER_H
#define CUDASIM_COOPERATIVE_RUNNER_H
#include <memory>

#include "block.h"
#include "cooperative.h"

namespace cudasim {

// The blocks that run now; the words of host_cooperative.h are their functions.
inline std::unique_ptr<CooperativeBlocks> cooperative;

// All blocks AT_ONCE, or one cluster after the other; CLUSTER is how many neighbours are one, 0 for none.
template <auto FUNCTION, int THREADS, int CLUSTER, bool AT_ONCE>
struct CooperativeRunner {
    static const char *run(const long long grid[3], void *const *arguments, const Cooperation &how) {
        auto gathered = Runner<FUNCTION, THREADS>::gather_all(arguments);
        for (int i = 0; i < 3; i++) place.blocks[i] = grid[i];
        const long long all = grid[0] * grid[1], each = AT_ONCE ? all : CLUSTER, cluster = CLUSTER ? CLUSTER : all;
        const char *fault = nullptr;
        for (long long first = 0; first < all && !fault; first += each) {
            cooperative = std::make_unique<CooperativeBlocks>(first, each, cluster, THREADS, how.shared_bytes, how.seed,
                                                              how.late_block, *how.stacks);
            fault = cooperative->run(grid, Runner<FUNCTION, THREADS>::call, &gathered);
            cooperative.reset();
        }
        return fault;
    }

    static int add(const char *name) {
        Runner<FUNCTION, THREADS>::add(name);
        registry().back().run = nullptr;
        registry().back().run_cooperative = run;
        registry().back().cluster = CLUSTER;
        registry().back().at_once = AT_ONCE;
        return 0;
    }
};

}  // namespace cudasim

#endif
