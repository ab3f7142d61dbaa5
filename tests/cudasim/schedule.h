// Which threads go on, of blocks that wait for each other: a fiber for every thread, and a generator that picks the
// warp, so that a seed is an order of events. One block may be late: it goes on only when no other can, and one of its
// warps when no other of them can.
#ifndef CUDASIM_SCHEDULE_H
#define CUDASIM_SCHEDULE_H
#include <cstddef>
#include <cstdint>
#include <vector>

#include "fiber.h"

namespace cudasim {

constexpr int WARP = 32;

class Schedule {
   public:
    enum State : char { READY, AT_BARRIER, AT_WARP, AT_CLUSTER, WAITING, LOOKING, DONE };

    // A thread's body ends with a call of end().
    Schedule(size_t count, size_t block_threads, unsigned long draw_from, long late_block, Fibers::Body body,
             void *owner, Stacks &stacks)
        : states(count, READY),
          ready(count / WARP, WARP),
          fibers(count, body, owner, stacks),
          warps_of_block(block_threads / WARP),
          seed(draw_from),
          late(late_block),
          drawn(draw_from) {}

    size_t warps() const { return ready.size(); }
    State state(size_t thread) const { return states[thread]; }
    // The thread that runs.
    size_t running() const { return now; }

    // Until it waits or ends.
    void enter(size_t thread) {
        now = thread;
        fibers.enter(thread);
    }
    void end(size_t thread) { leave_ready(thread, DONE); }

    // The running thread goes on when it is woken.
    void wait(State why) {
        leave_ready(now, why);
        fibers.pause(now);
    }
    // Others may go on before it does.
    void yield() { fibers.pause(now); }

    void wake(size_t thread) {
        if (states[thread] != READY) ready[thread / WARP]++;
        states[thread] = READY;
    }
    // Wakes those of these threads that wait for this.
    void release(size_t first, size_t count, State from) {
        for (size_t thread = first; thread < first + count; thread++) {
            if (states[thread] == from) wake(thread);
        }
    }

    // Steele, Lea and Flood's SplitMix64.
    uint64_t draw() {
        uint64_t z = drawn += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    // A warp that can go on, or the number of warps. The late block's come last, and the last of them is one that
    // depends on the seed.
    size_t pick() {
        size_t start = seed ? draw() % warps() : next++, spare = warps();
        const size_t last = (size_t)late * warps_of_block + (seed + warps_of_block - 1) % warps_of_block;
        for (size_t i = 0; i < warps(); i++) {
            size_t warp = (start + i) % warps();
            if (ready[warp] == 0) continue;
            if ((long)(warp / warps_of_block) != late) return warp;
            if (spare == warps() || spare == last) spare = warp;
        }
        return spare;
    }

   private:
    void leave_ready(size_t thread, State state) {
        ready[thread / WARP]--;
        states[thread] = state;
    }

    std::vector<State> states;
    std::vector<size_t> ready;  // threads of each warp
    Fibers fibers;
    const size_t warps_of_block;
    const unsigned long seed;
    const long late;
    uint64_t drawn;
    size_t next = 0, now = 0;
};

}  // namespace cudasim

#endif
