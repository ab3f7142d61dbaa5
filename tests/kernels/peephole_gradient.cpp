// Cases of kernels/peephole_gradient.cu.
#include "harness.h"

static void check(Run &run, int rows, int units, int rows_each) {
    int chunks = (rows + rows_each - 1) / rows_each, columns = 3 * units;
    Array gates = run.reals((long64)rows * 4 * units, "gates");
    Array c_before = run.floats((long64)rows * units, "c_before"), c = run.floats((long64)rows * units, "c");
    Array partials = run.empty(FLOAT, (long64)chunks * columns, "partials");
    run.launch_grid("peephole_partials", (columns + 31) / 32, chunks, gates, c_before, c, partials, (long64)rows, units,
                    (long64)rows_each);
    run.expect(
        partials,
        [&](long64 i) {
            int chunk = (int)(i / columns), which = (int)(i % columns) / units, unit = (int)(i % columns) % units;
            double total = 0;
            for (long64 row = (long64)chunk * rows_each; row < (chunk + 1ll) * rows_each && row < rows; row++) {
                double slope = gates[row * 4 * units + (which == 2 ? 3 : which) * (long64)units + unit];
                total += slope * (which == 2 ? c : c_before)[row * units + unit];
            }
            return total;
        },
        run.float_tolerance(rows_each));
}

CASES(peephole_gradient, TWICE) {
    for (auto [rows, units] : run.pairs()) check(run, rows, units, rows);
    check(run, 33, 33, 8);
    check(run, run.size(257, 20), 11, 7);
}
