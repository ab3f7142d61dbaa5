// Cases of kernels/rows.cu.
#include "harness.h"

namespace {

// The sequences from `first` on of a batch of `all`; table rows go up to the last that an int can count.
void check_share(Run &run, int steps, int sequences, int first, int all) {
    const int epoch_step = 3, known = 11, last_row = 2147483647;
    std::vector<double> begins, sizes, numbers;
    for (int s = 0; s < known; s++) {
        sizes.push_back(s == 0 ? 1 : s == 1 ? steps : 1 + s * 7 % (2 * steps));
        begins.push_back(s == 2 ? (double)last_row - sizes.back() + 1 : 5 + 1000003.0 * s);
    }
    for (int i = 0; i < (epoch_step + 1) * all; i++) numbers.push_back((i * 7 + i / known) % known);
    Array starts = run.make(INT, begins, "starts"), lengths = run.make(INT, sizes, "lengths");
    Array order = run.make(INT, numbers, "order");
    Array counters = run.make(INT, {17, epoch_step, 1}, "counters");
    Array rows = run.empty(INT, (long64)steps * sequences, "rows");
    Array ends = run.empty(INT, sequences, "ends"), chosen = run.empty(INT, sequences, "chosen");
    auto sequence = [&](long64 b) { return (size_t)numbers[(size_t)(epoch_step * all + first + b)]; };
    run.launch("gather_rows", (long64)steps * sequences, starts, lengths, order, counters, rows, ends,
               chosen, steps, sequences, first, all);
    run.expect_exactly(rows, [&](long64 i) {
        size_t s = sequence(i % sequences);
        return (double)(i / sequences) < sizes[s] ? begins[s] + (double)(i / sequences) : 0;
    });
    run.expect_exactly(ends, [&](long64 b) { return std::min(sizes[sequence(b)], (double)steps); });
    run.expect_exactly(chosen, [&](long64 b) { return (double)sequence(b); });
}

}  // namespace

CASES(rows, ONCE) {
    for (auto [steps, sequences] : run.pairs()) check_share(run, steps, sequences, 0, sequences);
    check_share(run, 7, 3, 5, 8);
    check_share(run, 33, 1, 7, 8);
    check_share(run, 7, 7, 0, 8);

    for (int n : run.sizes()) {
        Array table = run.integers(9, "table", -5, 1000000), rows = run.integers(n, "rows", 0, 9);
        Array out = run.empty(INT, n, "out");
        run.launch("take", n, table, rows, out, (long64)n);
        run.expect_exactly(out, [&](long64 i) { return table[(long64)rows[i]]; });
    }
}
