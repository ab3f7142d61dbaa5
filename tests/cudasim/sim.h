// The stand-in's own parts. One lock holds while an entry point runs; work runs only inside a call that waits for it
// (queue.cpp).
#ifndef CUDASIM_SIM_H
#define CUDASIM_SIM_H
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "abi.h"

namespace sim {

// What a card of compute capability 9.0 has, but fewer multiprocessors.
constexpr int MULTIPROCESSORS = 16;
constexpr size_t MOST_SHARED = 232448;  // bytes of a block

// A call that a strict driver refuses.
struct Rejection {
    CUresult code;
    std::string text;
};
[[noreturn]] void reject(CUresult code, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct Context {
    Handle handle = nullptr;
    bool primary = false;
    CUresult broken = CUDA_SUCCESS;  // set by the first fault of a kernel; every later call returns it
};

// A piece of work in the queues. It may run once everything in `after` is done.
struct Operation {
    std::string name;
    std::function<void()> run;
    Context *context = nullptr;
    std::vector<std::shared_ptr<Operation>> after;
    std::vector<std::weak_ptr<Operation>> dependents;
    size_t waiting = 0;
    size_t ready_place = SIZE_MAX;
    bool done = false;
    double finished_at = 0;  // milliseconds; of marks, which run nothing
    Handle graph = nullptr;  // the executable graph that it belongs to
};
using Work = std::shared_ptr<Operation>;

struct Node {
    std::string name;
    std::function<void()> run;
    std::vector<size_t> after;
};

struct Graph {
    std::vector<Node> nodes;
};

struct Stream;

struct Capture {
    std::shared_ptr<Graph> graph = std::make_shared<Graph>();
    Stream *origin = nullptr;
    int mode = 0;
    std::thread::id thread;
    bool invalid = false;
    bool ended = false;
    std::vector<Stream *> joined;
};

struct Stream {
    Handle handle = nullptr;
    Context *context = nullptr;
    bool blocking = true;
    Work last;
    std::vector<Work> waits;  // for the next operation
    std::shared_ptr<Capture> capture;
    std::vector<size_t> tail;  // nodes that the next captured node comes after
};

struct Event {
    Context *context = nullptr;
    bool timing = true;
    bool recorded = false;
    Work work;  // null: the stream was empty
    std::shared_ptr<Capture> capture;
    std::vector<size_t> tail;
};

struct Executable {
    Handle handle = nullptr;
    std::shared_ptr<Graph> graph;
    Context *context = nullptr;
    std::vector<Work> flight;  // operations of the last launch
};

// Handles of one kind. A number is given once, so a destroyed object stays destroyed.
template <class T>
class Handles {
   public:
    explicit Handles(const char *kind, CUresult code = CUDA_ERROR_INVALID_HANDLE) : kind(kind), code(code) {}

    T *add(std::unique_ptr<T> object, Handle &handle) {
        static uintptr_t next = 0x5100000;
        handle = reinterpret_cast<Handle>(next += 16);
        T *plain = object.get();
        live[handle] = std::move(object);
        return plain;
    }
    T &get(Handle handle) {
        auto found = live.find(handle);
        if (found == live.end()) reject(code, "there is no %s %p, or it was destroyed", kind, handle);
        return *found->second;
    }
    void remove(Handle handle) {
        get(handle);
        live.erase(handle);
    }
    std::unordered_map<Handle, std::unique_ptr<T>> live;

   private:
    const char *kind;
    CUresult code;
};

extern std::recursive_mutex lock;
extern Handles<Context> contexts;
extern Handles<Stream> streams;
extern Handles<Event> events;
extern Handles<Graph> graphs;
extern Handles<Executable> executables;

// faults.cpp
enum : unsigned { ANYTIME = 1, NO_CONTEXT = 2, NOT_IN_CAPTURE = 4, COUNTED = 8 };
CUresult call(const char *function, unsigned rules, const std::function<void()> &body);
int injected(const char *function);  // 0, a code, or -1 for "do nothing"
void report(const char *function, const std::string &text);

// controls.cpp
long memory_limit();
bool idle();
unsigned long schedule_seed();
long late_block();
long cluster_limit();  // clusters that run at once, or -1
int driver_version();
int device_count();
void capability(int &major, int &minor);

// device.cpp
bool initialized();
Context &current();
void forget_context(Context &context);

// memory.cpp
void check_device_range(CUdeviceptr start, size_t bytes, const char *what);
bool reachable(CUdeviceptr address);  // null, in device or pinned memory, or right behind an allocation
std::string place_of(CUdeviceptr address);
bool broken_guard_at(CUdeviceptr pointer, std::string &text);
bool broken_guard(std::string &text);
bool pinned(const void *start, size_t bytes);
void free_all(Context &context);
size_t allocations();
size_t host_allocations();

// queue.cpp
Work queue(Context &context, const std::string &name, std::vector<Work> after, std::function<void()> run);
void finish(const Work &work);
void finish_all(Context &context);
void progress();
double now();

// stream.cpp
Stream &stream_of(Handle handle);
void put(Handle stream, const std::string &name, std::function<void()> run);
bool capturing(Stream &stream);

// graph.cpp
void invalidate_captures(bool all);
Capture *active_capture();  // that forbids this thread what is unsafe in a capture
bool any_capture();
void end_captures(Context &context);

// module.cpp
size_t modules_loaded();
void unload_all(Context &context);

}  // namespace sim
#endif
