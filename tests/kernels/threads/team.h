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
    // The threads stay for the launches to come, so the team is never destroyed.
    explicit Team(int threads) : size(threads) {
        for (int thread = 0; thread < size; thread++) std::thread([this, thread] { work(thread); }).detach();
    }

    // Begins the blocks number, number + 2, … of a grid.
    void start(const long long dimensions[3], long long number, void (*function)(const void *), const void *with) {
        std::lock_guard<std::mutex> lock(mutex);
        for (int i = 0; i < 3; i++) grid[i] = dimensions[i];
        first = number;
        call = function;
        arguments = with;
        busy = size;
        launches++;
        wake.notify_all();
    }

    void finish() {
        std::unique_lock<std::mutex> lock(mutex);
        done.wait(lock, [this] { return busy == 0; });
    }

    // All threads of the block come to the barrier of the same line, or the program ends.
    void barrier(int at) {
        std::unique_lock<std::mutex> lock(mutex);
        if (left > 0) disagree("thread %d waits at the barrier of line %d, but another one has left the kernel", at);
        if (waiting > 0 && at != line) disagree("thread %d waits at the barrier of line %d, others wait at another", at);
        line = at;
        long round = rounds;
        if (++waiting == size) {
            waiting = 0;
            rounds++;
            all.notify_all();
        } else {
            all.wait(lock, [&] { return rounds != round; });
        }
    }

    // The end of a block: its memory goes when the last thread comes. Where another block follows, they begin it together.
    void leave(bool more) {
        std::unique_lock<std::mutex> lock(mutex);
        if (waiting > 0) disagree("thread %d leaves the kernel, but others wait at the barrier of line %d", line);
        place.locals = 0;
        long round = rounds;
        if (++left == size) {
            for (Local &each : arrays) free(each.memory);
            arrays.clear();
            left = 0;
            rounds++;
            all.notify_all();
        } else if (more) {
            all.wait(lock, [&] { return rounds != round; });
        }
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

    void work(int thread);

    [[noreturn]] void disagree(const char *format, int at) {
        fprintf(stderr, "barrier: ");
        fprintf(stderr, format, place.thread, at);
        fprintf(stderr, "\n");
        abort();
    }

    const int size;
    std::mutex mutex;
    std::condition_variable all, wake, done;
    int waiting = 0, left = 0, line = 0;
    long rounds = 0;
    std::vector<Local> arrays;

    long long grid[3], first = 0;
    void (*call)(const void *) = nullptr;
    const void *arguments = nullptr;
    long launches = 0;
    int busy = 0;
};

inline thread_local Team *team;

inline void Team::work(int thread) {
    team = this;
    for (long seen = 0;; seen++) {
        std::unique_lock<std::mutex> lock(mutex);
        wake.wait(lock, [&] { return launches > seen; });
        place = {thread, {0, 0, 0}, {grid[0], grid[1], grid[2]}, 0};
        lock.unlock();
        long long blocks = place.blocks[0] * place.blocks[1] * place.blocks[2];
        for (long long block = first; block < blocks; block += 2) {
            place.block[0] = block % place.blocks[0];
            place.block[1] = block / place.blocks[0] % place.blocks[1];
            place.block[2] = block / place.blocks[0] / place.blocks[1];
            call(arguments);
            leave(block + 2 < blocks);
        }
        lock.lock();
        if (--busy == 0) done.notify_all();
    }
}

}  // namespace threads

namespace cudasim {

template <int THREADS>
const char *run_grid(const long long grid[3], void (*call)(const void *), const void *arguments) {
    static threads::Team *first = new threads::Team(THREADS), *second = new threads::Team(THREADS);
    first->start(grid, 0, call, arguments);
    if (grid[0] * grid[1] * grid[2] > 1) second->start(grid, 1, call, arguments);
    first->finish();
    second->finish();
    return nullptr;
}

}  // namespace cudasim

#endif
