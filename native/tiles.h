// What the tile registers of AMX need before they can be used: instructions for bfloat16 or for bytes, and the system's
// leave, which Linux gives a process for all of its threads.
#pragma once

#include <cpuid.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11
#define HAS_TILES 1
#endif

namespace tiles {

constexpr unsigned TILE = 1u << 24, BFLOAT16 = 1u << 22, BYTES = 1u << 25;  // of EDX

inline bool run_here([[maybe_unused]] unsigned numbers = BFLOAT16) {
#if defined(HAS_TILES) && defined(__linux__)
    constexpr long ASK = 0x1023, TILE_DATA = 18;
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & TILE) && (d & numbers) &&
           syscall(SYS_arch_prctl, ASK, TILE_DATA) == 0;
#else
    return false;
#endif
}

// Eight registers of 16 rows of 64 bytes.
struct alignas(64) Configuration {
    unsigned char palette = 1, start_row = 0, reserved[14] = {};
    unsigned short bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    unsigned char rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};

}  // namespace tiles
