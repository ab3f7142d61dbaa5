// Runs a kernel whose blocks wait for each other, all of its blocks or a cluster of them: a fiber for every thread of
// every block, and a generator that picks the warp to go on, so that a seed is an order of events. One block may be
// late: it goes on only when no other can, and one of its warps when no other of them can. Shared memory is of the size
// that the launch says, full of NaN and guarded. What a thread offers to other blocks stays with it until a barrier,
// with its block until somebody publishes, and only then gets to memory; a copy set aside is made when it is waited
// for; what is given to another block of the cluster gets there at any time until all have arrived. So a missing wait,
// barrier or publication gives wrong numbers or a deadlock. What order and whole words are not promised for (order.h),
// and factors that nobody wrote, are faults of their own.
#ifndef CUDASIM_COOPERATIVE_H
#define CUDASIM_COOPERATIVE_H
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>

#include "block.h"
#include "order.h"

namespace cudasim {

constexpr int WARP = 32;

class CooperativeBlocks {
   public:
    // What the lanes of a warp bring to a multiplication; there are two, so that a lane may be one ahead.
    using Factors = std::array<std::array<uint32, 6>, WARP>;

    CooperativeBlocks(long long first, long long count, long long cluster, int block_threads, size_t bytes,
                      unsigned long draw_from, long late_block)
        : first_block(first),
          threads_of_block((size_t)block_threads),
          blocks_of_cluster((size_t)cluster),
          blocks((size_t)count),
          clusters(blocks.size() / blocks_of_cluster),
          threads(blocks.size() * threads_of_block),
          warps(threads.size() / WARP),
          fibers(threads.size(), run_thread, this),
          order(threads.size()),
          shared_bytes(bytes),
          seed(draw_from),
          late(late_block),
          drawn(draw_from) {
        for (Block &block : blocks) {
            block.memory.reset(new (std::align_val_t(128)) unsigned char[bytes + GUARD]);
            memset(block.memory.get(), 0xff, bytes);
            memset(block.memory.get() + bytes, 0xa5, GUARD);
        }
    }

    const char *run(const long long grid[3], void (*call)(const void *), const void *with) {
        body = call;
        argument = with;
        columns = grid[0];
        for (size_t undone = threads.size(); undone > 0;) {
            if (!flying.empty()) land(draw() % 64 % (flying.size() + 1));
            size_t warp = pick();
            if (warp == warps.size() && !flying.empty()) {
                land(flying.size());
                continue;
            }
            if (warp == warps.size()) return deadlock();
            for (size_t thread = warp * WARP; thread < (warp + 1) * WARP; thread++) {
                if (threads[thread].state != READY) continue;
                enter(thread);
                if (threads[thread].state == DONE) undone--;
            }
        }
        if (order.fault()) return order.fault();
        if (fault) return fault;
        write(flying);
        for (Block &block : blocks) write(block.offers);
        for (Thread &thread : threads) write(thread.offers);
        for (Block &block : blocks) {
            for (size_t i = 0; i < GUARD; i++) {
                if (block.memory[shared_bytes + i] != 0xa5) return "wrote behind its shared memory";
            }
        }
        return nullptr;
    }

    unsigned char *shared() { return blocks[now / threads_of_block].memory.get(); }

    void barrier() {
        Block &block = blocks[now / threads_of_block];
        take(block.offers, threads[now].offers);
        order.barrier(now);
        size_t first = now - now % threads_of_block;
        if (++block.arrived == threads_of_block) {
            block.arrived = 0;
            release(first, threads_of_block, AT_BARRIER);
        } else {
            wait(AT_BARRIER);
        }
    }

    void meet_warp() {
        Warp &warp = warps[now / WARP];
        if (++warp.arrived == WARP) {
            warp.arrived = 0;
            release(now - now % WARP, WARP, AT_WARP);
        } else {
            wait(AT_WARP);
        }
    }

    // Of a multiplication. Memory is full of such NaN as no rounding makes.
    void require_written(uint32 pair) {
        if ((pair & 0xffffu) == 0xffffu || pair >> 16 == 0xffffu) fault = "multiplies what nobody wrote";
    }

    const Factors &bring(const uint32 *a, uint32 b0, uint32 b1) {
        Warp &warp = warps[now / WARP];
        Factors &factors = warp.factors[threads[now].turn ^= 1];
        factors[now % WARP] = {a[0], a[1], a[2], a[3], b0, b1};
        meet_warp();
        return factors;
    }

