// The threads that run a block together.
#ifndef KERNELS_THREADS_TEAM_H
#define KERNELS_THREADS_TEAM_H
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

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
    explicit Team(int threads) : size(threads) {}

    // All threads of the block come to the barrier of the same line, or the program ends.
    void barrier(int at) {
        std::unique_lock<std::mutex> lock(mutex);
        if (left > 0) disagree("thread %d waits at the barrier of line %d, but another one has left the kernel", at);
        if (waiting > 0 && at != line) disagree("thread %d waits at the barrier of line %d, others wait at another", at);
        line = at;
        wait_for_all(lock);
    }

    // The end of a block: its memory goes when the last thread comes.
    void leave() {
        std::unique_lock<std::mutex> lock(mutex);
        if (left == 0 && waiting > 0) disagree("thread %d leaves the kernel, but others wait at the barrier of line %d", line);
        left++;
        if (waiting == size - 1) {
            for (Local &each : arrays) free(each.memory);
            arrays.clear();
            left = 0;
        }
        wait_for_all(lock);
        place.locals = 0;
    }

    // The next of the block's arrays; its first user makes it.
    void *local(size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex);
        size_t number = place.locals++;
        if (number == arrays.size()) {
            arrays.push_back({malloc(bytes), bytes});
            memset(arrays.back().memory, 0xff, bytes);
        }
        if (number > arrays.size() || arrays[number].bytes != bytes) disagree("thread %d declares another array of the block (line %d)", 0);
        return arrays[number].memory;
    }

   private:
    struct Local {
        void *memory;
        size_t bytes;
    };

    void wait_for_all(std::unique_lock<std::mutex> &lock) {
        long round = rounds;
        if (++waiting == size) {
            waiting = 0;
            rounds++;
            all.notify_all();
        } else {
            all.wait(lock, [&] { return rounds != round; });
        }
    }

    [[noreturn]] void disagree(const char *format, int at) {
        fprintf(stderr, "barrier: ");
        fprintf(stderr, format, place.thread, at);
        fprintf(stderr, "\n");
        abort();
    }

    const int size;
    std::mutex mutex;
    std::condition_variable all;
    int waiting = 0, left = 0, line = 0;
    long rounds = 0;
    std::vector<Local> arrays;
};

inline thread_local Team *team;

}  // namespace threads

namespace cudasim {

template <int THREADS>
const char *run_grid(const long long grid[3], void (*call)(const void *), const void *arguments) {
    long long blocks = grid[0] * grid[1] * grid[2];
    std::vector<std::thread> all;
    threads::Team first(THREADS), second(THREADS);
    for (int number = 0; number < (blocks > 1 ? 2 : 1); number++) {
        for (int thread = 0; thread < THREADS; thread++) {
            all.emplace_back([&, number, thread] {
                threads::team = number == 0 ? &first : &second;
                threads::place = {thread, {0, 0, 0}, {grid[0], grid[1], grid[2]}, 0};
                for (long long block = number; block < blocks; block += 2) {
                    threads::place.block[0] = block % grid[0];
                    threads::place.block[1] = block / grid[0] % grid[1];
                    threads::place.block[2] = block / grid[0] / grid[1];
                    call(arguments);
                    threads::team->leave();
                }
            });
        }
    }
    for (std::thread &each : all) each.join();
    return nullptr;
}

}  // namespace cudasim

#endif
