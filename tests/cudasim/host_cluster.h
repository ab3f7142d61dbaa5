// The words of kernels/cuda/exchange.h for the stand-in.
#define RUN_IN_CLUSTERS(width, at_once, name, ...)                            \
    static void name(__VA_ARGS__);                                            \
    [[maybe_unused]] static int registered_##name =                           \
        cudasim::CooperativeRunner<&name, BLOCK, width, at_once>::add(#name); \
    static void name(__VA_ARGS__)
#define IN_CLUSTERS(width, name, ...) RUN_IN_CLUSTERS(width, false, name, __VA_ARGS__)
#define COOPERATIVE_KERNEL_IN_CLUSTERS(width, name, ...) RUN_IN_CLUSTERS(width, true, name, __VA_ARGS__)

#if HAS_CLUSTERS
DEVICE void give(const void *p, int block, uint4 value) { cudasim::cooperative->give(p, (size_t)block, value); }
DEVICE void arrive_in_cluster() { cudasim::cooperative->arrive_in_cluster(); }
DEVICE void await_cluster() { cudasim::cooperative->await_cluster(); }
#else
DEVICE void give(const void *, int, uint4) {}
DEVICE void arrive_in_cluster() {}
DEVICE void await_cluster() {}
#endif
