// The words of kernels/dialect.h for the stand-in.
#include <cmath>
#include <cstdint>

#include "block.h"

typedef long long long64;
typedef unsigned long long ulong64;
typedef unsigned int uint32;
typedef unsigned short uint16;
#define KERNEL(name, ...)                                                         \
    static void name(__VA_ARGS__);                                                \
    static int registered_##name = cudasim::Runner<&name, BLOCK>::add(#name);     \
    static void name(__VA_ARGS__)
#define BUFFER(type, name) type *name
#define VIEW(type, name)
#define GLOBAL
#define LOCAL
#define LOCAL_ARRAY(type, name, count) static type name[count]
#define DEVICE static inline
#define THREAD (cudasim::place.thread)
#define BLOCK_X (cudasim::place.block[0])
#define BLOCK_Y (cudasim::place.block[1])
#define BLOCK_Z (cudasim::place.block[2])
#define BLOCKS_X (cudasim::place.blocks[0])
#define BLOCKS_Y (cudasim::place.blocks[1])
#define BARRIER() (cudasim::block<BLOCK>().barrier())
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
