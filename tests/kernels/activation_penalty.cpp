// Cases of kernels/activation_penalty.cu.
#include "harness.h"

CASES(activation_penalty, ONCE) {
    for (auto [steps, width] : run.pairs()) {
        for (float beta : {0.0f, 0.5f}) {
            long64 n = (long64)steps * width, row = width;
            Array y = run.floats(n, "y"), dy = run.floats(n, "dy");
            const float alpha = 0.25f;
            run.launch("activation_penalty", n, y, dy, (long64)steps, row, alpha, beta);
            run.expect(
                dy,
                [&](long64 i) {
                    double back = i >= row ? y[i] - y[i - row] : 0, ahead = i + row < n ? y[i + row] - y[i] : 0;
                    return dy[i] + alpha * y[i] + beta * (back - ahead);
                },
                run.real_tolerance(1));
        }
    }
}
