#include <cstdint>

#include "harness.h"

namespace {

// SplitMix64's finaliser and the Feistel network, by division where the kernel shifts and masks.
uint64_t scramble(uint64_t z) {
    uint64_t a = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u, b = (a ^ a >> 27) * 0x94D049BB133111EBu;
    return b ^ b >> 31;
}

uint64_t place(uint64_t index, uint64_t size, uint64_t seed, uint64_t epoch) {
    uint64_t half = 2;
    while (half * half < size) half *= 2;
    do {
        uint64_t high = index / half, low = index % half;
        for (uint64_t round = 0; round < 4; round++) {
            uint64_t mixed = high ^ scramble(low + scramble(seed + scramble(8 * epoch + round))) % half;
            high = low;
            low = mixed;
        }
        index = high * half + low;
    } while (index >= size);
    return index;
}

void gather(Run &run, int bytes, int steps, int lanes, bool shuffled) {
    const int origin = 3, lane_stride = shuffled ? 2 : 3 * steps, step_stride = steps, epoch_step = 1, epoch = 4;
    const long64 windows = shuffled ? 2 * lanes + 3 : 0, seed = -77;
    long64 length = origin + (shuffled ? 2 * (windows - 1) : (long64)(lanes - 1) * lane_stride + epoch_step * step_stride) + steps + 1;
    Type type = bytes == 1 ? BYTE : bytes == 2 ? SHORT : INT;
    std::vector<double> whole = run.integers(length, "text", 0, bytes == 1 ? 256 : 65536).values;
    whole.resize((whole.size() + 3) / 4 * 4, 0);  // whole words
    Array text = run.make(type, whole, "text");
    Array counters = run.make(INT, {9, epoch_step, epoch}, "counters");
    Array inputs = run.empty(INT, (long64)steps * lanes, "inputs"), targets = run.empty(INT, (long64)steps * lanes, "targets");
    run.launch_grid("gather_batch", lanes, 1, text, bytes, counters, inputs, targets, steps, (long64)origin, (long64)lane_stride,
                    (long64)step_stride, windows, seed);
    auto at = [&](long64 i) {
        long64 lane = i % lanes, step = i / lanes;
        if (shuffled) {
            uint64_t window = place((uint64_t)(epoch_step * lanes + lane), (uint64_t)windows, (uint64_t)seed, epoch);
            return origin + lane_stride * (long64)window + step;
        }
        return origin + lane * lane_stride + epoch_step * step_stride + step;
    };
    run.expect_exactly(inputs, [&](long64 i) { return whole[(size_t)at(i)]; });
    run.expect_exactly(targets, [&](long64 i) { return whole[(size_t)at(i) + 1]; });
}

}  // namespace

CASES(batch, ONCE) {
    for (int bytes : {1, 2, 4}) {
        for (int steps : run.sizes()) {
            gather(run, bytes, steps, 7, false);
            gather(run, bytes, steps, 7, true);
        }
    }
    Array counters = run.make(INT, {9, 1, 4}, "counters");
    run.launch_grid("advance", 1, 1, counters, 3);
    const double next[] = {10, 2, 4}, after[] = {11, 0, 5};
    run.expect_exactly(counters, [&](long64 i) { return next[i]; });
    run.launch_grid("advance", 1, 1, counters, 3);
    run.expect_exactly(counters, [&](long64 i) { return after[i]; });
}
