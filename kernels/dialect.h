// The few words in which CUDA C++, OpenCL C 1.2 and host C++ differ. A kernel file is written in these words only:
//
//   #define BLOCK 256                      threads of a block, first of all; the same for every kernel of the file
//   #include "dialect.h"
//   KERNEL(name, BUFFER(const float, x), BUFFER(float, y), long64 n) { VIEW(const float, x); VIEW(float, y); ... }
//
// BUFFER is a parameter that points into device memory, VIEW opens it under the same name at the start of the kernel; a
// buffer may be null. Arguments are buffers, int, long64 and float. LOCAL_ARRAY(type, name, count) is memory of the
// block, declared at the top of a kernel and never in a branch. All threads of a block reach every BARRIER. Grids have
// up to three dimensions, blocks one.
//
// Storage: factors of products, activated gates and gate gradients are of type `real`: float, or bfloat16 where
// STORE_BFLOAT16 is defined (then `real` is 16 bits). Read with LOAD(p, i), write with STORE(p, i, value), which rounds
// to nearest even.
#ifndef LSTM_GPU_DIALECT_H
#define LSTM_GPU_DIALECT_H

#if defined(__OPENCL_VERSION__)

typedef long long64;
typedef ulong ulong64;
typedef uint uint32;
typedef ushort bits16;  // uint16 is a vector here
#define KERNEL(name, ...) __kernel __attribute__((reqd_work_group_size(BLOCK, 1, 1))) void name(__VA_ARGS__)
#define BUFFER(type, name) __global type *name##_base, ulong name##_start
#define VIEW(type, name) __global type *name = name##_base ? name##_base + name##_start : 0
#define GLOBAL __global
#define LOCAL __local
#define LOCAL_ARRAY(type, name, count) __local type name[count]
// Always in line: PoCL 3.1 gives each of its threads an array of its own for LOCAL memory that a kernel uses, not for
// what the compiler has moved into a function because all calls have the same array.
#define DEVICE static inline __attribute__((always_inline))
#define THREAD ((int)get_local_id(0))
#define BLOCK_X ((long64)get_group_id(0))
#define BLOCK_Y ((long64)get_group_id(1))
#define BLOCK_Z ((long64)get_group_id(2))
#define BLOCKS_X ((long64)get_num_groups(0))
#define BLOCKS_Y ((long64)get_num_groups(1))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define FMA(a, b, c) fma(a, b, c)
#define MUL_HIGH(a, b) mul_hi((uint32)(a), (uint32)(b))
#define BITS_OF(x) as_uint(x)
#define FLOAT_OF(x) as_float(x)
#define EXP(x) exp(x)
#define LOG(x) log(x)
#define TANH(x) tanh(x)
#define SQRT(x) sqrt(x)
#define POW(x, y) pow(x, y)
#define IS_FINITE(x) isfinite(x)

#elif defined(__CUDACC__)

typedef long long long64;
typedef unsigned long long ulong64;
typedef unsigned int uint32;
typedef unsigned short bits16;
// With the 1 ptxas keeps values in registers; without it, it has spilled some to make room for a block more.
#define KERNEL(name, ...) extern "C" __global__ void __launch_bounds__(BLOCK, 1) name(__VA_ARGS__)
#define BUFFER(type, name) type *name
#define VIEW(type, name)
#define GLOBAL
#define LOCAL
#define LOCAL_ARRAY(type, name, count) __shared__ type name[count]
#define DEVICE static __device__ __forceinline__
#define THREAD ((int)threadIdx.x)
#define BLOCK_X ((long64)blockIdx.x)
#define BLOCK_Y ((long64)blockIdx.y)
#define BLOCK_Z ((long64)blockIdx.z)
#define BLOCKS_X ((long64)gridDim.x)
#define BLOCKS_Y ((long64)gridDim.y)
#define BARRIER() __syncthreads()
#define FMA(a, b, c) fmaf(a, b, c)
#define MUL_HIGH(a, b) __umulhi((uint32)(a), (uint32)(b))
#define BITS_OF(x) __float_as_uint(x)
#define FLOAT_OF(x) __uint_as_float(x)
#define EXP(x) expf(x)
#define LOG(x) logf(x)
#define TANH(x) tanhf(x)
#define SQRT(x) sqrtf(x)
#define POW(x, y) powf(x, y)
#define IS_FINITE(x) isfinite(x)
#ifndef INFINITY  // NVRTC has no math.h
#define INFINITY __int_as_float(0x7f800000)
#endif

#else  // host C++: tests/kernels and tests/cudasim bring the threads
#include "host_dialect.h"
#endif

// Elements i of [0, n), spread over a one-dimensional grid of any size.
#define FOR_EACH(i, n) for (long64 i = BLOCK_X * BLOCK + THREAD; i < (n); i += BLOCKS_X * BLOCK)

#ifdef STORE_BFLOAT16
typedef bits16 real;
#define LOAD(p, i) FLOAT_OF((uint32)(p)[i] << 16)
#define STORE(p, i, value) ((p)[i] = round_to_bfloat16(value))
#else
typedef float real;
#define LOAD(p, i) ((p)[i])
#define STORE(p, i, value) ((p)[i] = (value))
#endif

// The upper half of a float's bits, rounded to nearest even; NaN stays NaN.
DEVICE bits16 round_to_bfloat16(float value) {
    uint32 bits = BITS_OF(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return (bits16)((bits >> 16) | 64);
    return (bits16)((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
}

#endif
