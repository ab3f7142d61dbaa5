// What processes that train one network together ask of MPI. It is compiled against the MPI of the machine that it is
// built on, and loaded only where mpirun or srun has started the program.
//
// One thread of its own speaks with MPI, so that what was begun goes on while its caller computes. All calls come from
// one other thread at a time. Functions return 0, TOO_LONG if the others did not come within `limit` seconds (0:
// however long it takes), or FAILED. Sums are taken in the order of the ranks, so that as many processes get the same
// bits again, and all of them the same.
#define OMPI_SKIP_MPICXX 1  // of its interfaces that of C
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace {

enum Outcome { DONE, TOO_LONG, FAILED };

constexpr double SLEEP = 50e-6;        // seconds between two looks once the others are late and somebody waits
constexpr double LONG_SLEEP = 500e-6;  // the same while nobody waits, whose core every look would take for a moment
constexpr int PATIENCE = 200;          // looks without a sleep
constexpr double LONGEST_SLEEP = 0.5;  // whoever slept longer was stopped, as by Ctrl-Z, and has not waited

int ranks, own;

// What the thread has to do, in order. It is never taken down: the program may end while the thread still waits.
struct Jobs {
    std::mutex lock;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    long given = 0, done = 0;
    int sums = DONE;                     // how the sums went that were begun and not yet ended
    std::atomic<bool> awaited{false};    // somebody waits for what was given
    std::atomic<bool> abandoned{false};  // nobody is waited for any more

    void give(std::function<void()> job) {
        std::lock_guard<std::mutex> guard(lock);
        waiting.push_back(std::move(job));
        given++;
        changed.notify_all();
    }

    void await() {
        std::unique_lock<std::mutex> guard(lock);
        long last = given;
        awaited = true;
        changed.wait(guard, [&] { return done >= last; });
        awaited = false;
    }

    [[noreturn]] void work() {
        for (;;) {
            std::unique_lock<std::mutex> guard(lock);
            changed.wait(guard, [&] { return !waiting.empty(); });
            std::function<void()> job = std::move(waiting.front());
            waiting.pop_front();
            guard.unlock();
            job();
            guard.lock();
            done++;
            changed.notify_all();
        }
    }
};

Jobs *jobs;

// Signals are the other threads' affair.
void begin_thread() {
    jobs = new Jobs;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread([] { jobs->work(); }).detach();
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

int on_thread(std::function<int()> call) {
    int outcome = FAILED;
    jobs->give([&] { outcome = call(); });
    jobs->await();
    return outcome;
}

double seconds() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

// Without a core to itself a process that only waits must not keep the others from working, as MPI's own waiting would.
int wait(int started, MPI_Request *request, double limit) {
    if (started != MPI_SUCCESS) return FAILED;
    double waited = 0, last = seconds();
    for (int looks = 0;; looks++) {
        int done = 0;
        if (MPI_Test(request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) return FAILED;
        if (done) return DONE;
        if (jobs->abandoned) return FAILED;
        if (looks < PATIENCE) continue;
        timespec pause = {0, (long)((jobs->awaited ? SLEEP : LONG_SLEEP) * 1e9)};
        nanosleep(&pause, nullptr);
        double now = seconds();
        waited += std::min(now - last, LONGEST_SLEEP);
        last = now;
        if (limit > 0 && waited > limit) return TOO_LONG;
    }
}

#include "mpi_sums.h"

// The cores that are this process's: those it is bound to, divided among all processes of the host that are bound to
// them too.
int share_of_cores(MPI_Comm host, int host_ranks, int available) {
#ifdef __linux__
    cpu_set_t mine, all;
    if (sched_getaffinity(0, sizeof mine, &mine) == 0 && CPU_COUNT(&mine) == available) {
        int bound = available, sum = 0;
        MPI_Allreduce(&mine, &all, sizeof all, MPI_BYTE, MPI_BOR, host);
        MPI_Allreduce(&bound, &sum, 1, MPI_INT, MPI_SUM, host);
        return std::max(1, (int)((long)bound * CPU_COUNT(&all) / sum));
    }
    // A quota, as containers have, which is one for all of them.
    CPU_ZERO(&mine);
    int nothing = 0, sum;
    MPI_Allreduce(&mine, &all, sizeof all, MPI_BYTE, MPI_BOR, host);
    MPI_Allreduce(&nothing, &sum, 1, MPI_INT, MPI_SUM, host);
#endif
    return std::max(1, available / host_ranks);
}

int start(int available, int *found) {
    int provided, host_ranks;
    if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) return FAILED;
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Comm_rank(MPI_COMM_WORLD, &own);
    MPI_Comm host;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, own, MPI_INFO_NULL, &host);
    MPI_Comm_size(host, &host_ranks);
    found[0] = ranks;
    found[1] = own;
    MPI_Comm_rank(host, &found[2]);
    found[3] = share_of_cores(host, host_ranks, available);
    MPI_Comm_free(&host);
    return DONE;
}

int sum_doubles(double *values, int length, double *all, double limit) {
    MPI_Request request;
    int started = MPI_Iallgather(values, length, MPI_DOUBLE, all, length, MPI_DOUBLE, MPI_COMM_WORLD, &request);
    int outcome = wait(started, &request, limit);
    for (int i = 0; outcome == DONE && i < length; i++) {
        values[i] = 0;
        for (int r = 0; r < ranks; r++) values[i] += all[(size_t)r * length + i];
    }
    return outcome;
}

int gather(const float *values, const int *lengths, float *all, double limit) {
    std::vector<int> into(ranks);
    for (int r = 1; r < ranks; r++) into[r] = into[r - 1] + lengths[r - 1];
    MPI_Request request;
    int started = MPI_Iallgatherv(values, lengths[own], MPI_FLOAT, all, lengths, into.data(), MPI_FLOAT, MPI_COMM_WORLD,
                                  &request);
    return wait(started, &request, limit);
}

}  // namespace

