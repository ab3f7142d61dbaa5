// Threads of a kernel on one thread of the host: each has a stack, and they change places by GCC's own pair of jumps,
// which save little and take any stack; no function may hold both. Entered again after its end, a fiber runs its body
// again.
#ifndef CUDASIM_FIBER_H
#define CUDASIM_FIBER_H
#include <ucontext.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "stacks.h"

namespace cudasim {

class Fibers {
   public:
    using Body = void (*)(void *owner, size_t number);

    Fibers(size_t count, Body run, void *of, Stacks &from) : fibers(count), stacks(from), body(run), owner(of) {}
    Fibers(const Fibers &) = delete;
    ~Fibers() {
        for (Fiber &fiber : fibers) {
            if (fiber.stack) stacks.give(fiber.stack);
        }
    }

    size_t size() const { return fibers.size(); }

    // Runs a fiber, and those that it changes to, until one leaves.
    void enter(size_t number) {
        if (__builtin_setjmp(scheduler) == 0) start(fibers[number], (int)number);
    }

    // From the running fiber, which has saved its place, to another one.
    __attribute__((noreturn)) void change(size_t from, size_t to) {
        check(from);
        start(fibers[to], (int)to);
    }

    // Where a fiber goes on when it is entered: it saves its place here and leaves.
    void **place(size_t number) { return fibers[number].resume; }

    __attribute__((noinline, noreturn)) void leave(size_t number) {
        check(number);
        __builtin_longjmp(scheduler, 1);
    }

    __attribute__((noinline)) void pause(size_t number) {
        if (__builtin_setjmp(place(number)) == 0) leave(number);
    }

    // After a fault: all begin anew.
    void forget() {
        for (Fiber &fiber : fibers) fiber.begun = false;
    }

   private:
    struct alignas(64) Fiber {  // a line of the cache: every change of places reads one
        void *resume[5];
        void *stack = nullptr;
        bool begun = false;
    };

    void check(size_t number) const {
        if (Stacks::is_intact(fibers[number].stack)) return;
        fprintf(stderr, "cudasim: thread %zu of a kernel needs more than its %zu bytes of stack\n", number,
                Stacks::SIZE);
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
        if (!fiber.stack) fiber.stack = stacks.take();
        getcontext(&beginning);
        beginning.uc_stack.ss_sp = fiber.stack;
        beginning.uc_stack.ss_size = Stacks::SIZE - (size_t)(number % 16) * 256;  // apart in the caches
        beginning.uc_link = nullptr;
        uintptr_t self = (uintptr_t)this;
        makecontext(&beginning, (void (*)())main, 3, (unsigned)self, (unsigned)(self >> 32), number);
        setcontext(&beginning);
        __builtin_unreachable();
    }

    std::vector<Fiber> fibers;
    ucontext_t beginning;  // of the fiber that begins
    Stacks &stacks;
    void *scheduler[5];
    Body body;
    void *owner;
};

}  // namespace cudasim

#endif
