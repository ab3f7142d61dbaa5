// How every entry point begins and ends, and the failures that a test has asked for.
#include <cstdarg>
#include <cstdio>
#include <cstring>

#include "service.h"
#include "settings.h"

namespace sim {

std::recursive_mutex lock;
std::string last_line;
long reports = 0;
long library_objects = 0;
std::map<std::string, long> calls;

namespace {

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
        bool is_entry_point = strcmp(function, "kernel") != 0 && strncmp(function, "run ", 4) != 0;
        bool meant = failure.function == function || (failure.function == "*" && is_entry_point);
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

}  // namespace sim

// For the stand-in's other libraries.

EXPORT int cudasim_enter(const char *function) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    int code = sim::injected(function);
    if (code) return code;
    CUresult state = sim::call(function, sim::COUNTED, [] {});
    return state ? state + 10000 : 0;
}

EXPORT int cudasim_enqueue(const char *function, Handle stream, void (*run)(const void *), const void *data,
                           size_t bytes) {
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
