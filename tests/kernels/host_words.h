// The words of kernels/dialect.h that mean the same however the threads of a block are run. What runs them brings the
// rest: KERNEL, THREAD, BLOCK_*, BLOCKS_*, BARRIER, LOCAL_ARRAY. There are two: threads/host_dialect.h here (one
// std::thread a thread, for the sanitizers) and ../cudasim/host_dialect.h (fibers on one thread, fast, for the
// stand-in). A kernel sees the one that comes first on the include path.
#ifndef KERNELS_HOST_WORDS_H
#define KERNELS_HOST_WORDS_H
#include <cmath>
#include <cstdint>

typedef long long long64;
typedef unsigned long long ulong64;
typedef unsigned int uint32;
typedef unsigned short bits16;
#define BUFFER(type, name) type *name
#define VIEW(type, name)
#define GLOBAL
#define LOCAL
#define DEVICE [[maybe_unused]] static inline
#define FMA(a, b, c) __builtin_fmaf(a, b, c)
#define MUL_HIGH(a, b) ((uint32)(((ulong64)(uint32)(a) * (uint32)(b)) >> 32))
#define BITS_OF(x) __builtin_bit_cast(uint32, (float)(x))
#define FLOAT_OF(x) __builtin_bit_cast(float, (uint32)(x))
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)
#define POW(x, y) powf(x, y)
#define IS_FINITE(x) std::isfinite(x)

#endif