extern "C" {

// What the MPI is called, as far as there is room; works before the start.
void mpi_bridge_version(char *text, int room) {
    char name[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(name, &length);
    strncpy(text, name, room - 1);
    text[room - 1] = 0;
}

// Joins the others. `found` takes size, rank, rank among those of this host, and how many of the `available` cores are
// this process's.
int mpi_bridge_start(int available, int *found) {
    begin_thread();
    return on_thread([=] { return start(available, found); });
}

// Begins to replace the floats by their sums, which travel as floats or (`rounds`) as bfloat16; nobody touches them
// until the sums end.
void mpi_bridge_begin_sum(float *values, long length, int rounds, double limit) {
    jobs->give([=] {
        if (jobs->sums == DONE) jobs->sums = sum_floats(values, length, rounds, limit);
    });
}

// Waits for all sums that were begun.
int mpi_bridge_end_sums() {
    return on_thread([] { return std::exchange(jobs->sums, (int)DONE); });
}

// `all` has room for the numbers of all ranks.
int mpi_bridge_sum_doubles(double *values, int length, double *all, double limit) {
    return on_thread([=] { return sum_doubles(values, length, all, limit); });
}

// All ranks' floats one behind the other; `lengths` has how many each rank brings.
int mpi_bridge_gather(const float *values, const int *lengths, float *all, double limit) {
    return on_thread([=] { return gather(values, lengths, all, limit); });
}

// Nobody is waited for any more, and nothing writes into what was begun.
void mpi_bridge_abandon() {
    jobs->abandoned = true;
    jobs->await();
}

// Ends all processes, this one too, whatever was begun.
void mpi_bridge_abort(int code) {
    mpi_bridge_abandon();
    on_thread([=] { return MPI_Abort(MPI_COMM_WORLD, code); });
}

// Waits for the others and leaves.
int mpi_bridge_finish() {
    return on_thread([] { return MPI_Finalize() == MPI_SUCCESS ? DONE : FAILED; });
}
}
