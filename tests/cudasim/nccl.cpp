// NCCL's entry points: communicators whose ranks are processes of this machine, and collectives that go through memory
// which they share. What is put into a stream runs when something waits for it, and there waits for the other ranks.
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "service.h"

extern "C" CUresult cuCtxGetDevice(CUdevice *device);

namespace {

enum Result : int {
    SUCCESS = 0,
    UNHANDLED_CUDA_ERROR = 1,
    SYSTEM_ERROR = 2,
    INTERNAL_ERROR = 3,
    INVALID_ARGUMENT = 4,
    INVALID_USAGE = 5,
    REMOTE_ERROR = 6,
    IN_PROGRESS = 7
};
enum { FLOAT32 = 7, BFLOAT16 = 9, SUM = 0 };
enum Kind : int { ALL_REDUCE, ALL_GATHER, EXCHANGE };

constexpr int VERSION = 22700;
constexpr int MOST_RANKS = 16;
constexpr size_t PIECE = 1 << 20;  // bytes of a rank that are under way at a time
constexpr double JOIN_SECONDS = 60;
constexpr size_t ID_BYTES = 128;

struct UniqueId {
    char text[ID_BYTES];
};

// What a rank says of the collective that it has come to.
struct Call {
    int kind, type;
    size_t count;
};

// In memory that all ranks have; zero when it is made.
struct Shared {
    std::atomic<int> joined, aborted;
    std::atomic<int> devices[MOST_RANKS];  // plus 1; 0 for a rank that has not come yet
    std::atomic<unsigned long> arrived[MOST_RANKS];
    Call calls[MOST_RANKS];
    char pieces[MOST_RANKS][PIECE];
};

struct Communicator {
    Shared *shared = nullptr;
    int size = 0, rank = 0;
    std::string name;
    unsigned long meetings = 0;
    std::atomic<int> error{SUCCESS};
    bool destroyed = false;
};

// A collective as it is put into a stream.
struct Work {
    Communicator *communicator;
    const char *function;
    Call call;
    const void *send;
    void *receive;
};

// A send or a receive, which a group makes parts of one exchange.
struct Message {
    Communicator *communicator;
    bool sends;
    const void *send;
    void *receive;
    size_t count;
    int type, peer;
    Handle stream;
};

struct Exchange {
    Communicator *communicator;
    const void *send[MOST_RANKS];
    void *receive[MOST_RANKS];
    size_t sent[MOST_RANKS], received[MOST_RANKS];
    int type;
};

std::mutex lock;
std::set<Communicator *> communicators;
thread_local int groups = 0;
thread_local std::vector<Message> messages;

int refuse(const char *function, int result, const char *format, ...) __attribute__((format(printf, 3, 4)));
int refuse(const char *function, int result, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cudasim_report(function, "%s", text);
    return result;
}

// What a test asked for: a code of NCCL's, or -1 for nothing to be done. A lost device is a CUDA error.
int entered(const char *function) {
    int code = cudasim_enter(function);
    return code >= 10000 ? UNHANDLED_CUDA_ERROR : code;
}

size_t bytes_of(int type) { return type == FLOAT32 ? 4 : 2; }

float widened(const char *at, int type) {
    uint32_t bits = 0;
    if (type == FLOAT32) {
        memcpy(&bits, at, 4);
    } else {
        memcpy((char *)&bits + 2, at, 2);
    }
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

void narrow(float value, char *at, int type) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if (type == FLOAT32) {
        memcpy(at, &bits, 4);
        return;
    }
    uint16_t half = value != value ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    memcpy(at, &half, 2);
}

// Whether all ranks have come to the same place; not where somebody gave up.
bool meet(Communicator &c) {
    unsigned long meeting = ++c.meetings;
    c.shared->arrived[c.rank] = meeting;
    for (int r = 0; r < c.size; r++) {
        for (int looks = 0; c.shared->arrived[r] < meeting; looks++) {
            if (c.shared->aborted || c.error) return false;
            if (looks > 100) usleep(50);
        }
    }
    return true;
}

// All ranks have to come with the same; NCCL does not look, and waits for ever or mixes up what is not the same.
bool agree(Communicator &c, const char *function, const Call &call) {
    c.shared->calls[c.rank] = call;
    if (!meet(c)) return false;
    for (int r = 0; r < c.size; r++) {
        const Call &other = c.shared->calls[r];
        if (other.kind != call.kind || other.type != call.type || other.count != call.count) {
            refuse(function, 0, "rank %d has %zu elements of type %d, rank %d %zu of type %d in call %d and %d", c.rank, call.count,
                   call.type, r, other.count, other.type, call.kind, other.kind);
            c.error = INVALID_ARGUMENT;
        }
    }
    return meet(c);
}

// Piece by piece: all lay theirs down, and each takes what it wants of all.
template <class Take>
void pieces(Communicator &c, const void *send, size_t bytes, Take take) {
    for (size_t from = 0; from < bytes; from += PIECE) {
        size_t length = std::min(PIECE, bytes - from);
        memcpy(c.shared->pieces[c.rank], (const char *)send + from, length);
        if (!meet(c)) return;
        take(from, length);
        if (!meet(c)) return;
    }
}

void run(const void *data) {
    const Work &work = *(const Work *)data;
    Communicator &c = *work.communicator;
    if (c.error || !agree(c, work.function, work.call)) return;
    size_t element = bytes_of(work.call.type), bytes = work.call.count * element;
    pieces(c, work.send, bytes, [&](size_t from, size_t length) {
        if (work.call.kind == ALL_GATHER) {
            for (int r = 0; r < c.size; r++) memcpy((char *)work.receive + r * bytes + from, c.shared->pieces[r], length);
            return;
        }
        for (size_t i = 0; i < length; i += element) {
            float sum = 0;
            for (int r = 0; r < c.size; r++) sum += widened(c.shared->pieces[r] + i, work.call.type);
            narrow(sum, (char *)work.receive + from + i, work.call.type);
        }
    });
}

void run_exchange(const void *data) {
    const Exchange &exchange = *(const Exchange *)data;
    Communicator &c = *exchange.communicator;
    size_t element = bytes_of(exchange.type);
    for (int receiver = 0; receiver < c.size; receiver++) {
        // What each has for this one; only the shape of it is compared.
        Call call = {EXCHANGE, exchange.type, exchange.sent[receiver]};
        if (receiver == c.rank) call.count = exchange.received[c.rank];
        if (c.error || !agree(c, "ncclSend", call)) return;
        pieces(c, exchange.send[receiver], call.count * element, [&](size_t from, size_t length) {
            if (receiver != c.rank) return;
            for (int r = 0; r < c.size; r++) memcpy((char *)exchange.receive[r] + from, c.shared->pieces[r], length);
        });
    }
}

int check(const char *function, Communicator *c, const void *buffer, size_t bytes, int type) {
    std::lock_guard<std::mutex> held(lock);
    if (!communicators.count(c)) return refuse(function, INVALID_ARGUMENT, "there is no communicator %p, or it was destroyed", (void *)c);
    if (type != FLOAT32 && type != BFLOAT16) return refuse(function, INVALID_ARGUMENT, "type %d", type);
    if (cudasim_room(buffer) < bytes) {
        return refuse(function, INVALID_ARGUMENT, "takes %zu bytes, its memory has %zu from there on", bytes, cudasim_room(buffer));
    }
    return SUCCESS;
}

int collective(const Work &work, size_t received, Handle stream) {
    if (int code = entered(work.function)) return code == -1 ? SUCCESS : code;
    size_t bytes = work.call.count * bytes_of(work.call.type);
    if (int wrong = check(work.function, work.communicator, work.send, bytes, work.call.type)) return wrong;
    if (int wrong = check(work.function, work.communicator, work.receive, received * bytes, work.call.type)) return wrong;
    return cudasim_enqueue(work.function, stream, run, &work, sizeof work) ? UNHANDLED_CUDA_ERROR : SUCCESS;
}

int message(const char *function, const Message &one) {
    if (int code = entered(function)) return code == -1 ? SUCCESS : code;
    const void *buffer = one.sends ? one.send : one.receive;
    if (int wrong = check(function, one.communicator, buffer, one.count * bytes_of(one.type), one.type)) return wrong;
    if (one.peer < 0 || one.peer >= one.communicator->size) return refuse(function, INVALID_ARGUMENT, "there is no rank %d", one.peer);
    // NCCL waits for ever: the receiver's call would come only when this one is done.
    if (!groups) return refuse(function, INVALID_USAGE, "a message outside of a group waits for one that never comes");
    messages.push_back(one);
    return SUCCESS;
}

int put_messages() {
    Exchange exchange = {};
    bool sent[MOST_RANKS] = {}, received[MOST_RANKS] = {};
    for (const Message &one : messages) {
        if (exchange.communicator && (exchange.communicator != one.communicator || exchange.type != one.type)) {
            return refuse("ncclGroupEnd", INVALID_USAGE, "the stand-in's groups have one communicator and one type");
        }
        exchange.communicator = one.communicator;
        exchange.type = one.type;
        (one.sends ? sent : received)[one.peer] = true;
        if (one.sends) {
            exchange.send[one.peer] = one.send;
            exchange.sent[one.peer] = one.count;
        } else {
            exchange.receive[one.peer] = one.receive;
            exchange.received[one.peer] = one.count;
        }
    }
    if (!exchange.communicator) return SUCCESS;
    for (int r = 0; r < exchange.communicator->size; r++) {
        if (!sent[r] || !received[r]) return refuse("ncclGroupEnd", INVALID_USAGE, "the stand-in wants messages to and from rank %d", r);
    }
    Handle stream = messages.front().stream;
    messages.clear();
    return cudasim_enqueue("ncclGroupEnd", stream, run_exchange, &exchange, sizeof exchange) ? UNHANDLED_CUDA_ERROR : SUCCESS;
}

// Waits for all ranks to come, each with a device of its own.
int join(Communicator &c, int device) {
    auto begun = std::chrono::steady_clock::now();
    c.shared->devices[c.rank] = device + 1;
    c.shared->joined++;
    while (c.shared->joined < c.size) {
        usleep(200);
        if (std::chrono::steady_clock::now() - begun > std::chrono::duration<double>(JOIN_SECONDS)) {
            return refuse("ncclCommInitRank", SYSTEM_ERROR, "%d of %d ranks have come", c.shared->joined.load(), c.size);
        }
    }
    if (c.rank == 0) shm_unlink(c.name.c_str());
    for (int r = 0; r < c.size; r++) {
        if (r != c.rank && c.shared->devices[r] == device + 1) {
            return refuse("ncclCommInitRank", INVALID_USAGE, "duplicate GPU: ranks %d and %d both have device %d", c.rank, r, device);
        }
    }
    return SUCCESS;
}

int forget(const char *function, Communicator *c, bool aborts) {
    std::lock_guard<std::mutex> held(lock);
    if (!communicators.erase(c)) return refuse(function, INVALID_ARGUMENT, "there is no communicator %p, or it was destroyed", (void *)c);
    // What lies in the queues may still name it: it is never freed.
    if (aborts) {
        c->error = INTERNAL_ERROR;
        c->shared->aborted = 1;
    }
    c->destroyed = true;
    cudasim_object(-1);
    return SUCCESS;
}

}  // namespace

