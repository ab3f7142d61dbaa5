// Runs a kernel whose blocks wait for each other, all of its blocks or a cluster of them, in an order of events that a
// seed says (schedule.h). What a thread writes for others gets to memory no sooner than it must (deliveries.h); what is
// given to another block of the cluster gets there at any time until all have arrived. So a missing wait, barrier or
// publication gives wrong numbers or a deadlock. What order and whole words are not promised for (order.h), and factors
// that nobody wrote, are faults of their own.
#ifndef CUDASIM_COOPERATIVE_H
#define CUDASIM_COOPERATIVE_H
#include <algorithm>
#include <array>
#include <cstdio>

#include "block.h"
#include "deliveries.h"
#include "order.h"
#include "schedule.h"
#include "shared_memory.h"

namespace cudasim {

class CooperativeBlocks {
   public:
    // What the lanes of a warp bring to a multiplication; there are two, so that a lane may be one ahead.
    using Factors = std::array<std::array<uint32, 6>, WARP>;

    CooperativeBlocks(long long first, long long count, long long cluster, int block_threads, size_t bytes,
                      unsigned long seed, long late_block, Stacks &stacks)
        : first_block(first),
          threads_of_block((size_t)block_threads),
          blocks_of_cluster((size_t)cluster),
          blocks((size_t)count),
          clusters(blocks.size() / blocks_of_cluster),
          threads(blocks.size() * threads_of_block),
          warps(threads.size() / WARP),
          schedule(threads.size(), threads_of_block, seed, late_block, run_thread, this, stacks),
          deliveries(threads.size(), threads_of_block),
          order(threads.size()),
          shared_bytes(bytes) {
        for (size_t i = 0; i < blocks.size(); i++) memories.emplace_back(bytes);
    }

    const char *run(const long long grid[3], void (*call)(const void *), const void *with) {
        body = call;
        argument = with;
        columns = grid[0];
        for (size_t undone = threads.size(); undone > 0;) {
            if (deliveries.in_flight()) land(schedule.draw() % 64 % (deliveries.in_flight() + 1));
            size_t warp = schedule.pick();
            if (warp == warps.size() && deliveries.in_flight()) {
                land(deliveries.in_flight());
                continue;
            }
            if (warp == warps.size()) return deadlock();
            for (size_t thread = warp * WARP; thread < (warp + 1) * WARP; thread++) {
                if (schedule.state(thread) != Schedule::READY) continue;
                enter(thread);
                if (schedule.state(thread) == Schedule::DONE) undone--;
            }
        }
        if (order.fault()) return order.fault();
        if (fault) return fault;
        deliveries.finish();
        for (const SharedMemory &memory : memories) {
            if (!memory.is_intact()) return "wrote behind its shared memory";
        }
        return nullptr;
    }

    unsigned char *shared() { return memories[block_number()].start(); }

    void barrier() {
        const size_t now = schedule.running();
        deliveries.barrier(now);
        order.barrier(now);
        Block &block = blocks[block_number()];
        if (++block.arrived == threads_of_block) {
            block.arrived = 0;
            schedule.release(now - now % threads_of_block, threads_of_block, Schedule::AT_BARRIER);
        } else {
            schedule.wait(Schedule::AT_BARRIER);
        }
    }

    void meet_warp() {
        const size_t now = schedule.running();
        Warp &warp = warps[now / WARP];
        if (++warp.arrived == WARP) {
            warp.arrived = 0;
            schedule.release(now - now % WARP, WARP, Schedule::AT_WARP);
        } else {
            schedule.wait(Schedule::AT_WARP);
        }
    }

    // Of a multiplication. Memory is full of such NaN as no rounding makes.
    void require_written(uint32 pair) {
        if ((pair & 0xffffu) == 0xffffu || pair >> 16 == 0xffffu) fault = "multiplies what nobody wrote";
    }

    const Factors &bring(const uint32 *a, uint32 b0, uint32 b1) {
        const size_t now = schedule.running();
        Factors &factors = warps[now / WARP].factors[threads[now].turn ^= 1];
        factors[now % WARP] = {a[0], a[1], a[2], a[3], b0, b1};
        meet_warp();
        return factors;
    }

    void copy_async(void *to, const void *from, bool there) { thread().copies.add(to, there ? from : nullptr); }
    void commit_copies() { thread().copies.commit(); }
    void await_copies(size_t groups) { thread().copies.await(groups); }

    template <class T>
    void offer(T *p, T value) {
        deliveries.offer(schedule.running(), Offer::of(p, value));
    }

