// The constant EXCHANGE, how the blocks of a group get what the others of it computed, and the words for clusters of
// blocks (sm_90).
//
//   FLAGS      values in device memory, and a flag per block that counts the steps that are there
//   SHOWN      pairs of values in device memory that are zero until they are there
//   CLUSTER    the group is a cluster, and a block puts values into the others' shared memory
//   MIXED      backward, the blocks of a row are a cluster, whose sums go that way, and gate gradients come with flags
//
//   IN_CLUSTERS(width, name, ...)
//                            a KERNEL of which `width` neighbouring blocks run at once and reach each other's shared
//                            memory
//   COOPERATIVE_KERNEL_IN_CLUSTERS(width, name, ...)
//                            the same, all of whose blocks run at once, in a cooperative launch
//   give(p, block, value)    puts 16 bytes where p, in this block's shared memory, is in that block of the cluster
//   arrive_in_cluster()      tells the cluster that this thread gave what it has to give, and read what it was given
//   await_cluster()          waits until all threads of the cluster have arrived; then what they gave is there
#ifndef LSTM_GPU_CUDA_EXCHANGE_H
#define LSTM_GPU_CUDA_EXCHANGE_H
#include "cuda/words.h"

#define FLAGS 0
#define SHOWN 1
#define CLUSTER 2
#define MIXED 3
#define HAS_CLUSTERS (EXCHANGE >= CLUSTER)

#if !defined(__CUDACC__)
#include "host_cluster.h"
#elif HAS_CLUSTERS

#define IN_CLUSTERS(width, name, ...) \
    extern "C" __global__ void __cluster_dims__(width, 1, 1) __launch_bounds__(BLOCK, 1) name(__VA_ARGS__)
#define COOPERATIVE_KERNEL_IN_CLUSTERS IN_CLUSTERS

DEVICE void give(const void *p, int block, uint4 value) {
    uint32 there;
    asm("mapa.shared::cluster.u32 %0, %1, %2;" : "=r"(there) : "r"((uint32)__cvta_generic_to_shared(p)), "r"(block));
    asm volatile("st.shared::cluster.v4.u32 [%0], {%1, %2, %3, %4};" ::"r"(there), "r"(value.x), "r"(value.y),
                 "r"(value.z), "r"(value.w)
                 : "memory");
}

DEVICE void arrive_in_cluster() { asm volatile("barrier.cluster.arrive.release;" ::: "memory"); }
DEVICE void await_cluster() { asm volatile("barrier.cluster.wait.acquire;" ::: "memory"); }

#else

DEVICE void give(const void *, int, uint4) {}
DEVICE void arrive_in_cluster() {}
DEVICE void await_cluster() {}

#endif
#endif
