// What a case is written with: arrays, launches, expectations. tests/kernels/FILE.cpp holds the cases of kernels/FILE.cu:
//
//   CASES(fill, ONCE) {
//       for (int n : run.sizes()) {
//           Array x = run.floats(n, "x");
//           Array y = run.empty(FLOAT, n, "y");
//           run.launch("narrow", n, x, y, (long64)n);
//           run.expect(y, [&](long i) { return x[i]; }, run.float_tolerance(1));
//       }
//   }
//
// Expectations are computed in double and share no code with the kernels. An array's values are those that the device has, so a value of
// `real` is rounded before the expectation sees it. `None` is the null buffer; int, long64 and float pass as what they are.
#ifndef KERNELS_HARNESS_H
#define KERNELS_HARNESS_H
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

typedef long long long64;
enum Type { FLOAT, REAL, INT, BYTE, SHORT };
enum Storage { FLOAT32, BFLOAT16 };
enum Times { ONCE, TWICE };  // whether the kernels have a bfloat16 form
struct Empty {};
constexpr Empty None;

struct Memory {
    virtual ~Memory() = default;
};

struct Argument {
    enum Kind { BUFFER, INTEGER, LONG, REAL } kind;
    Memory *memory;
    int integer;
    long64 large;
    float real;
};

// Runs kernels: host.cpp under a sanitizer, opencl.cpp on a driver.
class Device {
   public:
    virtual ~Device() = default;
    // Not a byte longer than asked for; without `from` of no content a kernel may count on.
    virtual std::unique_ptr<Memory> alloc(size_t bytes, const void *from) = 0;
    virtual void read(Memory &memory, void *to, size_t bytes) = 0;
    virtual void launch(const std::string &file, Storage storage, const std::string &kernel, long64 x, long64 y,
                        const std::vector<Argument> &arguments) = 0;
};
std::unique_ptr<Device> open_device(const std::string &folder);

class Array {
   public:
    double operator[](long64 i) const { return values.at((size_t)i); }
    Memory *memory() const { return device_memory.get(); }
    const std::string name;
    const Type type;
    std::vector<double> values;

   private:
    friend class Run;
    Array(std::string called, Type of, std::vector<double> v) : name(std::move(called)), type(of), values(std::move(v)) {}
    std::unique_ptr<Memory> device_memory;
};

class Run {
   public:
    Run(Device &on, std::string of, Storage as, bool few) : device(on), file(std::move(of)), storage(as), small(few) {}

    // 1, 7, 33, 257; not the last where every instruction is watched.
    std::vector<int> sizes() const { return small ? std::vector<int>{1, 7, 33} : std::vector<int>{1, 7, 33, 257}; }
    // The large one, or where every instruction is watched the small one.
    int size(int large, int small_one) const { return small ? small_one : large; }

    // Values between −scale and scale that depend on the name and the file only.
    Array floats(long64 n, const char *name, double scale = 1) { return make(FLOAT, random(n, name, scale), name); }
    Array reals(long64 n, const char *name, double scale = 1) { return make(REAL, random(n, name, scale), name); }
    // Whole numbers in [from, to).
    Array integers(long64 n, const char *name, int from, int to);
    Array make(Type type, std::vector<double> values, const char *name);
    Array empty(Type type, long64 n, const char *name);

    // One thread for each of n elements, in at most three blocks, so that grid-stride loops go round.
    template <class... Arguments>
    void launch(const char *kernel, long64 n, const Arguments &...arguments) {
        long64 blocks = (n + 255) / 256;
        launch_grid(kernel, blocks < 3 ? blocks : 3, 1, arguments...);
    }

    template <class... Arguments>
    void launch_grid(const char *kernel, long64 x, long64 y, const Arguments &...arguments) {
        device.launch(file, storage, kernel, x, y, {argument(arguments)...});
        last = kernel;
    }

    std::vector<double> read(const Array &array);

    // All of the array's elements, the difference small beside the expectation in norm; what is not finite never passes.
    void expect(const Array &array, const std::function<double(long64)> &value, double tolerance);
    // Every element exactly, not finite ones among them.
    void expect_exactly(const Array &array, const std::function<double(long64)> &value);
    [[noreturn]] void fail(const std::string &what) const;

    // docs: 4·⌈log2 K⌉·eps for sums of K products, twice that behind another product.
    static double float_tolerance(double depth);
    // What rounding to the storage type adds to it.
    double real_tolerance(double depth) const;
    double rounded(double value) const;  // as `real`
    Storage stored() const { return storage; }

   private:
    static Argument argument(const Array &array) { return {Argument::BUFFER, array.memory(), 0, 0, 0}; }
    static Argument argument(Empty) { return {Argument::BUFFER, nullptr, 0, 0, 0}; }
    static Argument argument(int value) { return {Argument::INTEGER, nullptr, value, 0, 0}; }
    static Argument argument(long64 value) { return {Argument::LONG, nullptr, 0, value, 0}; }
    static Argument argument(float value) { return {Argument::REAL, nullptr, 0, 0, value}; }

    std::vector<double> random(long64 n, const char *name, double scale) const;
    size_t bytes_of(Type type) const;

    Device &device;
    const std::string file;
    const Storage storage;
    const bool small;
    std::string last;
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
