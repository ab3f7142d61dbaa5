// Runs the threads of a block one after another. A block whose first thread meets a barrier goes on with a fiber a thread, so kernels
// without barriers pay nothing for them. Fibers change places by GCC's own pair of jumps, which save little and take any stack; no function may
// hold both.
#ifndef CUDASIM_BLOCK_H
#define CUDASIM_BLOCK_H
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "../kernels/registry.h"

namespace cudasim {

struct Place {
    int thread;
    long long block[3], blocks[3];
};
inline Place place;

class Block {
   public:
    explicit Block(int threads) : fibers((size_t)threads) {}
    ~Block() {
        for (Fiber &fiber : fibers) {
            if (fiber.stack) munmap(fiber.stack, STACK);
        }
    }

    const char *run(void (*call)(const void *), const void *with) {
        if (!clean) {
            for (Fiber &fiber : fibers) fiber.begun = false;
        }
        clean = false;
        body = call;
        argument = with;
        barriers = false;
        enter(0);
        const char *fault = barriers ? go_on_from_barrier() : nullptr;
        clean = !fault;
        return fault;
    }

    // Where the running thread goes on after a barrier: BARRIER saves its place here and leaves.
    void **arrive() {
        if (!barriers && place.thread > 0) divergent = true;
        barriers = true;
        Fiber &fiber = fibers[divergent ? 0 : (size_t)place.thread];
        fiber.at_barrier = true;
        return fiber.resume;
    }

    __attribute__((noinline, noreturn)) void leave() { __builtin_longjmp(scheduler, 1); }

   private:
    static constexpr size_t STACK = 128 << 10;

    struct Fiber {
        ucontext_t context;
        void *resume[5];
        void *stack = nullptr;
        bool begun = false, at_barrier = false;
    };

    static void main(unsigned low, unsigned high, int number) {
        Block *self = (Block *)((uintptr_t)low | (uintptr_t)high << 32);
        for (;;) self->run_threads(number);
    }

    // The first fiber runs all threads as long as none meets a barrier.
    __attribute__((noinline)) void run_threads(int number) {
        place.thread = number;
        body(argument);
        if (number == 0 && !barriers) {
            for (int thread = 1; thread < (int)fibers.size(); thread++) {
                place.thread = thread;
                body(argument);
            }
        }
        if (__builtin_setjmp(fibers[(size_t)number].resume) == 0) leave();
    }

    void enter(size_t number) {
        place.thread = (int)number;
        fibers[number].at_barrier = false;
        if (__builtin_setjmp(scheduler) == 0) start(fibers[number], (int)number);
    }

    __attribute__((noinline, noreturn)) void start(Fiber &fiber, int number) {
        if (fiber.begun) __builtin_longjmp(fiber.resume, 1);
        fiber.begun = true;
        if (!fiber.stack) fiber.stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack;
        fiber.context.uc_stack.ss_size = STACK - (size_t)(number % 16) * 256;  // apart in the caches
        fiber.context.uc_link = nullptr;
        uintptr_t self = (uintptr_t)this;
        makecontext(&fiber.context, (void (*)())main, 3, (unsigned)self, (unsigned)(self >> 32), number);
        setcontext(&fiber.context);
        __builtin_unreachable();
    }

    const char *go_on_from_barrier() {
        static const char *disagreement = "the threads of a block disagree about a barrier";
        if (divergent) {
            divergent = false;
            return disagreement;
        }
        for (size_t first = 1;; first = 0) {
            size_t waiting = first;
            for (size_t thread = first; thread < fibers.size(); thread++) {
                enter(thread);
                waiting += fibers[thread].at_barrier;
            }
            if (waiting == 0) return nullptr;
            if (waiting < fibers.size()) return disagreement;
        }
    }

    std::vector<Fiber> fibers;
    void *scheduler[5];
    void (*body)(const void *) = nullptr;
    const void *argument = nullptr;
    bool barriers = false, divergent = false, clean = true;
};

template <int THREADS>
Block &block() {
    static Block made(THREADS);
    return made;
}

template <int THREADS>
const char *run_grid(const long long grid[3], void (*call)(const void *), const void *arguments) {
    for (int i = 0; i < 3; i++) place.blocks[i] = grid[i];
    for (long long z = 0; z < grid[2]; z++) {
        for (long long y = 0; y < grid[1]; y++) {
            for (long long x = 0; x < grid[0]; x++) {
                place.block[0] = x, place.block[1] = y, place.block[2] = z;
                const char *fault = block<THREADS>().run(call, arguments);
                if (fault) return fault;
            }
        }
    }
    return nullptr;
}

}  // namespace cudasim

#endif
