// Cases of kernels/reset_sequences.cu.
#include "harness.h"
#include "random_words.h"

static void check(Run &run, int sequences, int first, int width, int layers, double probability, long64 seed, int stream, int step) {
    double threshold = probability * 0x1p32;
    long64 rows = (long64)sequences * layers;
    Array state = run.reals(rows * width, "state"), counters = run.make(INT, {(double)step, 3, 2}, "counters");
    run.launch_grid("reset_sequences", rows, 1, state, counters, sequences, first, width, seed, stream, (int)(uint32_t)threshold);
    run.expect_exactly(state, [&](long64 i) { return random_word(seed, stream, step, first + i / width % sequences) < threshold ? 0 : state[i]; });
}

CASES(reset_sequences, TWICE) {
    for (int n : run.sizes()) check(run, n, 0, 33, 1, 0.5, 1, 0, 0);
    check(run, 7, 0, run.size(300, 40), 3, 0.25, 0x123456789abcdef0, 7, 2147483647);
    check(run, 33, 0, 1, 2, 0, -1, 2, 5);
    check(run, 33, 0, 7, 1, 0.9, 42, 2, 5);
    for (int first : {1, 6, 257}) check(run, 7, first, 33, 3, 0.5, 5, 2, 3);
}
