#include "harness.h"

namespace {

void product(Run &run, int rows, int columns, int depth, bool transpose_a, bool transpose_b, bool add, long64 blocks) {
    Array a = run.reals((long64)rows * depth, "a"), b = run.reals((long64)depth * columns, "b");
    Array c = add ? run.floats((long64)rows * columns, "c") : run.empty(FLOAT, (long64)rows * columns, "c");
    run.launch_grid("gemm", blocks, 1, a, b, c, rows, columns, depth, (int)transpose_a, (int)transpose_b, (int)add);
    auto value = [&](long64 i) {
        long64 row = i / columns, column = i % columns;
        double sum = add ? c[i] : 0;
        for (long64 k = 0; k < depth; k++) {
            sum += a[transpose_a ? k * rows + row : row * depth + k] * b[transpose_b ? column * depth + k : k * columns + column];
        }
        return sum;
    };
    run.expect(c, value, run.float_tolerance(depth));
}

}  // namespace

CASES(gemm, TWICE) {
    int large = run.size(257, 33);
    for (bool transpose_a : {false, true}) {
        for (bool transpose_b : {false, true}) {
            product(run, 33, 7, large, transpose_a, transpose_b, transpose_a, 1);
            product(run, run.size(65, 7), 129, 7, transpose_a, transpose_b, transpose_b, 6);
        }
    }
    product(run, 1, large, 1, false, true, true, 2);    // fewer blocks than tiles
    product(run, large, 1, 33, false, false, false, 9); // more
}
