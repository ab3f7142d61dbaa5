// What a test has asked for, and what has been counted for it.
#ifndef CUDASIM_SETTINGS_H
#define CUDASIM_SETTINGS_H
#include "sim.h"

namespace sim {

struct Failure {
    std::string function;
    int countdown;
    int code;
};

struct Settings {
    std::vector<Failure> failures;
    long memory = 4L << 30;
    unsigned long seed = 0;
    long late = -1;
    long clusters = -1;
    int driver = 12080;
    int cudnn = 91300;
    int devices = 1;
    int major = 8, minor = 0;
    bool quiet = false;
    bool idle = false;
};

extern Settings settings;
extern std::string last_line;
extern long reports;
extern long library_objects;
extern std::map<std::string, long> calls;

}  // namespace sim
#endif