    void store_release(uint32 *flag, uint32 n) {
        deliveries.publish(schedule.running());
        *flag = n;
        for (size_t i = 0; i < threads.size(); i++) {
            if (schedule.state(i) == Schedule::WAITING && threads[i].flag == flag && (int)(n - threads[i].wanted) >= 0)
                schedule.wake(i);
        }
        schedule.yield();
    }

    // Gets to memory at some later time of its own.
    template <class T>
    void store_relaxed(T *p, T value) {
        deliveries.send(Offer::of(p, value));
        order.writes(schedule.running(), sizeof value);
    }

    void look(size_t bytes) { order.reads(schedule.running(), bytes); }
    void fence() { order.fence(schedule.running()); }
    void overwrite() { order.overwrites(block_number() * threads_of_block, threads_of_block); }

    void ask_again(int milliseconds) {
        patience = milliseconds;
        schedule.wait(Schedule::LOOKING);
    }

    template <class T>
    void give(const void *p, size_t block, T value) {
        long offset = (long)((const unsigned char *)p - shared());
        if (block >= blocks_of_cluster || offset < 0 || (size_t)offset + sizeof value > shared_bytes) {
            fault = "gave something beyond the cluster's shared memory";
            return;
        }
        unsigned char *memory = memories[cluster() * blocks_of_cluster + block].start();
        deliveries.send(Offer::of(memory + offset, value, cluster()));
    }

    void arrive_in_cluster() {
        Cluster &own = clusters[cluster()];
        const size_t size = blocks_of_cluster * threads_of_block;
        if (thread().has_arrived) fault = "arrived twice in its cluster without waiting between";
        thread().has_arrived = true;
        thread().phase = own.phase;
        if (++own.arrived == size) {
            own.arrived = 0;
            own.phase++;
            deliveries.land_in(cluster());
            schedule.release(cluster() * size, size, Schedule::AT_CLUSTER);
        }
        schedule.yield();  // whoever waited may go on before what stands behind
    }

    void await_cluster() {
        if (!thread().has_arrived) fault = "waits for its cluster without having arrived";
        thread().has_arrived = false;
        if (thread().phase == clusters[cluster()].phase) schedule.wait(Schedule::AT_CLUSTER);
    }

    void wait_until(const uint32 *flag, uint32 n, int milliseconds) {
        if ((int)(*flag - n) >= 0) return;
        patience = milliseconds;
        thread().flag = flag;
        thread().wanted = n;
        schedule.wait(Schedule::WAITING);
    }

   private:
    struct Thread {
        size_t turn = 0;
        const uint32 *flag = nullptr;
        uint32 wanted = 0;
        unsigned phase = ~0u;
        bool has_arrived = false;
        Copies copies;
    };
    struct Warp {
        size_t arrived = 0;
        Factors factors[2];
    };
    struct Cluster {
        size_t arrived = 0;
        unsigned phase = 0;
    };
    struct Block {
        size_t arrived = 0;
    };

    Thread &thread() { return threads[schedule.running()]; }
    size_t block_number() const { return schedule.running() / threads_of_block; }
    size_t cluster() const { return block_number() / blocks_of_cluster; }

    static void run_thread(void *owner, size_t number) {
        CooperativeBlocks *self = (CooperativeBlocks *)owner;
        self->body(self->argument);
        self->schedule.end(number);
    }

    void enter(size_t thread) {
        long long block = first_block + (long long)(thread / threads_of_block);
        place.thread = (int)(thread % threads_of_block);
        place.block[0] = block % columns, place.block[1] = block / columns, place.block[2] = 0;
        schedule.enter(thread);
    }

    // Some of what is on its way gets there, in any order, and who looks for it looks again.
    void land(size_t count) {
        if (count == 0) return;
        deliveries.land(count, [this] { return schedule.draw(); });
        schedule.release(0, threads.size(), Schedule::LOOKING);
    }

    const char *deadlock() const {
        for (size_t thread = 0; thread < threads.size(); thread++) {
            if (schedule.state(thread) != Schedule::WAITING && schedule.state(thread) != Schedule::LOOKING) continue;
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

    const long long first_block;
    const size_t threads_of_block;
    const size_t blocks_of_cluster;
    std::vector<Block> blocks;
    std::vector<Cluster> clusters;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    Schedule schedule;
    Deliveries deliveries;
    Order order;
    const size_t shared_bytes;
    std::vector<SharedMemory> memories;
    int patience = 0;
    const char *fault = nullptr;
    long long columns = 1;
    void (*body)(const void *) = nullptr;
    const void *argument = nullptr;
};

}  // namespace cudasim

#endif
