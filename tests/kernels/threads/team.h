// The threads that run a block together. They sleep where they wait: at most as many run as the machine has cores.
#ifndef KERNELS_THREADS_TEAM_H
#define KERNELS_THREADS_TEAM_H
#include <pthread.h>
#include <sched.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <thread>

#include "../registry.h"

namespace threads {

struct Place {
    int thread;
    long long block[3], blocks[3];
    size_t locals;  // LOCAL_ARRAYs this thread has met in this block
};
inline thread_local Place place;

class Team {
   public:
    // The threads stay for the launches to come, so the team is never destroyed.
    explicit Team(int threads) : size(threads) {
        pthread_barrier_init(&block_gate, nullptr, (unsigned)size);
        pthread_barrier_init(&launch_gate, nullptr, (unsigned)size + 1);
        for (int thread = 0; thread < size; thread++) std::thread([this, thread] { work(thread); }).detach();
    }

    // Begins the blocks of a grid whose coordinates have an even or an odd sum, so that neighbours are with different
    // teams.
    void start(const long long dimensions[3], long long parity_of_sum, void (*function)(const void *), const void *with) {
        for (int i = 0; i < 3; i++) grid[i] = dimensions[i];
        parity = parity_of_sum;
        call = function;
        arguments = with;
        pthread_barrier_wait(&launch_gate);
    }

    void finish() { pthread_barrier_wait(&launch_gate); }

    // All threads of the block come to the barrier of the same line, or the program ends.
    void barrier(int at) {
        {
            std::lock_guard<std::mutex> lock(mutex);
            if (left > 0) disagree("thread %d waits at the barrier of line %d, but another one has left the kernel", at);
            if (waiting > 0 && at != line) disagree("thread %d waits at the barrier of line %d, others wait at another", at);
            line = at;
            if (++waiting == size) waiting = 0;
        }
        pthread_barrier_wait(&block_gate);
    }

    // The next of the block's arrays; its first user makes it. No lock: to ThreadSanitizer it would order whatever the
    // threads do next.
    void *local(size_t bytes) {
        if (place.locals == LOCALS) disagree("thread %d declares more than %d arrays of the block", LOCALS);
        Local &array = arrays[place.locals++];
        if (!array.taken.exchange(true, std::memory_order_relaxed)) {
            void *made = malloc(bytes);
            memset(made, 0xff, bytes);
            array.bytes = bytes;
            array.memory.store(made, std::memory_order_release);
        }
        void *memory;
        while (!(memory = array.memory.load(std::memory_order_acquire))) sched_yield();
        if (array.bytes != bytes) disagree("thread %d declares another array of the block than the others, its number %d", (int)place.locals);
        return memory;
    }

   private:
    static constexpr int LOCALS = 8;

    struct Local {
        std::atomic<bool> taken{false};
        std::atomic<void *> memory{nullptr};
        size_t bytes = 0;
    };

    void work(int thread);

    // The end of a block: its memory goes when the last thread comes, and they begin the next one together.
    void leave() {
        {
            std::lock_guard<std::mutex> lock(mutex);
            if (waiting > 0) disagree("thread %d leaves the kernel, but others wait at the barrier of line %d", line);
            place.locals = 0;
            if (++left == size) {
                for (Local &each : arrays) {
                    free(each.memory.exchange(nullptr));
                    each.taken = false;
                }
                left = 0;
            }
        }
        pthread_barrier_wait(&block_gate);
    }

    [[noreturn]] void disagree(const char *format, int at) {
        fprintf(stderr, ("barrier: " + std::string(format) + "\n").c_str(), place.thread, at);
        abort();
    }

    const int size;
    pthread_barrier_t block_gate, launch_gate;
    std::mutex mutex;
    int waiting = 0, left = 0, line = 0;
    Local arrays[LOCALS];

    long long grid[3], parity = 0;
    void (*call)(const void *) = nullptr;
    const void *arguments = nullptr;
};

inline thread_local Team *team;

inline void Team::work(int thread) {
    team = this;
    for (;;) {
        pthread_barrier_wait(&launch_gate);
        place = {thread, {0, 0, 0}, {grid[0], grid[1], grid[2]}, 0};
        for (long long block = 0; block < grid[0] * grid[1] * grid[2]; block++) {
            long long x = block % grid[0], y = block / grid[0] % grid[1], z = block / grid[0] / grid[1];
            if ((x + y + z) % 2 != parity) continue;
            place.block[0] = x, place.block[1] = y, place.block[2] = z;
            call(arguments);
            leave();
        }
        pthread_barrier_wait(&launch_gate);
    }
}

}  // namespace threads

namespace cudasim {

template <int THREADS>
const char *run_grid(const long long grid[3], void (*call)(const void *), const void *arguments) {
    static threads::Team *first = new threads::Team(THREADS), *second = new threads::Team(THREADS);
    bool both = grid[0] * grid[1] * grid[2] > 1;
    first->start(grid, 0, call, arguments);
    if (both) second->start(grid, 1, call, arguments);
    first->finish();
    if (both) second->finish();
    return nullptr;
}

}  // namespace cudasim

#endif
