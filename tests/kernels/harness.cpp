// Runs the cases of every kernel file, or of the files named:   FOLDER [--small] [--seed N] [FILE...]
#include "harness.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

namespace {

double of_bfloat16(uint16_t value) {
    uint32_t bits = (uint32_t)value << 16;
    float single;
    memcpy(&single, &bits, sizeof single);
    return single;
}

// Of the two neighbours the nearer one, of two equally near the even one.
uint16_t bfloat16_of(double value) {
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    uint16_t below = (uint16_t)(bits >> 16), above = (uint16_t)(below + 1);
    double to_below = std::fabs(single - of_bfloat16(below)), to_above = std::fabs(of_bfloat16(above) - single);
    return to_above < to_below || (to_above == to_below && above % 2 == 0) ? above : below;
}

template <class T>
void put(std::vector<char> &bytes, size_t i, T value) {
    memcpy(&bytes[i * sizeof(T)], &value, sizeof value);
}

template <class T>
T get(const std::vector<char> &bytes, size_t i) {
    T value;
    memcpy(&value, &bytes[i * sizeof(T)], sizeof value);
    return value;
}

std::mt19937_64 source(const std::string &file, const char *name, unsigned seed) {
    std::string text = file + name;
    std::vector<unsigned> start(text.begin(), text.end());
    start.push_back(seed);
    std::seed_seq sequence(start.begin(), start.end());
    return std::mt19937_64(sequence);
}

}  // namespace

Array::~Array() {
    if (!device_memory) return;
    if (!run.device.is_whole(*device_memory)) run.fail("memory beside " + name + " was written");
    if (unexpected) run.expect_unchanged(*this);
}

std::vector<std::pair<int, int>> Run::pairs() const {
    std::vector<std::pair<int, int>> all{{1, 1}, {7, 33}, {33, 7}};
    if (!small) all.insert(all.end(), {{1, 257}, {257, 7}, {33, 257}});
    return all;
}

double Run::rounded(double value) const { return storage == BFLOAT16 ? of_bfloat16(bfloat16_of(value)) : (float)value; }

std::vector<double> Run::random(long64 n, const char *name, double scale) const {
    std::mt19937_64 words = source(file, name, seed);
    std::vector<double> values((size_t)n);
    for (double &value : values) value = scale * ((double)(words() >> 11) / (double)(1ll << 52) - 1);
    return values;
}

Array Run::integers(long64 n, const char *name, int from, int to) {
    std::mt19937_64 words = source(file, name, seed);
    std::vector<double> values((size_t)n);
    for (double &value : values) value = from + (double)(words() % (uint64_t)(to - from));
    return make(INT, values, name);
}

Array Run::make(Type type, std::vector<double> values, const char *name) {
    std::vector<char> bytes(values.size() * bytes_of(type));
    for (size_t i = 0; i < values.size(); i++) {
        if (type == INT) {
            put(bytes, i, (uint32_t)(int64_t)values[i]);
            values[i] = get<int32_t>(bytes, i);
        } else if (is_bfloat16(type)) {
            put(bytes, i, bfloat16_of(values[i]));
            values[i] = of_bfloat16(get<uint16_t>(bytes, i));
        } else {
            put(bytes, i, (float)values[i]);
            values[i] = (float)values[i];
        }
    }
    Array array(*this, name, type, std::move(values), true);
    array.device_memory = device.alloc(bytes.size(), bytes.data());
    return array;
}

Array Run::shared(Type type, long64 n, const char *name) {
    Array array(*this, name, type, std::vector<double>((size_t)n), false);
    std::vector<char> zeros((size_t)n * bytes_of(type));
    array.device_memory = device.alloc(zeros.size(), device.fills() ? nullptr : zeros.data());
    return array;
}

Array Run::empty(Type type, long64 n, const char *name) {
    Array array(*this, name, type, std::vector<double>((size_t)n), false);
    array.device_memory = device.alloc((size_t)n * bytes_of(type), nullptr);
    return array;
}

std::vector<double> Run::read(const Array &array) {
    size_t n = array.values.size();
    std::vector<char> bytes(n * bytes_of(array.type));
    device.read(*array.memory(), bytes.data(), bytes.size());
    std::vector<double> values(n);
    for (size_t i = 0; i < n; i++) {
        if (array.type == INT) values[i] = get<int32_t>(bytes, i);
        else values[i] = is_bfloat16(array.type) ? of_bfloat16(get<uint16_t>(bytes, i)) : get<float>(bytes, i);
    }
    return values;
}

