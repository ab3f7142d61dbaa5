// What processes that train one network together ask of MPI. It is compiled against the MPI of the machine that it is
// built on, and loaded only where mpirun or srun has started the program.
//
// All calls come from one thread. Functions return 0, TOO_LONG if the others did not come within `limit` seconds (0:
// however long it takes), or FAILED. Sums are taken in the order of the ranks, so that as many processes get the same
// bits again, and all of them the same.
#define OMPI_SKIP_MPICXX 1  // of its interfaces that of C
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>
#include <time.h>

#include <algorithm>
#include <cstring>
#include <thread>
#include <vector>

#ifdef __linux__
#include <sched.h>
#endif

namespace {

enum Outcome { DONE, TOO_LONG, FAILED };

constexpr long BLOCK = 1 << 22;        // floats that are under way at a time
constexpr double SLEEP = 50e-6;        // seconds between two looks once the others are late
constexpr int PATIENCE = 200;          // looks without a sleep
constexpr double LONGEST_SLEEP = 0.5;  // whoever slept longer was stopped, as by Ctrl-Z, and has not waited

int ranks, own;
std::vector<float> pieces;  // [ranks][share of a block]

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
        if (looks < PATIENCE) continue;
        timespec pause = {0, (long)(SLEEP * 1e9)};
        nanosleep(&pause, nullptr);
        double now = seconds();
        waited += std::min(now - last, LONGEST_SLEEP);
        last = now;
        if (limit > 0 && waited > limit) return TOO_LONG;
    }
}

// Every rank adds up its own share of the block, and hands it to the others.
int sum_block(float *values, long length, double limit) {
    std::vector<int> sent(ranks), from(ranks), got(ranks), into(ranks);
    auto first = [&](long rank) { return (int)(length * rank / ranks); };
    int share = first(own + 1) - first(own);
    for (int r = 0; r < ranks; r++) {
        from[r] = first(r);
        sent[r] = first(r + 1) - first(r);
        got[r] = share;
        into[r] = r * share;
    }
    MPI_Request request;
    int started = MPI_Ialltoallv(values, sent.data(), from.data(), MPI_FLOAT, pieces.data(), got.data(), into.data(),
                                 MPI_FLOAT, MPI_COMM_WORLD, &request);
    int outcome = wait(started, &request, limit);
    if (outcome != DONE) return outcome;
    for (int i = 0; i < share; i++) {
        double sum = 0;
        for (int r = 0; r < ranks; r++) sum += pieces[(size_t)r * share + i];
        values[from[own] + i] = (float)sum;
    }
    started = MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_FLOAT, values, sent.data(), from.data(), MPI_FLOAT, MPI_COMM_WORLD,
                              &request);
    return wait(started, &request, limit);
}

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
    pieces.resize(BLOCK + ranks);
    return DONE;
}

int mpi_bridge_sum_floats(float *values, long length, double limit) {
    for (long done = 0; done < length; done += BLOCK) {
        int outcome = sum_block(values + done, std::min(BLOCK, length - done), limit);
        if (outcome != DONE) return outcome;
    }
    return DONE;
}

// `all` has room for the numbers of all ranks.
int mpi_bridge_sum_doubles(double *values, int length, double *all, double limit) {
    MPI_Request request;
    int started = MPI_Iallgather(values, length, MPI_DOUBLE, all, length, MPI_DOUBLE, MPI_COMM_WORLD, &request);
    int outcome = wait(started, &request, limit);
    for (int i = 0; outcome == DONE && i < length; i++) {
        values[i] = 0;
        for (int r = 0; r < ranks; r++) values[i] += all[(size_t)r * length + i];
    }
    return outcome;
}

// All ranks' floats one behind the other; `lengths` has how many each rank brings.
int mpi_bridge_gather(const float *values, const int *lengths, float *all, double limit) {
    std::vector<int> into(ranks);
    for (int r = 1; r < ranks; r++) into[r] = into[r - 1] + lengths[r - 1];
    MPI_Request request;
    int started = MPI_Iallgatherv(values, lengths[own], MPI_FLOAT, all, lengths, into.data(), MPI_FLOAT, MPI_COMM_WORLD,
                                  &request);
    return wait(started, &request, limit);
}

// Ends all processes, this one too.
void mpi_bridge_abort(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

// Waits for the others and leaves.
int mpi_bridge_finish() { return MPI_Finalize() == MPI_SUCCESS ? DONE : FAILED; }
}
