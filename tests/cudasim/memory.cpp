// Device memory: every allocation ends at a page that cannot be touched and starts after one; what is left of its first
// and last page holds a pattern that is looked at after every kernel that got the memory and whenever a call waits. The
// first 4 MB of new memory are NaN. Freed addresses are not used again for a long time.
#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

#include "service.h"
#include "sim.h"

namespace sim {
namespace {

constexpr size_t PAGE = 4096, ALIGNMENT = 256, FILLED = 4 << 20, RESTING = 4096;
constexpr unsigned char PATTERN = 0xA5, UNWRITTEN = 0xFF;

struct Allocation {
    char *start;
    size_t bytes;
    char *map;
    size_t mapped;
    Context *context;
    char *guarded_end() const { return map + mapped - PAGE; }
    char *guarded_start() const { return start - std::min<size_t>(ALIGNMENT, (size_t)(start - map) - PAGE); }
};

struct HostAllocation {
    size_t bytes;
    Context *context;
    bool ours;
};

std::map<CUdeviceptr, Allocation> device_memory;
std::map<CUdeviceptr, HostAllocation> host_memory;
std::deque<std::pair<char *, size_t>> resting;
size_t used = 0;

CUdeviceptr allocate(size_t bytes) {
    Context &context = current();
    if (bytes == 0) reject(CUDA_ERROR_INVALID_VALUE, "0 bytes asked for");
    if (bytes > (size_t)memory_limit() - std::min(used, (size_t)memory_limit())) throw Rejection{CUDA_ERROR_OUT_OF_MEMORY, ""};
    size_t aligned = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t pages = (aligned + PAGE - 1) / PAGE * PAGE;
    char *map = (char *)mmap(nullptr, pages + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (map == MAP_FAILED) throw Rejection{CUDA_ERROR_OUT_OF_MEMORY, ""};
    mprotect(map + PAGE, pages, PROT_READ | PROT_WRITE);
#ifdef MADV_POPULATE_WRITE  // page by page takes longer
    madvise(map + PAGE, std::min(pages, FILLED), MADV_POPULATE_WRITE);
#endif
    Allocation made{map + PAGE + pages - aligned, bytes, map, pages + 2 * PAGE, &context};
    memset(made.start, UNWRITTEN, std::min(bytes, FILLED));
    memset(made.guarded_start(), PATTERN, (size_t)(made.start - made.guarded_start()));
    memset(made.start + bytes, PATTERN, (size_t)(made.guarded_end() - made.start) - bytes);
    used += bytes;
    device_memory[(CUdeviceptr)made.start] = made;
    return (CUdeviceptr)made.start;
}

void release(const Allocation &allocation) {
    used -= allocation.bytes;
    mmap(allocation.map, allocation.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    resting.emplace_back(allocation.map, allocation.mapped);
    if (resting.size() > RESTING) {
        munmap(resting.front().first, resting.front().second);
        resting.pop_front();
    }
}

const Allocation *containing(CUdeviceptr address) {
    auto after = device_memory.upper_bound(address);
    if (after == device_memory.begin()) return nullptr;
    const Allocation &found = std::prev(after)->second;
    return address < (CUdeviceptr)found.start + found.bytes ? &found : nullptr;
}

bool holds_pattern(const char *from, const char *to) {
    static const std::string pattern(ALIGNMENT, (char)PATTERN);
    return memcmp(from, pattern.data(), (size_t)(to - from)) == 0;
}

// Whether something was written around the allocation; found once.
bool broken(const Allocation &allocation, std::string &text) {
    char *end = allocation.start + allocation.bytes;
    bool before = holds_pattern(allocation.guarded_start(), allocation.start);
    if (before && holds_pattern(end, allocation.guarded_end())) return false;
    text = std::string("wrote ") + (before ? "past" : "before") + " an allocation of " + std::to_string(allocation.bytes) + " bytes";
    memset(allocation.guarded_start(), PATTERN, (size_t)(allocation.start - allocation.guarded_start()));
    memset(end, PATTERN, (size_t)(allocation.guarded_end() - end));
    return true;
}

}  // namespace

void check_device_range(CUdeviceptr start, size_t bytes, const char *what) {
    const Allocation *found = containing(start);
    if (!found) reject(CUDA_ERROR_INVALID_VALUE, "%s 0x%lx is not in device memory, or was freed", what, start);
    size_t room = (size_t)((CUdeviceptr)found->start + found->bytes - start);
    if (bytes > room) {
        reject(CUDA_ERROR_INVALID_VALUE, "%s has %zu bytes up to the end of its allocation of %zu, %zu are asked for", what, room, found->bytes,
               bytes);
    }
}

bool reachable(CUdeviceptr address) {
    return !address || containing(address) || containing(address - 1) || pinned((void *)address, 1);
}

std::string place_of(CUdeviceptr address) {
    char text[160];
    for (const auto &each : device_memory) {
        const Allocation &allocation = each.second;
        if (address < (CUdeviceptr)allocation.map || address >= (CUdeviceptr)allocation.map + allocation.mapped) continue;
        long past = (long)(address - (CUdeviceptr)allocation.start - allocation.bytes);
        long before = (long)((CUdeviceptr)allocation.start - address);
        snprintf(text, sizeof text, "%ld bytes %s an allocation of %zu bytes", past >= 0 ? past : before, past >= 0 ? "past" : "before",
                 allocation.bytes);
        return text;
    }
    for (const auto &each : resting) {
        if (address >= (CUdeviceptr)each.first && address < (CUdeviceptr)each.first + each.second) return "in memory that was freed";
    }
    snprintf(text, sizeof text, "at 0x%lx, which is not device memory", address);
    return text;
}

bool broken_guard_at(CUdeviceptr pointer, std::string &text) {
    const Allocation *found = containing(pointer);
    return found && broken(*found, text);
}

bool broken_guard(std::string &text) {
    for (const auto &each : device_memory) {
        if (broken(each.second, text)) return true;
    }
    return false;
}

bool pinned(const void *start, size_t bytes) {
    auto after = host_memory.upper_bound((CUdeviceptr)start);
    if (after == host_memory.begin()) return false;
    auto found = std::prev(after);
    return (CUdeviceptr)start + bytes <= found->first + found->second.bytes;
}

void free_all(Context &context) {
    for (auto each = device_memory.begin(); each != device_memory.end();) {
        if (each->second.context == &context) {
            release(each->second);
            each = device_memory.erase(each);
        } else {
            ++each;
        }
    }
    for (auto each = host_memory.begin(); each != host_memory.end();) {
        if (each->second.context == &context) {
            if (each->second.ours) free((void *)each->first);
            each = host_memory.erase(each);
        } else {
            ++each;
        }
    }
}

size_t allocations() { return device_memory.size(); }
size_t host_allocations() { return host_memory.size(); }

}  // namespace sim

using namespace sim;

EXPORT size_t cudasim_room(const void *pointer) {
    std::lock_guard<std::recursive_mutex> held(sim::lock);
    const Allocation *found = containing((CUdeviceptr)pointer);
    return found ? (size_t)(found->start + found->bytes - (const char *)pointer) : 0;
}

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr *pointer, size_t bytes) {
    return call("cuMemAlloc_v2", NOT_IN_CAPTURE, [&] { *pointer = allocate(bytes); });
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr pointer) {
    return call("cuMemFree_v2", NOT_IN_CAPTURE, [&] {
        if (!pointer) return;
        auto found = device_memory.find(pointer);
        if (found == device_memory.end()) {
            reject(CUDA_ERROR_INVALID_VALUE, "0x%lx is not the start of an allocation, or was freed", pointer);
        }
        finish_all(*found->second.context);
        if (found->second.context->broken) throw Rejection{found->second.context->broken, ""};
        release(found->second);
        device_memory.erase(found);
    });
}

EXPORT CUresult cuMemGetInfo_v2(size_t *free, size_t *total) {
    return call("cuMemGetInfo_v2", 0, [&] {
        *total = (size_t)memory_limit();
        *free = *total - std::min(used, *total);
    });
}

EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr *start, size_t *bytes, CUdeviceptr pointer) {
    return call("cuMemGetAddressRange_v2", 0, [&] {
        check_device_range(pointer, 1, "the pointer");
        const Allocation *found = containing(pointer);
        if (start) *start = (CUdeviceptr)found->start;
        if (bytes) *bytes = found->bytes;
    });
}

