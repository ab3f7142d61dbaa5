// Preloaded into a process, makes its n-th file operation under a folder fail, or kills the process there.
// Counted are the calls that change files: open to create, write, fsync, rename, link and mkdir.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

enum Mode { ONCE = 0, FULL = 1, SHORT = 2, KILL = 3 };

char folder[PATH_MAX];
long countdown = 0;
long calls = 0;
int mode = ONCE;

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

bool inside(int file) {
    char link[64];
    char path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return inside(path);
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
}

long fault_calls() { return calls; }

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
    return next(file, data, bytes);
}

int fsync(int file) {
    static auto next = real<int (*)(int)>("fsync");
    return fails(inside(file), false) ? -1 : next(file);
}

int fdatasync(int file) {
    static auto next = real<int (*)(int)>("fdatasync");
    return fails(inside(file), false) ? -1 : next(file);
}

int rename(const char *from, const char *to) {
    static auto next = real<int (*)(const char *, const char *)>("rename");
    return fails(inside(to), false) ? -1 : next(from, to);
}

int link(const char *from, const char *to) {
    static auto next = real<int (*)(const char *, const char *)>("link");
    return fails(inside(to), true) ? -1 : next(from, to);
}

int mkdir(const char *path, mode_t permissions) {
    static auto next = real<int (*)(const char *, mode_t)>("mkdir");
    return fails(inside(path), true) ? -1 : next(path, permissions);
}
}