EXPORT int ncclGetVersion(int *version) {
    *version = VERSION;
    return SUCCESS;
}

EXPORT const char *ncclGetErrorString(int result) {
    static const char *const names[] = {"no error",         "unhandled cuda error", "unhandled system error", "internal error",
                                        "invalid argument", "invalid usage",        "remote process exited",  "NCCL operation in progress"};
    return result >= 0 && result <= IN_PROGRESS ? names[result] : "unknown result code";
}

EXPORT int ncclGetUniqueId(UniqueId *id) {
    if (int code = entered("ncclGetUniqueId")) return code == -1 ? SUCCESS : code;
    std::random_device random;
    snprintf(id->text, sizeof id->text, "/cudasim-nccl-%d-%u", (int)getpid(), random());
    return SUCCESS;
}

EXPORT int ncclCommInitRank(Communicator **made, int size, UniqueId id, int rank) {
    const char *function = "ncclCommInitRank";
    if (int code = entered(function)) return code == -1 ? SUCCESS : code;
    CUdevice device;
    if (size < 1 || size > MOST_RANKS || rank < 0 || rank >= size) return refuse(function, INVALID_ARGUMENT, "rank %d of %d", rank, size);
    if (cuCtxGetDevice(&device)) return refuse(function, UNHANDLED_CUDA_ERROR, "the thread has no context");
    int file = shm_open(id.text, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, sizeof(Shared))) return refuse(function, SYSTEM_ERROR, "%s cannot be shared", id.text);
    void *memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED) return refuse(function, SYSTEM_ERROR, "%s cannot be mapped", id.text);
    auto c = std::make_unique<Communicator>();
    c->shared = (Shared *)memory;
    c->size = size;
    c->rank = rank;
    c->name = id.text;
    if (int wrong = join(*c, device)) return wrong;
    std::lock_guard<std::mutex> held(lock);
    communicators.insert(*made = c.release());
    cudasim_object(1);
    return SUCCESS;
}

