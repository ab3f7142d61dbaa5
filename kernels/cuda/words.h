// What the kernels of this folder have beyond ../dialect.h: tensor cores, copies that run beside the arithmetic, and
// blocks of one launch that wait for each other. Under nvcc these are PTX instructions of sm_80 and later;
// tests/cudasim has them for the host.
//
//   COOPERATIVE_KERNEL(name, ...)
//                             a KERNEL all of whose blocks run at the same time (a cooperative launch)
//   SHARED_MEMORY(name)       the block's memory, as many bytes as the launch says, aligned to 16
//   multiply(c, a, b0, b1)    c [16,8] += a [16,16]·b [16,8] by a warp, bfloat16 with float sums (mma.sync). With
//                             g = l/4 and q = l%4, thread l holds
//                               of a   rows g, g+8, g, g+8 of columns 2q, 2q, 2q+8, 2q+8, each with the next column
//                               of b   rows 2q, 2q+8 of column g, each with the next row
//                               of c   columns 2q, 2q+1 of row g, then of row g+8
//   copy_async(shared, device, there)
//                             starts a copy of 16 bytes from device into shared memory; of zeros unless `there`
//   commit_copies()           makes one group of the copies that this thread has started since the last call
//   await_copies<N>()         waits until at most the last N groups of this thread are incomplete
//
// Between the blocks of a launch:
//
//   offer(p, value)           stores past the first-level cache what another block reads behind a flag
//   taken(p)                  the load for it
//   store_release(flag, n)    sets the flag, after everything that this thread, or its block before a BARRIER, offered
//   load_acquire(flag)        reads the flag (nvcc only); what was offered before that value was set is then there
//   wait_until(flag, n, patience)
//                             until load_acquire gives n or more, counted modulo 2^32
//   store_relaxed(p, pair)    stores two elements, not both of them zero bits, that another block reads without a flag
//   load_relaxed(p)           loads four such pairs; each may be older or newer than its neighbours
//   store_tagged(p, value, tag)
//                             stores a float and its tag as one word of 64 bits: a reader sees both or neither
//   load_tagged(p, tag, value)
//                             loads such a word; returns whether it has this tag; `value` is what it came with
//   load_tagged_pair(p, tag, values)
//                             the same for two neighbours, the first at a multiple of 16 bytes
//   fence()                   what this thread loaded before it comes before what it stores or overwrites behind it
//   overwrite(p, value)       a plain store to what other blocks have read: only behind a fence and a BARRIER, after a
//                             load has shown that they are done
//   lane_value(x, lane)       x of another lane of the warp; all lanes of the warp call it together
//   ask_again(asked, patience)
//                             to be called after each failed look at what another block stores; `asked` is 0 before the
//                             first. Traps after `patience` milliseconds: only a fault of the program makes a block
//                             wait that long, and an error is better than a GPU that never comes back
#ifndef LSTM_GPU_CUDA_WORDS_H
#define LSTM_GPU_CUDA_WORDS_H
#include "dialect.h"

#if defined(__CUDACC__)

#define COOPERATIVE_KERNEL(name, ...) KERNEL(name, __VA_ARGS__)
#define SHARED_MEMORY(name) extern __shared__ __align__(16) unsigned char name[]
#define DEVICE_MEMBER __device__ __forceinline__
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")
// Makes the compiler compute what depends on the integer here each time, so that no register keeps it between steps.
#define COMPUTE_AGAIN(integer) asm volatile("" : "+r"(integer))

// e^x and quotients with a relative error of about 1e-6, far below the rounding of bfloat16.
DEVICE float quick_exp(float x) { return __expf(x); }
DEVICE float quick_quotient(float x, float y) { return __fdividef(x, y); }

DEVICE void multiply(float (&c)[4], const uint32 *a, uint32 b0, uint32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
        "{%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void copy_async(void *shared, const void *device, bool there) {
    uint32 to = (uint32)__cvta_generic_to_shared(shared);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(device), "r"(there ? 16 : 0)
                 : "memory");
}

