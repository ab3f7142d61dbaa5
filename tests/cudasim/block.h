// Runs the threads of a block one after another. A block whose first thread meets a barrier goes on with a fiber a
// thread, so kernels without barriers pay nothing for them.
#ifndef CUDASIM_BLOCK_H
#define CUDASIM_BLOCK_H
#include <algorithm>

#include "../kernels/registry.h"
#include "fiber.h"

namespace cudasim {

struct Place {
    int thread;
    long long block[3], blocks[3];
};
inline Place place;

class Block {
   public:
    explicit Block(int threads) : fibers((size_t)threads, run_threads, this, stacks), at_barrier((size_t)threads) {}

    const char *run(void (*call)(const void *), const void *with) {
        if (!clean) forget();
        clean = false;
        body = call;
        argument = with;
        barriers = divergent = false;
        size_t waiting = round();
        while (!divergent && waiting == fibers.size()) waiting = round();
        clean = !divergent && waiting == 0;
        return clean ? nullptr : "the threads of a block disagree about a barrier";
    }

    // Where the running thread goes on after a barrier: BARRIER saves its place here and leaves.
    void **arrive() {
        if (!barriers && place.thread > 0) divergent = true;
        barriers = true;
        size_t number = divergent ? 0 : (size_t)place.thread;
        at_barrier[number] = true;
        return fibers.place(number);
    }

    // Gives way to the next thread; the last one, or one that diverges, goes back to round().
    __attribute__((noinline, noreturn)) void leave() {
        size_t next = (size_t)place.thread + 1;
        if (divergent) fibers.leave(0);
        if (next == fibers.size()) fibers.leave(next - 1);
        start(next);
        fibers.change(next - 1, next);
    }

   private:
    // The first fiber runs all threads as long as none meets a barrier.
    static void run_threads(void *owner, size_t number) {
        Block *self = (Block *)owner;
        place.thread = (int)number;
        self->body(self->argument);
        if (number > 0 || self->barriers) return;
        for (int thread = 1; thread < (int)self->fibers.size(); thread++) {
            place.thread = thread;
            self->body(self->argument);
        }
    }

    void start(size_t number) {
        place.thread = (int)number;
        at_barrier[number] = false;
    }

    // All threads go on until they come to a barrier or end; returns how many are at one.
    size_t round() {
        for (size_t thread = 0; thread < fibers.size() && !divergent; thread = (size_t)place.thread + 1) {
            start(thread);
            fibers.enter(thread);
        }
        return (size_t)std::count(at_barrier.begin(), at_barrier.end(), (char)true);
    }

    // After a fault.
    void forget() {
        fibers.forget();
        std::fill(at_barrier.begin(), at_barrier.end(), (char)false);
    }

    Stacks stacks;
    Fibers fibers;
    std::vector<char> at_barrier;
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
