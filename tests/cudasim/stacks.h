// Stacks of the threads of kernels, used again: to map thousands of them anew takes longer than a small kernel.
#ifndef CUDASIM_STACKS_H
#define CUDASIM_STACKS_H
#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace cudasim {

class Stacks {
   public:
    // No power of two, or those of a block would lie in the same few sets of a cache.
    static constexpr size_t SIZE = (128 << 10) + (4 << 10);

    Stacks() = default;
    Stacks(const Stacks &) = delete;
    ~Stacks() {
        for (void *stack : spare) munmap(stack, SIZE);
    }

    void *take() {
        void *stack = spare.empty() ? mapped() : spare.back();
        if (!spare.empty()) spare.pop_back();
        *(uint64_t *)stack = LAST;
        return stack;
    }
    void give(void *stack) { spare.push_back(stack); }

    // Whether nothing has gone on past its end.
    static bool is_intact(const void *stack) { return *(const uint64_t *)stack == LAST; }

   private:
    // Lies at the end of each stack. What overwrites it has gone on into the next stack, which has no page in between:
    // thousands of stacks would be more mappings than a process may have.
    static constexpr uint64_t LAST = 0x57ac6e4d0f57ac6eull;

    // On a stack that is not there no handler could say what is wrong.
    static void *mapped() {
        void *stack = mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack != MAP_FAILED) return stack;
        perror("cudasim: no memory for the stack of a kernel's thread");
        abort();
    }

    std::vector<void *> spare;
};

}  // namespace cudasim

#endif
