// Threads of a kernel on one thread of the host: each has a stack, and they change places by GCC's own pair of jumps,
// which save little and take any stack; no function may hold both. Entered again after its end, a fiber runs its body
// again.
#ifndef CUDASIM_FIBER_H
#define CUDASIM_FIBER_H
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace cudasim {

class Fibers {
   public:
    using Body = void (*)(void *owner, size_t number);

    Fibers(size_t count, Body run, void *of) : fibers(count), body(run), owner(of) {}
    Fibers(const Fibers &) = delete;
    ~Fibers() {
        for (Fiber &fiber : fibers) {
            if (fiber.stack) munmap(fiber.stack, STACK);
        }
    }

    size_t size() const { return fibers.size(); }

    // Runs a fiber until it leaves.
    void enter(size_t number) {
        if (__builtin_setjmp(scheduler) == 0) start(fibers[number], (int)number);
        if (*(uint64_t *)fibers[number].stack == LAST) return;
        fprintf(stderr, "cudasim: thread %zu of a kernel needs more than its %zu bytes of stack\n", number, STACK);
        abort();
    }

    // Where a fiber goes on when it is entered: it saves its place here and leaves.
    void **place(size_t number) { return fibers[number].resume; }

    __attribute__((noinline, noreturn)) void leave() { __builtin_longjmp(scheduler, 1); }

    __attribute__((noinline)) void pause(size_t number) {
        if (__builtin_setjmp(place(number)) == 0) leave();
    }

    // After a fault: all begin anew.
    void forget() {
        for (Fiber &fiber : fibers) fiber.begun = false;
    }

   private:
    static constexpr size_t STACK = 128 << 10;
    // Lies at the end of each stack. What overwrites it has gone on into the next stack, which has no page in between:
    // thousands of stacks would be more mappings than a process may have.
    static constexpr uint64_t LAST = 0x57ac6e4d0f57ac6eull;

    struct Fiber {
        ucontext_t context;
        void *resume[5];
        void *stack = nullptr;
        bool begun = false;
    };

    // On a stack that is not there no handler could say what is wrong.
    static void *new_stack() {
        void *stack = mmap(nullptr, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (stack != MAP_FAILED) {
            *(uint64_t *)stack = LAST;
            return stack;
        }
        perror("cudasim: no memory for the stack of a kernel's thread");
        abort();
    }

    static void main(unsigned low, unsigned high, int number) {
        Fibers *self = (Fibers *)((uintptr_t)low | (uintptr_t)high << 32);
        for (;;) {
            self->body(self->owner, (size_t)number);
            self->pause((size_t)number);
        }
    }

    __attribute__((noinline, noreturn)) void start(Fiber &fiber, int number) {
        if (fiber.begun) __builtin_longjmp(fiber.resume, 1);
        fiber.begun = true;
        if (!fiber.stack) fiber.stack = new_stack();
        getcontext(&fiber.context);
        fiber.context.uc_stack.ss_sp = fiber.stack;
        fiber.context.uc_stack.ss_size = STACK - (size_t)(number % 16) * 256;  // apart in the caches
        fiber.context.uc_link = nullptr;
        uintptr_t self = (uintptr_t)this;
        makecontext(&fiber.context, (void (*)())main, 3, (unsigned)self, (unsigned)(self >> 32), number);
        setcontext(&fiber.context);
        __builtin_unreachable();
    }

    std::vector<Fiber> fibers;
    void *scheduler[5];
    Body body;
    void *owner;
};

}  // namespace cudasim

#endif
