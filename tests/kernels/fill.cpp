// Cases of kernels/fill.cu.
#include "harness.h"

CASES(fill, ONCE) {
    for (int n : run.sizes()) {
        Array x = run.empty(FLOAT, n, "x");
        run.launch("fill", n, x, (long64)n, 1.25f);
        run.expect_exactly(x, [](long64) { return 1.25; });
    }
}
