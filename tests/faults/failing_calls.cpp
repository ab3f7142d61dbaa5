// Preloaded into a process, makes its n-th file operation under a folder fail, or kills the process there.
// Counted are the calls that change files: open to create, write, fsync, rename, link and mkdir. It also finds what a loss of power would
// undo: a file that gets its name before its bytes are on the disk, and a new name in a folder that is not forced after it.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <mutex>
#include <set>
#include <string>
#include <sys/types.h>
#include <unistd.h>

namespace {

enum Mode { ONCE = 0, FULL = 1, SHORT = 2, KILL = 3 };

char folder[PATH_MAX];
long countdown = 0;
long calls = 0;
int mode = ONCE;
bool links = true;

template <typename F> F real(const char *name) { return reinterpret_cast<F>(dlsym(RTLD_NEXT, name)); }

__attribute__((constructor)) void arm_from_environment() {
    const char *under = getenv("FAULT_FOLDER");
    const char *at = getenv("FAULT_KILL_AT");
    if (under != nullptr && at != nullptr) {
        snprintf(folder, sizeof folder, "%s", under);
        countdown = atol(at);
        mode = KILL;
    }
}

bool inside(const char *path) { return folder[0] != 0 && strncmp(path, folder, strlen(folder)) == 0; }

std::string path_of(int file) {
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return std::string(path, length < 0 ? 0 : length);
}

bool inside(int file) { return inside(path_of(file).c_str()); }

std::mutex lock;
std::set<std::string> unforced;      // files under the folder with bytes that were not forced
std::set<std::string> unforced_names; // folders with new names that were not forced
long early = 0;                      // names given to unforced files

void written(int file) {
    std::string path = path_of(file);
    std::lock_guard<std::mutex> held(lock);
    if (inside(path.c_str())) unforced.insert(path);
}

void forced(int file) {
    std::string path = path_of(file);
    std::lock_guard<std::mutex> held(lock);
    unforced.erase(path);
    unforced_names.erase(path);
}

// A name that begins with a dot is not a promise.
void renamed(const std::string &from, const std::string &to) {
    std::lock_guard<std::mutex> held(lock);
    size_t name = to.rfind('/') + 1;
    bool promise = inside(to.c_str()) && to[name] != '.';
    for (auto file = unforced.begin(); file != unforced.end();) {
        bool moves = *file == from || file->rfind(from + "/", 0) == 0;
        early += moves && promise ? 1 : 0;
        file = moves ? unforced.erase(file) : std::next(file);
    }
    if (promise) unforced_names.insert(to.substr(0, name - 1));
}

// Whether this call has to fail. A full disk stays full, but lets go on what needs no room.
bool fails(bool here, bool needs_room) {
    if (!here) {
        return false;
    }
    long at = ++calls;
    if (countdown == 0 || at < countdown || (at > countdown && (mode == ONCE || !needs_room))) {
        return false;
    }
    if (mode == KILL) {
        raise(SIGKILL);
    }
    errno = mode == ONCE ? EIO : ENOSPC;
    return mode == ONCE || needs_room;
}

int create(const char *name, const char *path, int flags, mode_t permissions) {
    if ((flags & O_CREAT) != 0 && fails(inside(path), true)) {
        return -1;
    }
    return real<int (*)(const char *, int, ...)>(name)(path, flags, permissions);
}

} // namespace

extern "C" {

void fault_arm(const char *under, long nth, int how) {
    snprintf(folder, sizeof folder, "%s", under);
    countdown = nth;
    mode = how;
    calls = 0;
    std::lock_guard<std::mutex> held(lock);
    unforced.clear();
    unforced_names.clear();
    early = 0;
}

long fault_calls() { return calls; }

// From now on the file system has hard links, or none, as on a USB stick.
void fault_links(int present) { links = present != 0; }

// Names since fault_arm that a loss of power now could leave without their file's bytes, or undo.
long fault_unforced() {
    std::lock_guard<std::mutex> held(lock);
    return early + (long)unforced_names.size();
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t permissions = va_arg(rest, mode_t);
    va_end(rest);
    return create("open", path, flags, permissions);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t permissions = va_arg(rest, mode_t);
    va_end(rest);
    return create("open64", path, flags, permissions);
}

ssize_t write(int file, const void *data, size_t bytes) {
    static auto next = real<ssize_t (*)(int, const void *, size_t)>("write");
    if (fails(inside(file), true)) {
        // The first half still finds room; the caller asks again for the rest and is refused.
        bool half = mode == SHORT && calls == countdown && bytes > 1;
        return half ? next(file, data, bytes / 2) : -1;
    }
    written(file);
    return next(file, data, bytes);
}

int fsync(int file) {
    static auto next = real<int (*)(int)>("fsync");
    if (fails(inside(file), false)) return -1;
    forced(file);
    return next(file);
}

int fdatasync(int file) {
    static auto next = real<int (*)(int)>("fdatasync");
    if (fails(inside(file), false)) return -1;
    forced(file);
    return next(file);
}

int rename(const char *from, const char *to) {
    static auto next = real<int (*)(const char *, const char *)>("rename");
    if (fails(inside(to), false)) return -1;
    renamed(from, to);
    return next(from, to);
}

int link(const char *from, const char *to) {
    static auto next = real<int (*)(const char *, const char *)>("link");
    if (!links && inside(to)) {
        errno = EPERM;
        return -1;
    }
    return fails(inside(to), true) ? -1 : next(from, to);
}

int mkdir(const char *path, mode_t permissions) {
    static auto next = real<int (*)(const char *, mode_t)>("mkdir");
    return fails(inside(path), true) ? -1 : next(path, permissions);
}
}
