// All that a test can ask for: the controls (cudasim_...) that it calls. A process that cannot call them sets
// CUDASIM_FAIL="function:nth:code,...", CUDASIM_MEMORY, CUDASIM_SEED, CUDASIM_DRIVER, CUDASIM_DEVICES,
// CUDASIM_CAPABILITY, CUDASIM_CLUSTERS, CUDASIM_CUDNN.
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "service.h"
#include "settings.h"

namespace sim {
namespace {

long number(const char *name, long otherwise) {
    const char *text = getenv(name);
    return text ? strtol(text, nullptr, 10) : otherwise;
}

Settings from_environment() {
    Settings settings;
    settings.memory = number("CUDASIM_MEMORY", settings.memory);
    settings.seed = (unsigned long)number("CUDASIM_SEED", 0);
    settings.driver = (int)number("CUDASIM_DRIVER", settings.driver);
    settings.cudnn = (int)number("CUDASIM_CUDNN", settings.cudnn);
    settings.devices = (int)number("CUDASIM_DEVICES", settings.devices);
    settings.clusters = number("CUDASIM_CLUSTERS", -1);
    int capability = (int)number("CUDASIM_CAPABILITY", 80);
    settings.major = capability / 10;
    settings.minor = capability % 10;
    const char *failures = getenv("CUDASIM_FAIL");
    std::istringstream list(failures ? failures : "");
    for (std::string entry; std::getline(list, entry, ',');) {
        char function[128];
        Failure failure;
        if (sscanf(entry.c_str(), "%127[^:]:%d:%d", function, &failure.countdown, &failure.code) != 3) {
            fprintf(stderr, "cudasim: CUDASIM_FAIL does not read function:nth:code: %s\n", entry.c_str());
            abort();
        }
        failure.function = function;
        settings.failures.push_back(failure);
    }
    return settings;
}

}  // namespace

Settings settings = from_environment();

long memory_limit() { return settings.memory; }

bool idle() { return settings.idle; }
unsigned long schedule_seed() { return settings.seed; }
long late_block() { return settings.late; }
long cluster_limit() { return settings.clusters; }
int driver_version() { return settings.driver; }
int device_count() { return settings.devices; }
void capability(int &major, int &minor) {
    major = settings.major;
    minor = settings.minor;
}

}  // namespace sim

// The nth call from now of `function` (the entry point's full name, "*" for all of them, "kernel" for a kernel's
// execution, or "run NAME" for the execution of what a library's function put into a stream) returns `code`;
// code 0: it does nothing and returns success. A function that frees or destroys does so and then returns the code.
EXPORT void cudasim_fail(const char *function, int nth, int code) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.failures.push_back({function, nth, code});
}

// Kernels are launched and their arguments checked, and then they compute nothing, until the reset.
EXPORT void cudasim_idle() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.idle = true;
}

EXPORT void cudasim_memory_limit(long bytes) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.memory = bytes;
}

// 0: work runs as late as it may, in the order of the calls that wait. Otherwise the next piece is drawn from all that
// could run.
EXPORT void cudasim_schedule(long seed) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.seed = (unsigned long)seed;
}

// In launches of blocks that wait for each other, this one goes on only where no other can; -1: none.
EXPORT void cudasim_late_block(long block) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.late = block;
}

// So many clusters run at once, as on a chip whose parts differ; -1: as many as its multiprocessors allow.
EXPORT void cudasim_clusters(long most) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.clusters = most;
}

EXPORT void cudasim_driver_version(int version) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.driver = version;
}

// As cudnnGetVersion numbers it: 90501 for 9.5.1.
EXPORT void cudasim_cudnn_version(int version) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.cudnn = version;
}

EXPORT void cudasim_device_count(int count) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.devices = count;
}

EXPORT void cudasim_compute_capability(int major, int minor) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.major = major;
    sim::settings.minor = minor;
}

// Lines are kept but not printed, until the reset.
EXPORT void cudasim_quiet() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings.quiet = true;
}

// Device and pinned host memory.
EXPORT long cudasim_live_allocations() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    return (long)(sim::allocations() + sim::host_allocations());
}

// Contexts, streams, events, graphs, modules, and what the other libraries made.
EXPORT long cudasim_live_objects() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    return (long)(sim::contexts.live.size() + sim::streams.live.size() + sim::events.live.size() +
                  sim::graphs.live.size() + sim::executables.live.size() + sim::modules_loaded()) +
           sim::library_objects;
}

// Calls of a function so far, failed ones too.
EXPORT long cudasim_calls(const char *function) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    return sim::calls[function];
}

// Lines printed so far.
EXPORT long cudasim_reports() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    return sim::reports;
}

// The last line printed; valid until the next.
EXPORT const char *cudasim_last_line() { return sim::last_line.c_str(); }

// Takes back every failure, limit and setting. What is alive stays.
EXPORT void cudasim_reset() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::settings = sim::Settings();
    sim::last_line.clear();
}