void Run::expect(const Array &array, const std::function<double(long64)> &value, double tolerance) {
    array.unexpected = false;
    std::vector<double> got = read(array);
    double error = 0, norm = 0, worst = 0, largest = 0;
    size_t at = 0;
    for (size_t i = 0; i < got.size(); i++) {
        double want = value((long64)i), difference = std::fabs(got[i] - want);
        if (want == UNTOUCHED && is_untouched(array, got[i])) continue;
        if (!std::isfinite(got[i]) || !std::isfinite(want)) return fail(different(array, i, got[i], want));
        error += difference * difference;
        norm += want * want;
        largest = std::max(largest, std::fabs(want));
        if (difference > worst) worst = difference, at = i;
    }
    if (std::sqrt(error) <= tolerance * std::sqrt(norm) && worst <= 4 * tolerance * largest) return;
    char text[200];
    snprintf(text, sizeof text, ", the worst; all are off by %.3g of their norm, %.3g is allowed", std::sqrt(error / norm), tolerance);
    fail(different(array, at, got[at], value((long64)at)) + text);
}

void Run::expect_exactly(const Array &array, const std::function<double(long64)> &value) {
    array.unexpected = false;
    std::vector<double> got = read(array);
    for (size_t i = 0; i < got.size(); i++) {
        double want = value((long64)i);
        bool is_same = want == UNTOUCHED ? is_untouched(array, got[i]) : got[i] == want || (std::isnan(got[i]) && std::isnan(want));
        if (!is_same) return fail(different(array, i, got[i], want));
    }
}

bool Run::is_untouched(const Array &array, double got) const {
    return !device.fills() || (array.type == INT ? got == -1 : std::isnan(got));
}

void Run::expect_unchanged(const Array &array) {
    last = "after the call";
    expect_exactly(array, [&](long64 i) { return array[i]; });
}

void Run::expect_all_called() {
    for (const std::string &kernel : device.kernels_of(file, storage)) {
        last = kernel;
        if (!called.count(kernel)) fail("no case calls this kernel");
    }
}

std::string Run::different(const Array &array, size_t i, double got, double want) const {
    char text[200];
    if (want == UNTOUCHED) snprintf(text, sizeof text, "[%zu] of %zu is written, with %.9g", i, array.values.size(), got);
    else snprintf(text, sizeof text, "[%zu] of %zu is %.9g, not %.9g", i, array.values.size(), got, want);
    return array.name + text;
}

void Run::fail(const std::string &what) {
    failed++;
    fprintf(stderr, "FAILED  kernels/%s.cu%s, %s: %s (seed %u)\n", file.c_str(), storage == BFLOAT16 ? " in bfloat16" : "", last.c_str(), what.c_str(),
            seed);
}

double Run::float_tolerance(double terms, bool gradient) {
    return 4 * (gradient ? 2 : 1) * std::max(1.0, std::ceil(std::log2(terms))) * std::numeric_limits<float>::epsilon();
}

double Run::real_tolerance(double terms, bool gradient) const { return storage == BFLOAT16 ? 1.6e-2 : float_tolerance(terms, gradient); }

namespace {

int run_case(Device &device, const Case &which, bool small, unsigned seed) {
    int failures = 0;
    bool twice = !device.kernels_of(which.file, BFLOAT16).empty();
    if (twice != (which.times == TWICE)) {
        fprintf(stderr, "FAILED  tests/kernels/%s.cpp must say %s\n", which.file, twice ? "TWICE" : "ONCE");
        failures++;
    }
    for (int storage = FLOAT32; storage <= (twice ? BFLOAT16 : FLOAT32); storage++) {
        Run run(device, which.file, (Storage)storage, small, seed);
        which.body(run);
        run.expect_all_called();
        failures += run.failures();
    }
    return failures;
}

}  // namespace

int main(int count, char **arguments) {
    bool small = false;
    unsigned seed = 1;
    std::vector<std::string> wanted;
    for (int i = 2; i < count; i++) {
        if (strcmp(arguments[i], "--small") == 0) small = true;
        else if (strcmp(arguments[i], "--seed") == 0 && i + 1 < count) seed = (unsigned)atoi(arguments[++i]);
        else wanted.push_back(arguments[i]);
    }
    if (count < 2) {
        fprintf(stderr, "%s FOLDER [--small] [--seed N] [FILE...]\n", arguments[0]);
        return 2;
    }
    std::unique_ptr<Device> device = open_device(arguments[1]);
    size_t ran = 0;
    int failures = 0;
    for (const Case &each : cases()) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), each.file) == wanted.end()) continue;
        failures += run_case(*device, each, small, seed);
        ran++;
    }
    if (ran < std::max<size_t>(wanted.size(), 1)) {
        fprintf(stderr, "FAILED  %zu files asked for, %zu have cases\n", wanted.size(), ran);
        failures++;
    }
    return failures > 0;
}
