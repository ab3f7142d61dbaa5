// Runs the threads of a block one after another. A block whose first thread meets a barrier goes on with a fiber a thread, so kernels
// without barriers pay nothing for them.
#ifndef CUDASIM_BLOCK_H
#define CUDASIM_BLOCK_H
#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "image.h"

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

    __attribute__((noinline)) void barrier() {
        int thread = place.thread;
        if (!barriers && thread > 0) divergent = true;
        barriers = true;
        Fiber &fiber = fibers[divergent ? 0 : (size_t)thread];
        fiber.at_barrier = true;
        if (_setjmp(fiber.resume) == 0) _longjmp(scheduler, 1);
        place.thread = thread;
    }

   private:
    static constexpr size_t STACK = 128 << 10;

    struct Fiber {
        ucontext_t start;
        jmp_buf resume;
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
        if (_setjmp(fibers[(size_t)number].resume) == 0) _longjmp(scheduler, 1);
    }

    __attribute__((noinline)) void enter(size_t number) {
        Fiber &fiber = fibers[number];
        fiber.at_barrier = false;
        if (_setjmp(scheduler) != 0) return;
        if (fiber.begun) _longjmp(fiber.resume, 1);
        fiber.begun = true;
        if (!fiber.stack) fiber.stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        getcontext(&fiber.start);
        fiber.start.uc_stack.ss_sp = fiber.stack;
        fiber.start.uc_stack.ss_size = STACK;
        fiber.start.uc_link = nullptr;
        uintptr_t self = (uintptr_t)this;
        makecontext(&fiber.start, (void (*)())main, 3, (unsigned)self, (unsigned)(self >> 32), (int)number);
        setcontext(&fiber.start);
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
    jmp_buf scheduler;
    void (*body)(const void *) = nullptr;
    const void *argument = nullptr;
    bool barriers = false, divergent = false, clean = true;
};

template <int THREADS>
Block &block() {
    static Block made(THREADS);
    return made;
}

inline std::vector<Kernel> &registry() {
    static std::vector<Kernel> kernels;
    return kernels;
}

template <auto FUNCTION, int THREADS>
struct Runner;

template <class... Parameters, void (*FUNCTION)(Parameters...), int THREADS>
struct Runner<FUNCTION, THREADS> {
    using Arguments = std::tuple<Parameters...>;

    static void call(const void *arguments) { std::apply(FUNCTION, *(const Arguments *)arguments); }

    template <size_t... INDEX>
    static Arguments gather(void *const *arguments, std::index_sequence<INDEX...>) {
        return Arguments(*(const Parameters *)arguments[INDEX]...);
    }

    static const char *run(const long long grid[3], void *const *arguments) {
        Arguments gathered = gather(arguments, std::index_sequence_for<Parameters...>());
        for (int i = 0; i < 3; i++) place.blocks[i] = grid[i];
        for (long long z = 0; z < grid[2]; z++) {
            for (long long y = 0; y < grid[1]; y++) {
                for (long long x = 0; x < grid[0]; x++) {
                    place.block[0] = x, place.block[1] = y, place.block[2] = z;
                    const char *fault = block<THREADS>().run(call, &gathered);
                    if (fault) return fault;
                }
            }
        }
        return nullptr;
    }

    static int add(const char *name) {
        static const size_t sizes[] = {sizeof(Parameters)...};
        static const bool pointers[] = {std::is_pointer_v<Parameters>...};
        registry().push_back({name, THREADS, sizeof...(Parameters), sizes, pointers, run});
        return 0;
    }
};

}  // namespace cudasim

extern "C" __attribute__((visibility("default"), weak)) const cudasim::Kernel *cudasim_kernel(size_t index) {
    return index < cudasim::registry().size() ? &cudasim::registry()[index] : nullptr;
}

#endif
