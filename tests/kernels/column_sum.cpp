#include "harness.h"

namespace {

void sums(Run &run, int rows, int columns, int rows_each, bool two) {
    int chunks = (rows + rows_each - 1) / rows_each;
    Array x = run.reals((long64)rows * columns, "x"), partials = run.empty(FLOAT, (long64)chunks * columns, "partials");
    Array out = run.floats(columns, "out"), also = run.floats(columns, "also");
    run.launch_grid("column_partials", (columns + 31) / 32, chunks, x, partials, (long64)rows, columns, (long64)rows_each);
    if (two) {
        run.launch("column_sum", columns, partials, out, also, chunks, columns);
    } else {
        run.launch("column_sum", columns, partials, out, None, chunks, columns);
    }
    auto sum = [&](long64 column) {
        double total = 0;
        for (long64 n = 0; n < rows; n++) total += x[n * columns + column];
        return total;
    };
    run.expect(out, [&](long64 i) { return out[i] + sum(i); }, run.float_tolerance(rows));
    run.expect(also, [&](long64 i) { return also[i] + (two ? sum(i) : 0); }, run.float_tolerance(rows));
}

}  // namespace

CASES(column_sum, TWICE) {
    for (int columns : {1, 7, 33}) sums(run, 33, columns, 10, columns == 7);
    sums(run, run.size(257, 20), 33, run.size(128, 9), true);
    sums(run, 1, run.size(257, 40), 64, false);
}
