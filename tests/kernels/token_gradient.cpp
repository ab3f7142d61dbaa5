#include "harness.h"

namespace {

const int PIECE = 32;

// The launches of java/lstmgpu/backend/kernels/TokenGradient.java.
void gradient(Run &run, const std::vector<double> &ids, int vocabulary, int width) {
    int n = (int)ids.size(), chunks = (n + 255) / 256, pieces = (n + PIECE - 1) / PIECE, from = -1, to = 0;
    Array tokens = run.make(INT, ids, "tokens"), rows = run.reals((long64)n * width, "rows");
    Array target = run.floats((long64)vocabulary * width, "target"), work = run.empty(INT, 256ll * chunks + 256 + 2 * n, "work");
    Array partial = run.empty(FLOAT, 2ll * pieces * width, "partial");
    for (int shift = 0; shift == 0 || (vocabulary - 1) >> shift > 0; shift += 8) {
        run.launch_grid("token_count", chunks, 1, tokens, n, work, from, shift);
        run.launch_grid("token_scan", 256, 1, n, work);
        run.launch_grid("token_place", chunks, 1, tokens, n, work, from, to, shift);
        from = to;
        to = 1 - to;
    }
    int lanes = width < 256 ? width : 256, together = 256 / lanes;
    long64 x = (pieces + together - 1) / together, y = (width + lanes - 1) / lanes;
    run.launch_grid("token_sum", x, y, rows, tokens, n, work, from, width, partial, target);
    run.launch_grid("token_combine", x, y, tokens, n, work, from, width, partial, target);
    std::vector<double> expected = target.values;
    for (int i = 0; i < n; i++) {
        for (int column = 0; column < width; column++)
            expected[(size_t)(ids[(size_t)i] * width + column)] += rows[(long64)i * width + column];
    }
    run.expect(target, [&](long64 i) { return expected[(size_t)i]; }, 2 * run.float_tolerance(n));
}

}  // namespace

CASES(token_gradient, TWICE) {
    gradient(run, run.integers(run.size(300, 80), "tokens", 0, 7).values, 7, 3);
    gradient(run, run.integers(1, "one", 0, 7).values, 7, 33);
    if (run.size(1, 0) == 0) return;
    for (int vocabulary : {1, 33}) gradient(run, run.integers(PIECE, "a piece", 0, vocabulary).values, vocabulary, 7);
    gradient(run, run.integers(600, "two digits", 0, 700).values, 700, 2);
    gradient(run, run.integers(300, "three digits", 0, 70000).values, 70000, 1);
    gradient(run, run.integers(40, "wide", 0, 5).values, 5, 300);
    std::vector<double> runs;  // runs that end and begin on the border of a piece, and one over several pieces
    for (int token = 0; token < 5; token++) runs.insert(runs.end(), token == 2 ? 5 * PIECE + 3 : PIECE, 4 - token);
    gradient(run, runs, 5, 7);
}
