// Cases of kernels/dropout.cu.
#include "harness.h"
#include "random_words.h"

static void check(Run &run, int n, double probability, long64 seed, int stream, int step) {
    double threshold = probability * 0x1p32;
    float scale = (float)(1 / (1 - probability));
    Array x = run.reals(n, "x"), in_place = run.reals(n, "in place"), counters = run.make(INT, {(double)step, 3, 2}, "counters");
    Array y = run.empty(REAL, n, "y");
    auto kept = [&](const Array &from, long64 i) { return random_word(seed, stream, step, i) >= threshold ? run.rounded(from[i] * (double)scale) : 0; };
    int bits = (int)(uint32_t)threshold;
    run.launch("dropout", (n + 3) / 4, x, y, counters, (long64)n, seed, stream, bits, scale);
    run.expect(y, [&](long64 i) { return kept(x, i); }, run.real_tolerance(1));
    run.launch("dropout", (n + 3) / 4, in_place, in_place, counters, (long64)n, seed, stream, bits, scale);
    run.expect(in_place, [&](long64 i) { return kept(in_place, i); }, run.real_tolerance(1));
}

CASES(dropout, TWICE) {
    expect_known_words(run);
    for (int n : run.sizes()) check(run, n, 0.5, 1, 0, 0);
    check(run, run.size(257 * 33, 300), 0.25, 0x123456789abcdef0, 7, 2147483647);
    check(run, 33, 0, -1, 2, 5);
    check(run, 33, 0.9, 42, 2, 5);
}
