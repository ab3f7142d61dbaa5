// AVX512-BF16, which every processor with AMX has too: whether this compiler and this processor know it.
#pragma once

#include "tiles.h"  // for cpuid.h, which gcc 10 cannot include twice

#if defined(__clang__) ? __clang_major__ >= 9 : __GNUC__ >= 10
#define HAS_BFLOAT16_VECTORS 1
#endif

namespace bfloat16_vectors {

inline bool run_here() {
#ifdef HAS_BFLOAT16_VECTORS
    unsigned a, b, c, d;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 5));
#else
    return false;
#endif
}

}  // namespace bfloat16_vectors
