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

// Under a tool that watches every instruction a step of a tile takes a second.
void few(Run &run) {
    product(run, 7, 7, 17, false, false, false, 1);
    if (run.stored() == BFLOAT16) return;
    product(run, 7, 65, 7, true, true, true, 1);
    product(run, 3, 7, 7, true, false, false, 2);
    product(run, 7, 3, 7, false, true, true, 1);
}

}  // namespace

CASES(gemm, TWICE) {
    if (run.is_small()) return few(run);
    for (bool transpose_a : {false, true}) {
        for (bool transpose_b : {false, true}) {
            product(run, 33, 7, 257, transpose_a, transpose_b, transpose_a, 1);
            product(run, 65, 129, 7, transpose_a, transpose_b, transpose_b, 6);
        }
    }
    product(run, 1, 257, 1, false, true, true, 2);    // fewer blocks than tiles
    product(run, 257, 1, 33, false, false, false, 9);  // more
}