DEVICE void commit_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

template <int GROUPS>
DEVICE void await_copies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
}

DEVICE void offer(bits16 *p, bits16 value) { __stcg(p, value); }
DEVICE void offer(float *p, float value) { __stcg(p, value); }
DEVICE float taken(const float *p) { return __ldcg(p); }

DEVICE void store_relaxed(uint32 *p, uint32 pair) {
    asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(pair) : "memory");
}
DEVICE uint4 load_relaxed(const bits16 *p) {
    uint4 x;
    asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w)
                 : "l"(p)
                 : "memory");
    return x;
}

DEVICE void store_tagged(ulong64 *p, float value, uint32 tag) {
    asm volatile("st.relaxed.gpu.global.u64 [%0], %1;" ::"l"(p), "l"((ulong64)tag << 32 | BITS_OF(value)) : "memory");
}

DEVICE bool load_tagged(const ulong64 *p, uint32 tag, float &value) {
    ulong64 word;
    asm volatile("ld.relaxed.gpu.global.u64 %0, [%1];" : "=l"(word) : "l"(p) : "memory");
    value = FLOAT_OF((uint32)word);
    return word >> 32 == tag;
}

DEVICE bool load_tagged_pair(const ulong64 *p, uint32 tag, float (&values)[2]) {
    ulong64 first, second;
    asm volatile("ld.relaxed.gpu.global.v2.u64 {%0, %1}, [%2];" : "=l"(first), "=l"(second) : "l"(p) : "memory");
    values[0] = FLOAT_OF((uint32)first), values[1] = FLOAT_OF((uint32)second);
    return first >> 32 == tag && second >> 32 == tag;
}

DEVICE void fence() { asm volatile("fence.acq_rel.gpu;" ::: "memory"); }
template <class T>
DEVICE void overwrite(T *p, T value) {
    *p = value;
}

DEVICE float lane_value(float x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }
DEVICE uint32 lane_value(uint32 x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }
DEVICE ulong64 lane_value(ulong64 x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }

DEVICE void store_release(uint32 *flag, uint32 n) {
    asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(flag), "r"(n) : "memory");
}

DEVICE uint32 load_acquire(const uint32 *flag) {
    uint32 n;
    asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(n) : "l"(flag) : "memory");
    return n;
}

// Looks at the clock, which is slow, every 4096th time. The lower 12 bits of `asked` count the calls; above them are
// the milliseconds at the first look.
DEVICE void ask_again(uint32 &asked, int patience) {
    constexpr uint32 LOOK = 4096;
    if (++asked % LOOK != 0) return;
    ulong64 nanoseconds;
    asm volatile("mov.u64 %0, %globaltimer;" : "=l"(nanoseconds));
    const uint32 now = (uint32)(nanoseconds >> 20) * LOOK, began = asked - LOOK;
    asked = began == 0 ? now : began;
    if ((now - asked) / LOOK > (uint32)patience) __trap();
}

DEVICE void wait_until(const uint32 *flag, uint32 n, int patience) {
    for (uint32 asked = 0; (int)(load_acquire(flag) - n) < 0;) ask_again(asked, patience);
}

#else
#include "host_cooperative.h"
#endif

// σ and tanh from one e^x each. Near 0 the difference of tanh would lose its accuracy and x itself is right; either way
// the relative error is below 4e-5.
DEVICE float quick_sigmoid(float x) { return quick_quotient(1.0f, 1.0f + quick_exp(-x)); }
DEVICE float quick_tanh(float x) {
    const float from_exp = FMA(-2.0f, quick_quotient(1.0f, 1.0f + quick_exp(2.0f * x)), 1.0f);
    return fabsf(x) < 0.01f ? x : from_exp;
}

DEVICE float float_of(bits16 x) { return FLOAT_OF((uint32)x << 16); }

#endif