    void copy_async(void *to, const void *from, bool there) {
        threads[now].copies.push_back({to, there ? from : nullptr});
    }
    void commit_copies() { threads[now].groups.push_back(threads[now].copies.size()); }
    void await_copies(size_t groups) {
        Thread &thread = threads[now];
        if (thread.groups.size() <= groups) return;
        size_t last = thread.groups.size() - groups, count = thread.groups[last - 1];
        for (size_t i = 0; i < count; i++) {
            if (thread.copies[i].from) memcpy(thread.copies[i].to, thread.copies[i].from, 16);
            else memset(thread.copies[i].to, 0, 16);
        }
        thread.copies.erase(thread.copies.begin(), thread.copies.begin() + (long)count);
        thread.groups.erase(thread.groups.begin(), thread.groups.begin() + (long)last);
        for (size_t &end : thread.groups) end -= count;
    }

    template <class T>
    void offer(T *p, T value) {
        Offer offer{p, sizeof value, {}};
        memcpy(offer.bytes, &value, sizeof value);
        threads[now].offers.push_back(offer);
    }

    void store_release(uint32 *flag, uint32 n) {
        write(blocks[now / threads_of_block].offers);
        write(threads[now].offers);
        *flag = n;
        for (size_t thread = 0; thread < threads.size(); thread++) {
            if (threads[thread].state == WAITING && threads[thread].flag == flag &&
                (int)(n - threads[thread].wanted) >= 0)
                wake(thread);
        }
        wake(now);
        fibers.pause(now);
    }

    // Gets to memory at some later time of its own.
    template <class T>
    void store_relaxed(T *p, T value) {
        Offer offer{p, sizeof value, {}};
        memcpy(offer.bytes, &value, sizeof value);
        flying.push_back(offer);
        order.writes(now, sizeof value);
    }

    void look(size_t bytes) { order.reads(now, bytes); }
    void fence() { order.fence(now); }
    void overwrite() { order.overwrites(now - now % threads_of_block, threads_of_block); }

    void ask_again(int milliseconds) {
        patience = milliseconds;
        wait(LOOKING);
    }

    template <class T>
    void give(const void *p, size_t block, T value) {
        long offset = (long)((const unsigned char *)p - shared());
        if (block >= blocks_of_cluster || offset < 0 || (size_t)offset + sizeof value > shared_bytes) {
            fault = "gave something beyond the cluster's shared memory";
            return;
        }
        Offer offer{blocks[cluster() * blocks_of_cluster + block].memory.get() + offset, sizeof value, {}, cluster()};
        memcpy(offer.bytes, &value, sizeof value);
        flying.push_back(offer);
    }

    void arrive_in_cluster() {
        Cluster &own = clusters[cluster()];
        const size_t size = blocks_of_cluster * threads_of_block;
        if (threads[now].has_arrived) fault = "arrived twice in its cluster without waiting between";
        threads[now].has_arrived = true;
        threads[now].phase = own.phase;
        if (++own.arrived == size) {
            own.arrived = 0;
            own.phase++;
            land_in(cluster());
            release(cluster() * size, size, AT_CLUSTER);
        }
        fibers.pause(now);  // whoever waited may go on before what stands behind
    }

    void await_cluster() {
        if (!threads[now].has_arrived) fault = "waits for its cluster without having arrived";
        threads[now].has_arrived = false;
        if (threads[now].phase == clusters[cluster()].phase) wait(AT_CLUSTER);
    }

    void wait_until(const uint32 *flag, uint32 n, int milliseconds) {
        if ((int)(*flag - n) >= 0) return;
        patience = milliseconds;
        threads[now].flag = flag;
        threads[now].wanted = n;
        wait(WAITING);
    }

   private:
    static constexpr size_t GUARD = 64;
    enum State : char { READY, AT_BARRIER, AT_WARP, AT_CLUSTER, WAITING, LOOKING, DONE };

    struct Offer {
        void *to;
        size_t size;
        char bytes[16];
        size_t cluster = ~(size_t)0;  // that it is given within
    };
    struct Copy {
        void *to;
        const void *from;
    };
    struct Thread {
        State state = READY;
        size_t turn = 0;
        const uint32 *flag = nullptr;
        uint32 wanted = 0;
        unsigned phase = ~0u;
        bool has_arrived = false;
        std::vector<Offer> offers;
        std::vector<Copy> copies;
        std::vector<size_t> groups;
    };
    struct Warp {
        size_t arrived = 0, ready = WARP;
        Factors factors[2];
    };
    struct Cluster {
        size_t arrived = 0;
        unsigned phase = 0;
    };
    struct Freed {
        void operator()(unsigned char *memory) const { operator delete[](memory, std::align_val_t(128)); }
    };
    struct Block {
        size_t arrived = 0;
        std::vector<Offer> offers;
        std::unique_ptr<unsigned char[], Freed> memory;
    };

    size_t cluster() const { return now / threads_of_block / blocks_of_cluster; }

    static void run_thread(void *owner, size_t number) {
        CooperativeBlocks *self = (CooperativeBlocks *)owner;
        self->body(self->argument);
        self->leave_ready(number);
        self->threads[number].state = DONE;
    }

