// The words of kernels/cuda/words.h for the stand-in.
#include "cooperative_runner.h"

#undef BARRIER
#define BARRIER() cudasim::cooperative->barrier()
#define COOPERATIVE_KERNEL(name, ...)                                                                            \
    static void name(__VA_ARGS__);                                                                     \
    [[maybe_unused]] static int registered_##name = cudasim::CooperativeRunner<&name, BLOCK, 0, true>::add(#name); \
    static void name(__VA_ARGS__)
#define SHARED_MEMORY(name) unsigned char *name = cudasim::cooperative->shared()
#define DEVICE_MEMBER inline
#define UNROLL
#define ROLLED
#define COMPUTE_AGAIN(integer)

struct uint4 {
    uint32 x, y, z, w;
};

DEVICE float quick_exp(float x) { return expf(x); }
DEVICE float quick_quotient(float x, float y) { return x / y; }

// The element of a pair of bfloat16.
DEVICE float of_pair(uint32 pair, int i) { return FLOAT_OF(i ? pair & 0xffff0000u : pair << 16); }

DEVICE void multiply(float (&c)[4], const uint32 *a, uint32 b0, uint32 b1) {
    for (uint32 pair : {a[0], a[1], a[2], a[3], b0, b1}) cudasim::cooperative->require_written(pair);
    const cudasim::CooperativeBlocks::Factors &factors = cudasim::cooperative->bring(a, b0, b1);
    const int lane = THREAD % 32, g = lane / 4, q = lane % 4;
    for (int i = 0; i < 4; i++) {
        const int upper = i / 2, column = 2 * q + i % 2;
        for (int k = 0; k < 16; k++) {
            const int pair = k % 8 / 2;
            const float left = of_pair(factors[(size_t)(g * 4 + pair)][(size_t)(upper + k / 8 * 2)], k % 2);
            c[i] += left * of_pair(factors[(size_t)(column * 4 + pair)][(size_t)(4 + k / 8)], k % 2);
        }
    }
}

DEVICE void copy_async(void *shared, const void *device, bool there) {
    cudasim::cooperative->copy_async(shared, device, there);
}
DEVICE void commit_copies() { cudasim::cooperative->commit_copies(); }
template <int GROUPS>
DEVICE void await_copies() {
    cudasim::cooperative->await_copies(GROUPS);
}

DEVICE void offer(bits16 *p, bits16 value) { cudasim::cooperative->offer(p, value); }
DEVICE void offer(float *p, float value) { cudasim::cooperative->offer(p, value); }
DEVICE void store_relaxed(uint32 *p, uint32 pair) { cudasim::cooperative->store_relaxed(p, pair); }
DEVICE uint4 load_relaxed(const bits16 *p) {
    cudasim::cooperative->look(sizeof(uint32));
    return *(const uint4 *)p;
}
DEVICE void ask_again(uint32 &, int patience) { cudasim::cooperative->ask_again(patience); }
DEVICE void fence() { cudasim::cooperative->fence(); }
template <class T>
DEVICE void overwrite(T *p, T value) {
    cudasim::cooperative->overwrite();
    *p = value;
}
DEVICE float taken(const float *p) { return *p; }
DEVICE void store_release(uint32 *flag, uint32 n) { cudasim::cooperative->store_release(flag, n); }
DEVICE void wait_until(const uint32 *flag, uint32 n, int patience) {
    cudasim::cooperative->wait_until(flag, n, patience);
}

DEVICE void store_tagged(ulong64 *p, float value, uint32 tag) {
    cudasim::cooperative->store_relaxed(p, (ulong64)tag << 32 | BITS_OF(value));
}
DEVICE bool load_tagged(const ulong64 *p, uint32 tag, float &value) {
    cudasim::cooperative->look(sizeof *p);
    value = FLOAT_OF((uint32)*p);
    return *p >> 32 == tag;
}
DEVICE bool load_tagged_pair(const ulong64 *p, uint32 tag, float (&values)[2]) {
    const bool first = load_tagged(p, tag, values[0]), second = load_tagged(p + 1, tag, values[1]);
    return first && second && (uintptr_t)p % 16 == 0;  // a card does not read 16 bytes from elsewhere
}

DEVICE ulong64 lane_value(ulong64 x, int lane) {
    const uint32 words[4] = {(uint32)x, (uint32)(x >> 32)};
    const std::array<uint32, 6> &brought = cudasim::cooperative->bring(words, 0, 0)[(size_t)(lane % 32)];
    return brought[0] | (ulong64)brought[1] << 32;
}
DEVICE uint32 lane_value(uint32 x, int lane) { return (uint32)lane_value((ulong64)x, lane); }
DEVICE float lane_value(float x, int lane) { return FLOAT_OF(lane_value(BITS_OF(x), lane)); }
