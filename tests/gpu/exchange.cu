// What the model in SequencePlanner assumes, measured: how long blocks take to hear of each other's step, by each way
// of kernels/cuda/exchange.h and by CUDA's grid barrier, and how fast a multiprocessor gets bytes from the second-level
// cache, from its cluster and from shared memory, and multiplies. A line of JSON each: name, nanoseconds of one step
// (of one kibibyte for the rates), over the median of launches. What cannot be launched is left out with a line that
// says why, and the exit code is then 1.
//
// Usage: exchange >exchange.json      a GPU with clusters (sm_90 or later) is needed
#include <cooperative_groups.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#define BLOCK 256
#define EXCHANGE CLUSTER
#include "cuda/exchange.h"

namespace {

constexpr int GROUP = 16, GROUPS = 8, STEPS = 2000, LAUNCHES = 9;
constexpr int PATIENCE = 2000;  // milliseconds
constexpr int SHOWN_STEPS = 256;  // whose h stays in the second-level cache, as a layer's does
constexpr int PART = 512,
              WHOLE = GROUP * PART;  // bytes of h of a block and of a group, as at 2 x 512 units and 8 sequences
constexpr int ROW = 4, SUMS = 4096;  // blocks of a row, and bytes of sums for each, as at 2 x 1024 units and 32 sequences

void require(cudaError_t error, const char *what) {
    if (error == cudaSuccess) return;
    fprintf(stderr, "exchange: %s: %s\n", what, cudaGetErrorString(error));
    exit(1);
}

// Every block of the grid hears of every other's step.
__global__ void grid_barrier(int steps) {
    for (int step = 0; step < steps; step++) cooperative_groups::this_grid().sync();
}

// The blocks of a group say their step and wait for the others', with `width` blocks in a group.
__global__ void flags(uint32 *said, int width, int steps) {
    uint32 *group = said + blockIdx.x / width * width;
    const uint32 start = group[blockIdx.x % width];
    for (int step = 1; step <= steps; step++) {
        __syncthreads();
        if (threadIdx.x == 0) store_release(group + blockIdx.x % width, start + step);
        if ((int)threadIdx.x < width) wait_until(group + threadIdx.x, start + step, PATIENCE);
        __syncthreads();
    }
}

// Every block writes its part of a step's h, and reads all of it until none is zero. h [steps][WHOLE / 2] a group, zero
// before.
__global__ void shown(bits16 *h, int steps) {
    bits16 *group = h + (size_t)(blockIdx.x / GROUP) * steps * (WHOLE / 2);
    for (int step = 0; step < steps; step++) {
        bits16 *now = group + (size_t)step * (WHOLE / 2);
        if (threadIdx.x < PART / 4)
            store_relaxed((uint32 *)(now + blockIdx.x % GROUP * (PART / 2)) + threadIdx.x, 0x10001);
        for (int i = threadIdx.x; i < WHOLE / 16; i += BLOCK) {
            for (uint32 asked = 0;;) {
                const uint4 x = load_relaxed(now + i * 8);
                if (x.x && x.y && x.z && x.w) break;
                ask_again(asked, PATIENCE);
            }
        }
        __syncthreads();
    }
}

// A barrier of the cluster; with bytes, PLACE at the most, after giving so many to each of the others.
template <int WIDTH, int PLACE>
__global__ void __cluster_dims__(WIDTH, 1, 1) cluster(int bytes, int steps) {
    __shared__ __align__(16) unsigned char place[2 * WIDTH * PLACE];
    arrive_in_cluster();
    await_cluster();
    for (int step = 0; step < steps; step++) {
        unsigned char *own = place + (step % 2 * WIDTH + blockIdx.x % WIDTH) * PLACE;
        for (int i = threadIdx.x; i < bytes / 16 * (WIDTH - 1); i += BLOCK) {
            give(own + i % (bytes / 16) * 16, (blockIdx.x + 1 + i / (bytes / 16)) % WIDTH, uint4{1, 2, 3, 4});
        }
        arrive_in_cluster();
        await_cluster();
    }
}

// The blocks of a group read the same 64 KiB, past the first-level cache.
__global__ void read_cache(const uint4 *from, uint32 *sink, int steps) {
    from += blockIdx.x / GROUP * 32 * BLOCK;
    uint32 sum = 0;
    for (int step = 0; step < steps; step++) {
#pragma unroll
        for (int i = 0; i < 16; i++) {
            const uint4 x = __ldcg(from + (i + step % 2 * 16) * BLOCK + threadIdx.x);
            sum += x.x ^ x.y ^ x.z ^ x.w;
        }
    }
    if (sum == 12345) *sink = sum;
}

__global__ void read_shared(uint32 *sink, int steps) {
    __shared__ uint4 place[16 * 128];
    for (int i = threadIdx.x; i < 16 * 128; i += BLOCK) place[i] = uint4{(uint32)i, 2, 3, 4};
    __syncthreads();
    uint32 sum = 0;
    for (int step = 0; step < steps; step++) {
#pragma unroll
        for (int i = 0; i < 16; i++) {
            const uint4 x = place[(i * 128 + threadIdx.x % 128 + step) % (16 * 128)];
            sum += x.x ^ x.y ^ x.z ^ x.w;
        }
    }
    if (sum == 12345) *sink = sum;
}

__global__ void multiplications(float *sink, int steps) {
    float c[8][4] = {};
    uint32 a[4] = {threadIdx.x, 1, 2, 3};
    for (int step = 0; step < steps; step++) {
#pragma unroll
        for (int i = 0; i < 8; i++) multiply(c[i], a, step, i);
    }
    float sum = 0;
    for (int i = 0; i < 8; i++) sum += c[i][0] + c[i][1] + c[i][2] + c[i][3];
    if (sum == 12345.0f) *sink = sum;
}

bool complete = true;

// Median milliseconds of what starts a launch, each behind what prepares it; negative for what cannot be launched.
template <class Prepare, class Start>
double milliseconds(const char *name, const Prepare &prepare, const Start &start) {
    cudaEvent_t from, to;
    require(cudaEventCreate(&from), "an event");
    require(cudaEventCreate(&to), "an event");
    std::vector<float> times;
    for (int launch = 0; launch <= LAUNCHES; launch++) {
        prepare();
        require(cudaEventRecord(from), name);
        start();
        const cudaError_t refused = cudaGetLastError();
        if (refused != cudaSuccess) {
            fprintf(stderr, "exchange: %s: %s\n", name, cudaGetErrorString(refused));
            return -1;
        }
        require(cudaEventRecord(to), name);
        require(cudaEventSynchronize(to), name);
        float time;
        require(cudaEventElapsedTime(&time, from, to), name);
        if (launch > 0) times.push_back(time);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

// units: what a launch does, in steps or in kibibytes or in millions of multiplications and additions.
template <class Prepare, class Start>
void measure(const char *name, double units, const Prepare &prepare, const Start &start) {
    const double time = milliseconds(name, prepare, start);
    if (time < 0) {
        complete = false;
        return;
    }
    printf("{\"exchange\": \"%s\", \"nanoseconds\": %.2f}\n", name, time * 1e6 / units);
    fflush(stdout);
}

template <class Start>
void measure(const char *name, double units, const Start &start) {
    measure(name, units, [] {}, start);
}

}  // namespace

int main() {
    int blocks = GROUP * GROUPS, width = GROUP, all = blocks, steps = STEPS, shown_steps = SHOWN_STEPS;
    uint32 *said, *sink;
    bits16 *h;
    const size_t bytes = (size_t)GROUPS * SHOWN_STEPS * WHOLE;
    require(cudaMalloc(&said, blocks * 4), "memory");
    require(cudaMalloc(&sink, 4), "memory");
    require(cudaMalloc(&h, bytes), "memory");
    require(cudaMemset(said, 0, blocks * 4), "memory");
    require(cudaMemset(h, 0, bytes), "memory");
    // For half a second or so, until the clocks are where they stay.
    for (int i = 0; i < 500; i++) multiplications<<<blocks, BLOCK>>>((float *)sink, 10 * STEPS);
    require(cudaDeviceSynchronize(), "warming up");
    const auto together = [&](const void *kernel, void **arguments) {
        cudaLaunchCooperativeKernel(kernel, dim3(blocks), dim3(BLOCK), arguments, 0, nullptr);
    };
    const auto clear = [&] { require(cudaMemsetAsync(h, 0, bytes), "memory"); };
    void *of_barrier[] = {&steps}, *of_shown[] = {&h, &shown_steps};
    void *of_group[] = {&said, &width, &steps}, *of_all[] = {&said, &all, &steps};
    int sums = SUMS;
    void *of_rows[] = {&sums, &steps};
    measure("grid barrier, 128 blocks", STEPS, [&] { together((const void *)grid_barrier, of_barrier); });
    measure("flags, 8 groups of 16 blocks", STEPS, [&] { together((const void *)flags, of_group); });
    measure("flags, 128 blocks", STEPS, [&] { together((const void *)flags, of_all); });
    measure("shown, 8 groups of 16 blocks, 8 KiB each", SHOWN_STEPS, clear,
            [&] { together((const void *)shown, of_shown); });
    measure("barrier of a cluster of 8 blocks", STEPS, [&] { cluster<8, PART><<<blocks, BLOCK>>>(0, STEPS); });
    measure("given in a cluster of 8 blocks, 512 bytes to each", STEPS,
            [&] { cluster<8, PART><<<blocks, BLOCK>>>(PART, STEPS); });
    cudaFuncSetAttribute(cluster<16, PART>, cudaFuncAttributeNonPortableClusterSizeAllowed, 1);
    measure("barrier of a cluster of 16 blocks", STEPS, [&] { cluster<16, PART><<<blocks, BLOCK>>>(0, STEPS); });
    measure("given in a cluster of 16 blocks, 512 bytes to each", STEPS,
            [&] { cluster<16, PART><<<blocks, BLOCK>>>(PART, STEPS); });
    measure("given in clusters of 4 blocks, all launched together, 4 KiB to each", STEPS,
            [&] { together((const void *)cluster<ROW, SUMS>, of_rows); });
    measure("second-level cache, all multiprocessors, KiB a block", 64.0 * STEPS,
            [&] { read_cache<<<blocks, BLOCK>>>((uint4 *)h, sink, STEPS); });
    measure("shared memory, KiB a block", 64.0 * STEPS, [&] { read_shared<<<blocks, BLOCK>>>(sink, STEPS); });
    measure("mma.sync, MFLOP a block", 8 * 8 * 4096 / 1e6 * STEPS,
            [&] { multiplications<<<blocks, BLOCK>>>((float *)sink, STEPS); });
    return complete ? 0 : 1;
}
