// The shared memory of a block, of the size that a launch says: full of NaN, and guarded behind.
#ifndef CUDASIM_SHARED_MEMORY_H
#define CUDASIM_SHARED_MEMORY_H
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>

namespace cudasim {

class SharedMemory {
   public:
    explicit SharedMemory(size_t bytes)
        : size(bytes), memory(new (std::align_val_t(ALIGNMENT)) unsigned char[bytes + GUARD]) {
        memset(memory.get(), 0xff, size);
        memset(memory.get() + size, INTACT, GUARD);
    }

    unsigned char *start() const { return memory.get(); }

    bool is_intact() const {
        const unsigned char *guard = memory.get() + size;
        return std::all_of(guard, guard + GUARD, [](unsigned char byte) { return byte == INTACT; });
    }

   private:
    static constexpr size_t GUARD = 64, ALIGNMENT = 128;
    static constexpr unsigned char INTACT = 0xa5;

    struct Freed {
        void operator()(unsigned char *memory) const { operator delete[](memory, std::align_val_t(ALIGNMENT)); }
    };

    size_t size;
    std::unique_ptr<unsigned char[], Freed> memory;
};

}  // namespace cudasim

#endif
