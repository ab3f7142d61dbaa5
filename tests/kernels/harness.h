// What a case is written with: arrays, launches, expectations. tests/kernels/FILE.cpp holds the cases of
// kernels/FILE.cu:
//
//   CASES(convert, TWICE) {                       ONCE for a file that does not mention `real`
//       for (int n : run.sizes()) {
//           Array x = run.reals(n, "x");
//           Array y = run.empty(FLOAT, n, "y");
//           run.launch("widen", n, x, y, (long64)n);
//           run.expect(y, [&](long64 i) { return x[i]; }, run.float_tolerance(1));
//       }
//   }
//
// Expectations are computed in double and share no code with the kernels. An array's values are those that the device
// has, so a value of `real` is rounded before the expectation sees it. `None` is the null buffer; int, long64 and float
// pass as what they are. Memory beside an array is guarded, an array of which nothing was expected must be what it was,
// and every kernel of a file must be called.
#ifndef KERNELS_HARNESS_H
#define KERNELS_HARNESS_H
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

typedef long long long64;
enum Type { FLOAT, REAL, INT, BFLOAT };  // BFLOAT: bfloat16 in every form of a kernel
enum Storage { FLOAT32, BFLOAT16 };
enum Times { ONCE, TWICE };  // whether the kernels have a bfloat16 form
struct Empty {};
constexpr Empty None;
// In an expectation of an empty array: the kernel does not write this element.
constexpr double UNTOUCHED = -0x1p1000;

struct Memory {
    virtual ~Memory() = default;
};

struct Argument {
    enum Kind { BUFFER, INTEGER, LONG, REAL } kind;
    Memory *memory;
    size_t element;  // bytes of an element of the memory
    int integer;
    long64 large;
    float real;
};

// Runs kernels: host.cpp under a sanitizer, opencl.cpp on a driver. What a device cannot do ends the program with a
// line that says why.
class Device {
   public:
    virtual ~Device() = default;
    // For the kernel not a byte longer than asked for; without `from` all ones, or of no content at all.
    virtual std::unique_ptr<Memory> alloc(size_t bytes, const void *from) = 0;
    virtual void read(Memory &memory, void *to, size_t bytes) = 0;
    // Whether the bytes around the memory are what they were.
    virtual bool is_whole(Memory &memory) = 0;
    virtual void launch(const std::string &file, Storage storage, const std::string &kernel, long64 x, long64 y,
                        const std::vector<Argument> &arguments) = 0;
    // The kernels of a file; none where it has no form for this storage.
    virtual std::vector<std::string> kernels_of(const std::string &file, Storage storage) = 0;
    // Whether memory without content is all ones.
    virtual bool fills() const = 0;
};
std::unique_ptr<Device> open_device(const std::string &folder);
class Run;

class Array {
   public:
    Array(Array &&) = default;
    ~Array();
    double operator[](long64 i) const { return values.at((size_t)i); }
    Memory *memory() const { return device_memory.get(); }
    const std::string name;
    const Type type;
    const std::vector<double> values;

   private:
    friend class Run;
    Array(Run &by, std::string called, Type of, std::vector<double> v, bool has_content)
        : name(std::move(called)), type(of), values(std::move(v)), run(by), unexpected(has_content) {}
    Run &run;
    mutable bool unexpected;  // content that nothing is expected to change
    std::unique_ptr<Memory> device_memory;
};

// The cases of one file in one storage.
class Run {
   public:
    Run(Device &on, std::string of, Storage as, bool few, unsigned start) : device(on), file(std::move(of)), storage(as), small(few), seed(start) {}

    // 1, 7, 33, 257; not the last where every instruction is watched.
    std::vector<int> sizes() const { return small ? std::vector<int>{1, 7, 33} : std::vector<int>{1, 7, 33, 257}; }
    // Some pairs of them, the longer one first, second, or both.
    std::vector<std::pair<int, int>> pairs() const;
    bool is_small() const { return small; }
    // The large one, or where every instruction is watched the small one.
    int size(int large, int small_one) const { return small ? small_one : large; }

