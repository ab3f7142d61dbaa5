// What one core does at most, by which a benchmark judges everything else: multiply-adds that never leave the
// registers, and passes over memory that do nothing else. Whoever calls takes the time.
//
// processor_peak(KIND, ROUNDS, a, b, c, n) does a thing ROUNDS times and returns what that was: operations (a
// multiply-add is two) of the first four kinds, bytes read and written of the others, over n float32 in each array; 0
// where this processor has no such instructions.
#include <immintrin.h>

#include "tiles.h"

#define WIDE __attribute__((target("avx512f,fma")))
#define NARROW __attribute__((target("avx2,fma")))
#define TILED __attribute__((target("amx-tile,amx-bf16")))
#define HALF __attribute__((target("avx512f,avx512bf16")))

#if defined(__clang__) ? __clang_major__ >= 9 : __GNUC__ >= 10
#define HAS_BFLOAT16 1
#endif

namespace {

enum Kind { FLOAT32_WIDE, FLOAT32_NARROW, BFLOAT16_VECTORS, BFLOAT16_TILES, READ, COPY, TRIAD };

constexpr int CHAINS = 14;  // independent sums: more than latency times units, fewer than the sixteen registers of AVX2
constexpr int WIDTH = 16;   // float32 of a wide vector
constexpr int READS = 8;    // vectors under way at a time

bool has_bfloat16() {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & (1u << 5));
}

// Keeps the compiler from dropping or joining a chain.
#define KEEP(x) asm volatile("" : "+v"(x))

WIDE long wide(long rounds) {
    __m512 sum[CHAINS], factor = _mm512_set1_ps(0.5f), term = _mm512_set1_ps(1);
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_set1_ps((float)i);
    for (long r = 0; r < rounds; r++)
#pragma GCC unroll 14
        for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_fmadd_ps(sum[i], factor, term);
    for (int i = 0; i < CHAINS; i++) KEEP(sum[i]);
    return rounds * CHAINS * 2 * 16;
}

NARROW long narrow(long rounds) {
    __m256 sum[CHAINS], factor = _mm256_set1_ps(0.5f), term = _mm256_set1_ps(1);
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm256_set1_ps((float)i);
    for (long r = 0; r < rounds; r++)
#pragma GCC unroll 14
        for (int i = 0; i < CHAINS; i++) sum[i] = _mm256_fmadd_ps(sum[i], factor, term);
    for (int i = 0; i < CHAINS; i++) asm volatile("" : "+x"(sum[i]));
    return rounds * CHAINS * 2 * 8;
}

#ifdef HAS_BFLOAT16
// Each float32 of a sum takes two products of bfloat16.
HALF long bfloat16(long rounds) {
    __m512 sum[CHAINS];
    __m512bh factor = (__m512bh)_mm512_set1_epi16(0x3f00), term = (__m512bh)_mm512_setzero_si512();
    for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_set1_ps((float)i);
    for (long r = 0; r < rounds; r++)
#pragma GCC unroll 14
        for (int i = 0; i < CHAINS; i++) sum[i] = _mm512_dpbf16_ps(sum[i], factor, term);
    for (int i = 0; i < CHAINS; i++) KEEP(sum[i]);
    return rounds * CHAINS * 2 * 32;
}
#endif

#ifdef HAS_TILES
// Four sums of 16 by 16, each taking 32 products at a time.
TILED long tiled(long rounds) {
    static const tiles::Configuration configuration;
    _tile_loadconfig(&configuration);
    for (long r = 0; r < rounds; r++) {
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_release();
    return rounds * 4 * 2 * 16 * 16 * 32;
}
#endif

WIDE long read(long rounds, const float *a, long n) {
    __m512i sum[READS];
    for (int i = 0; i < READS; i++) sum[i] = _mm512_setzero_si512();
    for (long r = 0; r < rounds; r++)
        for (long at = 0; at < n; at += READS * WIDTH)
#pragma GCC unroll 8
            for (int i = 0; i < READS; i++) sum[i] = _mm512_xor_si512(sum[i], _mm512_loadu_si512(a + at + i * WIDTH));
    for (int i = 0; i < READS; i++) KEEP(sum[i]);
    return rounds * n * 4;
}

WIDE long copy(long rounds, const float *a, float *b, long n) {
    for (long r = 0; r < rounds; r++)
        for (long at = 0; at < n; at += WIDTH) _mm512_storeu_ps(b + at, _mm512_loadu_ps(a + at));
    return rounds * n * 8;
}

WIDE long triad(long rounds, const float *a, const float *b, float *c, long n) {
    __m512 factor = _mm512_set1_ps(0.5f);
    for (long r = 0; r < rounds; r++)
        for (long at = 0; at < n; at += WIDTH)
            _mm512_storeu_ps(c + at, _mm512_fmadd_ps(factor, _mm512_loadu_ps(b + at), _mm512_loadu_ps(a + at)));
    return rounds * n * 12;
}

}  // namespace

extern "C" int processor_peak_runs_here() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

// n is a multiple of 128. The passes over memory need AVX-512, like the operations of this program that are measured by
// them.
extern "C" long processor_peak(int kind, long rounds, const float *a, float *b, float *c, long n) {
    bool is_wide = __builtin_cpu_supports("avx512f");
    switch (kind) {
        case FLOAT32_WIDE: return is_wide ? wide(rounds) : 0;
        case FLOAT32_NARROW: return narrow(rounds);
#ifdef HAS_BFLOAT16
        case BFLOAT16_VECTORS: return is_wide && has_bfloat16() ? bfloat16(rounds) : 0;
#endif
#ifdef HAS_TILES
        case BFLOAT16_TILES: return tiles::run_here() ? tiled(rounds) : 0;
#endif
        case READ: return is_wide ? read(rounds, a, n) : 0;
        case COPY: return is_wide ? copy(rounds, a, b, n) : 0;
        case TRIAD: return is_wide ? triad(rounds, a, b, c, n) : 0;
        default: return 0;
    }
}
