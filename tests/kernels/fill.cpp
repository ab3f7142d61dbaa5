#include "harness.h"

CASES(fill, ONCE) {
    for (int n : run.sizes()) {
        Array x = run.empty(FLOAT, n, "x");
        run.launch("fill", n, x, (long64)n, 0.25f);
        run.expect_exactly(x, [](long64) { return 0.25; });
    }
}
