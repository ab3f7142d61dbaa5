// Functions that JCuda's libraries bind to and the stand-in does not offer; the Makefile makes a line OTHER(name) of
// each in *_others.txt.
#include "service.h"
#define OTHER(name)                                                         \
    EXPORT __attribute__((weak)) int name() {                               \
        cudasim_report(#name, "the stand-in does not offer this function"); \
        return NOT_OFFERED;                                                 \
    }