    void enter(size_t thread) {
        now = thread;
        long long block = first_block + (long long)(thread / threads_of_block);
        place.thread = (int)(thread % threads_of_block);
        place.block[0] = block % columns, place.block[1] = block / columns, place.block[2] = 0;
        fibers.enter(thread);
    }

    void leave_ready(size_t thread) { warps[thread / WARP].ready--; }
    void wake(size_t thread) {
        if (threads[thread].state != READY) warps[thread / WARP].ready++;
        threads[thread].state = READY;
    }
    void release(size_t first, size_t count, State from) {
        for (size_t thread = first; thread < first + count; thread++) {
            if (threads[thread].state == from) wake(thread);
        }
    }
    void wait(State state) {
        leave_ready(now);
        threads[now].state = state;
        fibers.pause(now);
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
        size_t start = seed ? draw() % warps.size() : next++, spare = warps.size();
        const size_t of_block = threads_of_block / WARP,
                     last = (size_t)late * of_block + (seed + of_block - 1) % of_block;
        for (size_t i = 0; i < warps.size(); i++) {
            size_t warp = (start + i) % warps.size();
            if (warps[warp].ready == 0) continue;
            if ((long)(warp * WARP / threads_of_block) != late) return warp;
            if (spare == warps.size() || spare == last) spare = warp;
        }
        return spare;
    }

    // Some of what is on its way gets there, in any order, and who looks for it looks again.
    void land(size_t count) {
        if (count == 0) return;
        for (; count > 0; count--) {
            std::swap(flying[draw() % flying.size()], flying.back());
            std::vector<Offer> last(1, flying.back());
            flying.pop_back();
            write(last);
        }
        release(0, threads.size(), LOOKING);
    }

    // What was given within the cluster gets there.
    void land_in(size_t cluster) {
        auto given = std::stable_partition(flying.begin(), flying.end(),
                                           [&](const Offer &offer) { return offer.cluster != cluster; });
        std::vector<Offer> landing(given, flying.end());
        flying.erase(given, flying.end());
        write(landing);
    }

    const char *deadlock() const {
        for (const Thread &thread : threads) {
            if (thread.state != WAITING && thread.state != LOOKING) continue;
            static char text[128];
            snprintf(text, sizeof text, "a block waits for what no other block says, and would trap after %d ms",
                     patience);
            return text;
        }
        const bool arrived =
            std::any_of(clusters.begin(), clusters.end(), [](const Cluster &of) { return of.arrived > 0; });
        return arrived ? "a block of a cluster waits for one that does not arrive"
                       : "the threads of a block disagree about a barrier or a multiplication";
    }

    static void take(std::vector<Offer> &to, std::vector<Offer> &from) {
        to.insert(to.end(), from.begin(), from.end());
        from.clear();
    }
    static void write(std::vector<Offer> &offers) {
        for (const Offer &offer : offers) memcpy(offer.to, offer.bytes, offer.size);
        offers.clear();
    }

    std::vector<Offer> flying;
    const long long first_block;
    const size_t threads_of_block;
    const size_t blocks_of_cluster;
    std::vector<Block> blocks;
    std::vector<Cluster> clusters;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    Fibers fibers;
    Order order;
    const size_t shared_bytes;
    const unsigned long seed;
    const long late;
    uint64_t drawn;
    size_t next = 0, now = 0;
    int patience = 0;
    const char *fault = nullptr;
    long long columns = 1;
    void (*body)(const void *) = nullptr;
    const void *argument = nullptr;
};

inline std::unique_ptr<CooperativeBlocks> cooperative;

// All blocks AT_ONCE, or one cluster after the other; CLUSTER is how many neighbours are one, 0 for none.
template <auto FUNCTION, int THREADS, int CLUSTER, bool AT_ONCE>
struct CooperativeRunner {
    static const char *run(const long long grid[3], void *const *arguments, const Cooperation &how) {
        auto gathered = Runner<FUNCTION, THREADS>::gather_all(arguments);
        for (int i = 0; i < 3; i++) place.blocks[i] = grid[i];
        const long long all = grid[0] * grid[1], each = AT_ONCE ? all : CLUSTER, cluster = CLUSTER ? CLUSTER : all;
        const char *fault = nullptr;
        for (long long first = 0; first < all && !fault; first += each) {
            cooperative = std::make_unique<CooperativeBlocks>(first, each, cluster, THREADS, how.shared_bytes, how.seed,
                                                              how.late_block);
            fault = cooperative->run(grid, Runner<FUNCTION, THREADS>::call, &gathered);
            cooperative.reset();
        }
        return fault;
    }

    static int add(const char *name) {
        Runner<FUNCTION, THREADS>::add(name);
        registry().back().run = nullptr;
        registry().back().run_cooperative = run;
        registry().back().cluster = CLUSTER;
        registry().back().at_once = AT_ONCE;
        return 0;
    }
};

}  // namespace cudasim

#endif
