#include "harness.h"

namespace {

void gather(Run &run, int vocabulary, int n, int width) {
    Array table = run.floats((long64)vocabulary * width, "table"), tokens = run.integers(n, "tokens", 0, vocabulary);
    Array out = run.empty(FLOAT, (long64)n * width, "out");
    run.launch("embed", (long64)n * width, table, tokens, out, (long64)n, width);
    run.expect_exactly(out, [&](long64 i) { return table[(long64)tokens[i / width] * width + i % width]; });
}

}  // namespace

CASES(embedding, ONCE) {
    for (int n : run.sizes()) {
        for (int width : {1, 7, 33}) gather(run, 7, n, width);
    }
    gather(run, 3, 5, 300);  // wider than a block
}