EXPORT int ncclCommGetAsyncError(Communicator *c, int *error) {
    *error = c->error;
    return SUCCESS;
}

EXPORT int ncclCommAbort(Communicator *c) { return forget("ncclCommAbort", c, true); }

EXPORT int ncclCommDestroy(Communicator *c) { return forget("ncclCommDestroy", c, false); }

EXPORT int ncclGroupStart() {
    if (int code = entered("ncclGroupStart")) return code == -1 ? SUCCESS : code;
    groups++;
    return SUCCESS;
}

EXPORT int ncclGroupEnd() {
    if (groups == 0) return refuse("ncclGroupEnd", INVALID_USAGE, "no group was started");
    groups--;
    int code = entered("ncclGroupEnd");
    if (code == 0 && groups == 0) code = put_messages();
    if (groups == 0) messages.clear();
    return code == -1 ? SUCCESS : code;
}

EXPORT int ncclAllReduce(const void *send, void *receive, size_t count, int type, int operation, Communicator *c, Handle stream) {
    if (operation != SUM) return refuse("ncclAllReduce", INVALID_ARGUMENT, "operation %d", operation);
    return collective({c, "ncclAllReduce", {ALL_REDUCE, type, count}, send, receive}, 1, stream);
}

EXPORT int ncclAllGather(const void *send, void *receive, size_t count, int type, Communicator *c, Handle stream) {
    return collective({c, "ncclAllGather", {ALL_GATHER, type, count}, send, receive}, c->size, stream);
}

EXPORT int ncclSend(const void *buffer, size_t count, int type, int peer, Communicator *c, Handle stream) {
    return message("ncclSend", {c, true, buffer, nullptr, count, type, peer, stream});
}

EXPORT int ncclRecv(void *buffer, size_t count, int type, int peer, Communicator *c, Handle stream) {
    return message("ncclRecv", {c, false, nullptr, buffer, count, type, peer, stream});
}
