// How every entry point begins and ends, the failures a test may ask for, and the controls (cudasim_...) that a test
// calls. A process that cannot call them sets CUDASIM_FAIL="function:nth:code,...", CUDASIM_MEMORY, CUDASIM_SEED,
// CUDASIM_DRIVER, CUDASIM_DEVICES, CUDASIM_CAPABILITY, CUDASIM_CLUSTERS, CUDASIM_CUDNN.
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include "service.h"
#include "sim.h"

namespace sim {

std::recursive_mutex lock;

namespace {

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

Settings settings = from_environment();
std::string last_line;
long reports = 0;
long library_objects = 0;
std::map<std::string, long> calls;

void begin(unsigned rules) {
    if (!initialized()) reject(CUDA_ERROR_NOT_INITIALIZED, "cuInit was not called or failed");
    if (rules & NO_CONTEXT) return;
    Context &context = current();
    if (context.broken) throw Rejection{context.broken, ""};
    if ((rules & NOT_IN_CAPTURE) && active_capture()) {
        invalidate_captures(true);
        reject(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "not permitted while a stream is being captured");
    }
}

// What such a function returns is the failure of some earlier work: it lets go of its object all the same.
bool releases(const char *function) {
    for (const char *word : {"Destroy", "Free", "Release", "Unload"}) {
        if (strstr(function, word)) return true;
    }
    return false;
}

}  // namespace

void reject(CUresult code, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    throw Rejection{code, text};
}

void report(const char *function, const std::string &text) {
    last_line = std::string(function) + ": " + text;
    reports++;
    if (!settings.quiet) fprintf(stderr, "cudasim: %s\n", last_line.c_str());
}

int injected(const char *function) {
    calls[function]++;
    int code = 0;
    for (Failure &failure : settings.failures) {
        bool meant = failure.function == function || (failure.function == "*" && strcmp(function, "kernel") != 0 && strncmp(function, "run ", 4) != 0);
        if (meant && --failure.countdown == 0) code = failure.code == 0 ? -1 : failure.code;
    }
    return code;
}

CUresult call(const char *function, unsigned rules, const std::function<void()> &body) {
    std::lock_guard<std::recursive_mutex> held(lock);
    int code = rules & COUNTED ? 0 : injected(function);
    if (code && !releases(function)) return code == -1 ? CUDA_SUCCESS : (CUresult)code;
    try {
        if (!(rules & ANYTIME)) begin(rules);
        body();
        return code > 0 ? (CUresult)code : CUDA_SUCCESS;
    } catch (const Rejection &rejection) {
        if (!rejection.text.empty()) report(function, rejection.text);
        return rejection.code;
    }
}

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

// For the stand-in's other libraries.

EXPORT int cudasim_enter(const char *function) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    int code = sim::injected(function);
    if (code) return code;
    CUresult state = sim::call(function, sim::COUNTED, [] {});
    return state ? state + 10000 : 0;
}

EXPORT int cudasim_enqueue(const char *function, Handle stream, void (*run)(const void *), const void *data, size_t bytes) {
    auto copy = std::make_shared<std::vector<char>>((const char *)data, (const char *)data + bytes);
    auto execute = [run, copy, name = std::string("run ") + function] {
        int code = sim::injected(name.c_str());
        if (code > 0) sim::reject((CUresult)code, "fails as a test asked");
        if (code == 0) run(copy->data());
    };
    return sim::call(function, sim::COUNTED, [&] { sim::put(stream, function, execute); });
}

EXPORT void cudasim_report(const char *function, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::report(function, text);
}

EXPORT int cudasim_cudnn() {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    return sim::settings.cudnn;
}

EXPORT CUresult cudasim_allocate(const char *function, const char *what) {
    return sim::call(function, sim::COUNTED, [&] {
        if (!sim::any_capture()) return;
        sim::invalidate_captures(true);
        sim::reject(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "%s, while a stream is being captured", what);
    });
}

EXPORT void cudasim_object(int change) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    sim::library_objects += change;
}

// For tests.

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
    return (long)(sim::contexts.live.size() + sim::streams.live.size() + sim::events.live.size() + sim::graphs.live.size() +
                  sim::executables.live.size() + sim::modules_loaded()) +
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
