// Cases of kernels/column_sum.cu.
#include "harness.h"

static void check(Run &run, int rows, int columns, int rows_each) {
    int chunks = (rows + rows_each - 1) / rows_each;
    Array x = run.reals((long64)rows * columns, "x"), out = run.floats(columns, "out"), also = run.floats(columns, "also");
    Array partials = run.empty(FLOAT, (long64)chunks * columns, "partials");
    auto sum = [&](int from, int end, long64 column) {
        double total = 0;
        for (int row = from; row < end && row < rows; row++) total += x[(long64)row * columns + column];
        return total;
    };
    run.launch_grid("column_partials", (columns + 31) / 32, chunks, x, partials, (long64)rows, columns, (long64)rows_each);
    run.expect(partials, [&](long64 i) {
        int chunk = (int)(i / columns);
        return sum(chunk * rows_each, (chunk + 1) * rows_each, i % columns);
    }, run.float_tolerance(rows_each));
    run.launch("column_sum", columns, partials, out, also, chunks, columns);
    run.expect(out, [&](long64 i) { return out[i] + sum(0, rows, i); }, run.float_tolerance(rows));
    run.expect(also, [&](long64 i) { return also[i] + sum(0, rows, i); }, run.float_tolerance(rows));
    run.launch("column_sum", columns, partials, out, None, chunks, columns);
    run.expect(out, [&](long64 i) { return out[i] + 2 * sum(0, rows, i); }, run.float_tolerance(rows));
}

CASES(column_sum, TWICE) {
    for (auto [rows, columns] : run.pairs()) check(run, rows, columns, rows);
    check(run, 33, 33, 8);
    check(run, run.size(257, 20), 33, 7);
}
