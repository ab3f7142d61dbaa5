// When what a thread writes for others gets to memory. What it offers to other blocks stays with it until a barrier,
// with its block until somebody publishes, and only then gets there; what is sent gets there at some later time, in any
// order; a copy set aside is made when it is waited for.
#ifndef CUDASIM_DELIVERIES_H
#define CUDASIM_DELIVERIES_H
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace cudasim {

struct Offer {
    static constexpr size_t NO_CLUSTER = ~(size_t)0;

    void *to;
    size_t size;
    char bytes[16];
    size_t cluster = NO_CLUSTER;  // that it is given within

    template <class T>
    static Offer of(void *to, const T &value, size_t cluster = NO_CLUSTER) {
        Offer offer{to, sizeof value, {}, cluster};
        memcpy(offer.bytes, &value, sizeof value);
        return offer;
    }
};

class Deliveries {
   public:
    Deliveries(size_t threads, size_t block_threads)
        : threads_of_block(block_threads), of_threads(threads), of_blocks(threads / block_threads) {}

    void offer(size_t thread, const Offer &offer) { of_threads[thread].push_back(offer); }

    // The thread's offers are its block's from now on.
    void barrier(size_t thread) {
        Offers &from = of_threads[thread], &to = of_blocks[thread / threads_of_block];
        to.insert(to.end(), from.begin(), from.end());
        from.clear();
    }

    void publish(size_t thread) {
        write(of_blocks[thread / threads_of_block]);
        write(of_threads[thread]);
    }

    void send(const Offer &offer) { flying.push_back(offer); }
    // How much is sent and has not landed.
    size_t in_flight() const { return flying.size(); }

    // As much of it, of which `draw` says what is next.
    template <class Draw>
    void land(size_t count, Draw draw) {
        for (; count > 0; count--) {
            std::swap(flying[draw() % flying.size()], flying.back());
            Offers last(1, flying.back());
            flying.pop_back();
            write(last);
        }
    }

    // All that was sent within the cluster.
    void land_in(size_t cluster) {
        auto given = std::stable_partition(flying.begin(), flying.end(),
                                           [&](const Offer &offer) { return offer.cluster != cluster; });
        Offers landing(given, flying.end());
        flying.erase(given, flying.end());
        write(landing);
    }

    // At the end of a launch everything is there.
    void finish() {
        write(flying);
        for (Offers &offers : of_blocks) write(offers);
        for (Offers &offers : of_threads) write(offers);
    }

   private:
    using Offers = std::vector<Offer>;

    static void write(Offers &offers) {
        for (const Offer &offer : offers) memcpy(offer.to, offer.bytes, offer.size);
        offers.clear();
    }

    const size_t threads_of_block;
    std::vector<Offers> of_threads, of_blocks;
    Offers flying;
};

// The copies of 16 bytes that a thread has set aside, in the groups in which it waits for them.
class Copies {
   public:
    // Zeros where `from` is null.
    void add(void *to, const void *from) { copies.push_back({to, from}); }
    void commit() { groups.push_back(copies.size()); }

    // Until no more groups than these are left.
    void await(size_t left) {
        if (groups.size() <= left) return;
        size_t last = groups.size() - left, count = groups[last - 1];
        for (size_t i = 0; i < count; i++) {
            if (copies[i].from) memcpy(copies[i].to, copies[i].from, 16);
            else memset(copies[i].to, 0, 16);
        }
        copies.erase(copies.begin(), copies.begin() + (long)count);
        groups.erase(groups.begin(), groups.begin() + (long)last);
        for (size_t &end : groups) end -= count;
    }

   private:
    struct Copy {
        void *to;
        const void *from;
    };
    std::vector<Copy> copies;
    std::vector<size_t> groups;  // where each ends among the copies
};

}  // namespace cudasim

#endif