    // Values between −scale and scale that depend on the name, the file and the seed only.
    Array floats(long64 n, const char *name, double scale = 1) { return make(FLOAT, random(n, name, scale), name); }
    Array reals(long64 n, const char *name, double scale = 1) { return make(REAL, random(n, name, scale), name); }
    // Whole numbers in [from, to).
    Array integers(long64 n, const char *name, int from, int to);
    Array make(Type type, std::vector<double> values, const char *name);
    Array empty(Type type, long64 n, const char *name);
    // As empty, where threads read what other threads of the kernel wrote, which Oclgrind 21.10 takes for
    // uninitialised; there it has content.
    Array shared(Type type, long64 n, const char *name);

    // One thread for each of n elements, in at most three blocks, so that grid-stride loops go round.
    template <class... Arguments>
    void launch(const char *kernel, long64 n, const Arguments &...arguments) {
        long64 blocks = (n + 255) / 256;
        launch_grid(kernel, blocks < 3 ? blocks : 3, 1, arguments...);
    }

    template <class... Arguments>
    void launch_grid(const char *kernel, long64 x, long64 y, const Arguments &...arguments) {
        last = kernel;
        called.insert(kernel);
        device.launch(file, storage, kernel, x, y, {argument(arguments)...});
    }

    std::vector<double> read(const Array &array);

    // All of the array's elements, the difference small beside the expectation in norm, and for no element large beside
    // the largest of them; what is not finite never passes.
    void expect(const Array &array, const std::function<double(long64)> &value, double tolerance);
    // Every element exactly, not finite ones among them.
    void expect_exactly(const Array &array, const std::function<double(long64)> &value);
    // Says it, counts it, and goes on.
    void fail(const std::string &what);
    void expect_all_called();
    int failures() const { return failed; }

    // 4·⌈log2 K⌉·eps for sums of K terms, twice that for a gradient.
    static double float_tolerance(double terms, bool gradient = false);
    // The same for `real`: in bfloat16 1.6e-2.
    double real_tolerance(double terms, bool gradient = false) const;
    double rounded(double value) const;  // as `real`
    Storage stored() const { return storage; }

   private:
    Argument argument(const Array &array) const { return {Argument::BUFFER, array.memory(), bytes_of(array.type), 0, 0, 0}; }
    static Argument argument(Empty) { return {Argument::BUFFER, nullptr, 0, 0, 0, 0}; }
    static Argument argument(int value) { return {Argument::INTEGER, nullptr, 0, value, 0, 0}; }
    static Argument argument(long64 value) { return {Argument::LONG, nullptr, 0, 0, value, 0}; }
    static Argument argument(float value) { return {Argument::REAL, nullptr, 0, 0, 0, value}; }

    friend class Array;
    std::vector<double> random(long64 n, const char *name, double scale) const;
    bool is_bfloat16(Type type) const { return type == BFLOAT || (type == REAL && storage == BFLOAT16); }
    size_t bytes_of(Type type) const { return is_bfloat16(type) ? 2 : 4; }
    bool is_untouched(const Array &array, double got) const;
    void expect_unchanged(const Array &array);
    std::string different(const Array &array, size_t i, double got, double want) const;

    Device &device;
    const std::string file;
    const Storage storage;
    const bool small;
    const unsigned seed;
    std::string last;
    std::set<std::string> called;
    int failed = 0;
};

struct Case {
    const char *file;
    Times times;
    void (*body)(Run &);
};
inline std::vector<Case> &cases() {
    static std::vector<Case> all;
    return all;
}

#define CASES(file, times)                                                           \
    static void cases_of_##file(Run &run);                                           \
    static const int added_##file = (cases().push_back({#file, times, cases_of_##file}), 0); \
    static void cases_of_##file([[maybe_unused]] Run &run)

#endif
