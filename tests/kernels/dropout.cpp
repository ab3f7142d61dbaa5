// Cases of kernels/dropout.cu.
#include "harness.h"
#include "random_words.h"

struct Whole {
    int slabs, slab;
    long64 offset, stride;
};

static void check(Run &run, Whole whole, double probability, long64 seed, int stream, int step) {
    double threshold = probability * 0x1p32;
    float scale = (float)(1 / (1 - probability));
    long64 n = (long64)whole.slabs * whole.slab;
    Array x = run.reals(n, "x"), in_place = run.reals(n, "in place"), counters = run.make(INT, {(double)step, 3, 2}, "counters");
    Array y = run.empty(REAL, n, "y");
    auto kept = [&](const Array &from, long64 i) {
        long64 place = whole.offset + i / whole.slab * whole.stride + i % whole.slab;
        return random_word(seed, stream, step, place) >= threshold ? run.rounded(from[i] * (double)scale) : 0;
    };
    auto launch = [&](const Array &from, const Array &to) {
        long64 across = whole.slab > 512 ? 2 : 1, down = whole.slabs > 2 ? 2 : 1;  // both loops go round
        run.launch_grid("dropout", across, down, from, to, counters, (long64)whole.slabs, (long64)whole.slab, whole.offset, whole.stride, seed, stream,
                        (int)(uint32_t)threshold, scale);
    };
    launch(x, y);
    run.expect(y, [&](long64 i) { return kept(x, i); }, run.real_tolerance(1));
    launch(in_place, in_place);
    run.expect(in_place, [&](long64 i) { return kept(in_place, i); }, run.real_tolerance(1));
}

CASES(dropout, TWICE) {
    expect_known_words(run);
    for (int n : run.sizes()) check(run, {1, n, 0, n}, 0.5, 1, 0, 0);
    int large = run.size(257 * 33, 300);
    check(run, {1, large, 0, large}, 0.25, 0x123456789abcdef0, 7, 2147483647);
    check(run, {1, 33, 0, 33}, 0, -1, 2, 5);
    check(run, {1, 33, 0, 33}, 0.9, 42, 2, 5);

    // Shares that begin and end anywhere in a block of Philox, some all within one.
    for (int offset = 0; offset < 5; offset++) {
        for (int slab : {1, 2, 3, 4, 7}) check(run, {5, slab, offset, slab + offset + 3}, 0.5, 3, 1, 9);
    }
    check(run, {7, run.size(3 * 257, 33), 2 * 257, 5 * 257}, 0.25, 0x123456789abcdef0, 7, 1);
    check(run, {5, 33, 0, 0}, 0.5, 3, 1, 9);  // every step takes the words of the first
    check(run, {5, 7, 3, 0}, 0.5, 3, 1, 9);
    check(run, {3, 33, 0x500000003, 0x700000001}, 0.5, 11, 0, 2);  // beyond 32 bits of blocks
}
