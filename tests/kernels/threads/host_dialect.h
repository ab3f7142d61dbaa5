// The words of kernels/dialect.h for the sanitizers: one std::thread a CUDA thread, memory of the block on the heap and
// no longer than asked for, filled with NaN. Two blocks at a time, in two teams of threads that never wait for each
// other, neighbours with different teams, so that ThreadSanitizer sees a race between blocks too. Where the threads of
// a block disagree about a barrier, the program says so and aborts.
#include "../host_words.h"
#include "../registry.h"
#include "team.h"

#define LOCAL_ARRAY(type, name, count) type *name = (type *)threads::team->local(sizeof(type) * (count))
#define THREAD (threads::place.thread)
#define BLOCK_X (threads::place.block[0])
#define BLOCK_Y (threads::place.block[1])
#define BLOCK_Z (threads::place.block[2])
#define BLOCKS_X (threads::place.blocks[0])
#define BLOCKS_Y (threads::place.blocks[1])
#define BARRIER() threads::team->barrier(__LINE__)
