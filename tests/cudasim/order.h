// What PTX's memory model does not promise to the threads of one launch: that a word is whole where it is read in
// pieces of another size than it was written in, and, without a fence on both sides, that a read which came before
// something said is done when whoever heard of it overwrites what was read. A kernel that relies on either has a fault,
// whatever the order of events.
#ifndef CUDASIM_ORDER_H
#define CUDASIM_ORDER_H
#include <cstddef>
#include <vector>

namespace cudasim {

class Order {
   public:
    explicit Order(size_t threads) : sides(threads) {}

    void writes(size_t thread, size_t bytes) {
        written = bytes;
        compare();
        if (!sides[thread].has_fenced) said_without_fence = true;
    }

    void reads(size_t thread, size_t bytes) {
        read = bytes;
        compare();
        sides[thread].hearing = HEARD;
    }

    void fence(size_t thread) {
        sides[thread].has_fenced = true;
        if (sides[thread].hearing == HEARD) sides[thread].hearing = FENCED;
    }

    void barrier(size_t thread) {
        if (sides[thread].hearing == FENCED) sides[thread].hearing = ORDERED;
    }

    // By a thread of the block that has these threads.
    void overwrites(size_t first, size_t count) {
        if (said_without_fence)
            found = "overwrites what a block may still read that said something without a fence before";
        for (size_t thread = first; thread < first + count; thread++) {
            if (sides[thread].hearing != ORDERED)
                found = "overwrites without a fence and a barrier behind what its block heard";
        }
    }

    // What was wrong, or null.
    const char *fault() const { return found; }

   private:
    enum Hearing : char { ORDERED, HEARD, FENCED };
    struct Side {
        Hearing hearing = ORDERED;
        bool has_fenced = false;
    };

    void compare() {
        if (written && read && written != read)
            found = "reads in words of another size than others write, for which nothing is promised";
    }

    std::vector<Side> sides;
    size_t written = 0, read = 0;
    bool said_without_fence = false;
    const char *found = nullptr;
};

}  // namespace cudasim

#endif
