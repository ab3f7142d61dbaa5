// What the kernels of this folder have beyond ../dialect.h: tensor cores, copies that run beside the arithmetic, and blocks of one
// launch that wait for each other. Under nvcc these are PTX instructions of sm_80 and later; tests/cudasim brings them for the host.
//
//   TOGETHER(name, ...)      a KERNEL all of whose blocks run at the same time (a cooperative launch)
//   SHARED_MEMORY(name)      the block's memory, as many bytes as the launch says, aligned to 16
//   multiply(c, a, b0, b1)   c[16,8] += a[16,16]·b[16,8] by a warp, bfloat16 with float sums; thread l has with g = l/4, q = l%4
//                            a: rows g, g+8, g, g+8 of columns 2q, 2q, 2q+8, 2q+8 and the one behind each; b: rows 2q, 2q+8 and the
//                            one behind each, of column g; c: columns 2q, 2q+1 of row g, then of row g+8
//   copy_aside, close_copies, await_copies<N>    16 bytes from device into shared memory (zeros where not there); all so far are one
//                            group; waits until no more than the last N groups of this thread are on their way
//   offer(p, value)          writes what another block reads
//   publish(flag, n)         says n to other blocks, after everything that this thread, or before a BARRIER another of the block, offered
//   has_reached(flag, n)     whether another block said n or more; then what it offered before is there for this thread to read
//   taken(p)                 reads what another block offered
//   show(p, pair)            writes two elements, not both of them zero bits, that another block reads by themselves, in any order with
//                            whatever else is written
//   seen(p)                  four such pairs as they are now, any of which another block may have written
//   say(p, value, n)         writes a value and a number in one piece; another block that finds the number has the value
//   heard(p, n, value)       whether the number is n, and what was said with it; heard_both(p, n, values): the same of two neighbours
//   fence()                  what this thread read or heard before comes before what it says or overwrites behind
//   overwrite(p, value)      writes where another block read before it said something; whoever heard of that passed a fence, then a BARRIER
//   lane_value(x, lane)      x of another lane of the warp, all of whose lanes call together
//   ask_again(asked, patience)    called between two looks for what another block writes, `asked` being 0 before the first: it traps after so
//                            many milliseconds, since only a fault of the program lets a block wait that long, and an error is better than a
//                            GPU that never comes back
#ifndef LSTM_GPU_CUDA_WORDS_H
#define LSTM_GPU_CUDA_WORDS_H
#include "dialect.h"

#if defined(__CUDACC__)

#define TOGETHER(name, ...) KERNEL(name, __VA_ARGS__)
#define SHARED_MEMORY(name) extern __shared__ __align__(16) unsigned char name[]
#define DEVICE_MEMBER __device__ __forceinline__
#define UNROLL _Pragma("unroll")
#define ROLLED _Pragma("unroll 1")
// What depends on the integer is computed here each time, and no register keeps it from step to step.
#define COMPUTE_AGAIN(integer) asm volatile("" : "+r"(integer))

// e^x and quotients with a relative error of about 1e-6, far below the rounding of bfloat16.
DEVICE float quick_exp(float x) { return __expf(x); }
DEVICE float quick_quotient(float x, float y) { return __fdividef(x, y); }

DEVICE void multiply(float (&c)[4], const uint32 *a, uint32 b0, uint32 b1) {
    asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

DEVICE void copy_aside(void *shared, const void *device, bool there) {
    uint32 to = (uint32)__cvta_generic_to_shared(shared);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(device), "r"(there ? 16 : 0) : "memory");
}

DEVICE void close_copies() { asm volatile("cp.async.commit_group;" ::: "memory"); }

template <int GROUPS>
DEVICE void await_copies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
}

DEVICE void offer(bits16 *p, bits16 value) { __stcg(p, value); }
DEVICE void offer(float *p, float value) { __stcg(p, value); }
DEVICE float taken(const float *p) { return __ldcg(p); }

DEVICE void show(uint32 *p, uint32 pair) { asm volatile("st.relaxed.gpu.global.u32 [%0], %1;" ::"l"(p), "r"(pair) : "memory"); }
DEVICE uint4 seen(const bits16 *p) {
    uint4 x;
    asm volatile("ld.relaxed.gpu.global.v4.u32 {%0, %1, %2, %3}, [%4];"
                 : "=r"(x.x), "=r"(x.y), "=r"(x.z), "=r"(x.w)
                 : "l"(p)
                 : "memory");
    return x;
}

DEVICE void say(ulong64 *p, float value, uint32 n) {
    asm volatile("st.relaxed.gpu.global.u64 [%0], %1;" ::"l"(p), "l"((ulong64)n << 32 | BITS_OF(value)) : "memory");
}

DEVICE bool heard(const ulong64 *p, uint32 n, float &value) {
    ulong64 said;
    asm volatile("ld.relaxed.gpu.global.u64 %0, [%1];" : "=l"(said) : "l"(p) : "memory");
    value = FLOAT_OF((uint32)said);
    return said >> 32 == n;
}

DEVICE bool heard_both(const ulong64 *p, uint32 n, float (&values)[2]) {
    ulong64 first, second;
    asm volatile("ld.relaxed.gpu.global.v2.u64 {%0, %1}, [%2];" : "=l"(first), "=l"(second) : "l"(p) : "memory");
    values[0] = FLOAT_OF((uint32)first), values[1] = FLOAT_OF((uint32)second);
    return first >> 32 == n && second >> 32 == n;
}

DEVICE void fence() { asm volatile("fence.acq_rel.gpu;" ::: "memory"); }
template <class T>
DEVICE void overwrite(T *p, T value) {
    *p = value;
}

DEVICE float lane_value(float x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }
DEVICE uint32 lane_value(uint32 x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }
DEVICE ulong64 lane_value(ulong64 x, int lane) { return __shfl_sync(0xffffffffu, x, lane); }

DEVICE void publish(uint32 *flag, uint32 n) {
    asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(flag), "r"(n) : "memory");
}

DEVICE bool has_reached(const uint32 *flag, uint32 n) {
    uint32 said;
    asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(said) : "l"(flag) : "memory");
    return (int)(said - n) >= 0;
}

// Every 4096th time looks at the clock, which is slow. The lower 12 bits count; above them are the milliseconds at the first look.
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
    for (uint32 asked = 0; !has_reached(flag, n);) ask_again(asked, patience);
}

#else
#include "host_together.h"
#endif

// σ and tanh from one e^x each. Near 0 the difference of tanh would lose its accuracy and x itself is right; either way the relative error
// is below 4e-5.
DEVICE float quick_sigmoid(float x) { return quick_quotient(1.0f, 1.0f + quick_exp(-x)); }
DEVICE float quick_tanh(float x) {
    const float from_exp = FMA(-2.0f, quick_quotient(1.0f, 1.0f + quick_exp(2.0f * x)), 1.0f);
    return fabsf(x) < 0.01f ? x : from_exp;
}

DEVICE float float_of(bits16 x) { return FLOAT_OF((uint32)x << 16); }

#endif
