// Cases of kernels/embedding.cu.
#include "harness.h"

CASES(embedding, ONCE) {
    for (auto [n, width] : run.pairs()) {
        int vocabulary = 7;
        Array table = run.floats((long64)vocabulary * width, "table"), tokens = run.integers(n, "tokens", 0, vocabulary);
        Array out = run.empty(FLOAT, (long64)n * width, "out");
        run.launch("embed", (long64)n * width, table, tokens, out, (long64)n, width);
        run.expect_exactly(out, [&, width = width](long64 i) { return table[(long64)tokens[i / width] * width + i % width]; });
    }
}
