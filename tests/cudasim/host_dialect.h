// The words of kernels/dialect.h for the stand-in.
#include "../kernels/host_words.h"
#include "block.h"

#define LOCAL_ARRAY(type, name, count) static type name[count]
#define THREAD (cudasim::place.thread)
#define BLOCK_X (cudasim::place.block[0])
#define BLOCK_Y (cudasim::place.block[1])
#define BLOCK_Z (cudasim::place.block[2])
#define BLOCKS_X (cudasim::place.blocks[0])
#define BLOCKS_Y (cudasim::place.blocks[1])
#define BARRIER()                                                                                     \
    do {                                                                                              \
        if (__builtin_setjmp(cudasim::block<BLOCK>().arrive()) == 0) cudasim::block<BLOCK>().leave(); \
    } while (0)