EXPORT CUresult cuMemHostAlloc(void **pointer, size_t bytes, unsigned) {
    return call("cuMemHostAlloc", NOT_IN_CAPTURE, [&] {
        if (bytes == 0) reject(CUDA_ERROR_INVALID_VALUE, "0 bytes asked for");
        void *made = nullptr;
        if (posix_memalign(&made, PAGE, bytes)) throw Rejection{CUDA_ERROR_OUT_OF_MEMORY, ""};
        memset(made, UNWRITTEN, std::min(bytes, FILLED));
        host_memory[(CUdeviceptr)made] = {bytes, &current(), true};
        *pointer = made;
    });
}

EXPORT CUresult cuMemAllocHost_v2(void **pointer, size_t bytes) { return cuMemHostAlloc(pointer, bytes, 0); }

EXPORT CUresult cuMemFreeHost(void *pointer) {
    return call("cuMemFreeHost", NOT_IN_CAPTURE, [&] {
        auto found = host_memory.find((CUdeviceptr)pointer);
        if (found == host_memory.end() || !found->second.ours) {
            reject(CUDA_ERROR_INVALID_VALUE, "%p is not pinned memory, or was freed", pointer);
        }
        finish_all(*found->second.context);
        host_memory.erase(found);
        free(pointer);
    });
}

EXPORT CUresult cuMemHostRegister_v2(void *pointer, size_t bytes, unsigned) {
    return call("cuMemHostRegister_v2", NOT_IN_CAPTURE, [&] {
        if (!pointer || !bytes) reject(CUDA_ERROR_INVALID_VALUE, "nothing to register");
        host_memory[(CUdeviceptr)pointer] = {bytes, &current(), false};
    });
}

EXPORT CUresult cuMemHostUnregister(void *pointer) {
    return call("cuMemHostUnregister", NOT_IN_CAPTURE, [&] {
        auto found = host_memory.find((CUdeviceptr)pointer);
        if (found == host_memory.end() || found->second.ours) {
            reject(CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED, "%p was not registered", pointer);
        }
        finish_all(*found->second.context);
        host_memory.erase(found);
    });
}
