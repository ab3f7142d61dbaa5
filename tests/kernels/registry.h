// The kernels of a shared object: KERNEL registers each, with its parameters as the compiler deduces them from the
// function, and cudasim_kernel hands them out. Compiled with -fvisibility=hidden, every object has a list of its own.
//
// Whatever runs blocks (see host_words.h) defines, for THREADS threads a block,
//     const char *run_grid<THREADS>(const long long grid[3], void (*call)(const void *), const void *arguments)
// which calls `call(arguments)` once for every thread of every block and gives null, or what the kernel did wrong.
#ifndef KERNELS_REGISTRY_H
#define KERNELS_REGISTRY_H
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "../cudasim/image.h"

namespace cudasim {

inline std::vector<Kernel> &registry() {
    static std::vector<Kernel> kernels;
    return kernels;
}

template <int THREADS>
const char *run_grid(const long long grid[3], void (*call)(const void *), const void *arguments);

template <auto FUNCTION, int THREADS>
struct Runner;

template <class... Parameters, void (*FUNCTION)(Parameters...), int THREADS>
struct Runner<FUNCTION, THREADS> {
    using Arguments = std::tuple<Parameters...>;

    static void call(const void *arguments) { std::apply(FUNCTION, *(const Arguments *)arguments); }

    template <size_t... INDEX>
    static Arguments gather(void *const *arguments, std::index_sequence<INDEX...>) {
        return Arguments(*(const Parameters *)arguments[INDEX]...);
    }

    static Arguments gather_all(void *const *arguments) { return gather(arguments, std::index_sequence_for<Parameters...>()); }

    static const char *run(const long long grid[3], void *const *arguments) {
        Arguments gathered = gather_all(arguments);
        return run_grid<THREADS>(grid, call, &gathered);
    }

    static int add(const char *name) {
        static const size_t sizes[] = {sizeof(Parameters)...};
        static const bool pointers[] = {std::is_pointer_v<Parameters>...};
        registry().push_back({name, THREADS, sizeof...(Parameters), sizes, pointers, run});
        return 0;
    }
};

}  // namespace cudasim

extern "C" __attribute__((visibility("default"), weak)) const cudasim::Kernel *cudasim_kernel(size_t index) {
    return index < cudasim::registry().size() ? &cudasim::registry()[index] : nullptr;
}

#define KERNEL(name, ...)                                                                          \
    static void name(__VA_ARGS__);                                                                 \
    [[maybe_unused]] static int registered_##name = cudasim::Runner<&name, BLOCK>::add(#name);     \
    static void name(__VA_ARGS__)

#endif
