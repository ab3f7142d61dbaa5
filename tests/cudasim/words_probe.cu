// A kernel of the words of kernels/cuda/words.h, for tests of what they compute.
#define BLOCK 256
#include "cuda/words.h"

// y [n] = tanh x [n] as the cells compute it; one block.
COOPERATIVE_KERNEL(probe_quick_tanh, BUFFER(const float, x), BUFFER(float, y), int n) {
    for (int i = THREAD; i < n; i += BLOCK) y[i] = quick_tanh(x[i]);
}
