// Runs the cases of every kernel, or of the files named:   FOLDER [--small] [FILE...]
#include "harness.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

namespace {

uint16_t bfloat16_of(double value) {
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    if (std::isnan(single)) return (uint16_t)(bits >> 16 | 64);
    uint32_t lower = bits & 0xffff, upper = bits >> 16;
    return (uint16_t)(upper + (lower > 0x8000 || (lower == 0x8000 && (upper & 1))));
}

double of_bfloat16(uint16_t value) {
    uint32_t bits = (uint32_t)value << 16;
    float single;
    memcpy(&single, &bits, sizeof single);
    return single;
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

}  // namespace

size_t Run::bytes_of(Type type) const {
    return type == BYTE ? 1 : type == SHORT || (type == REAL && storage == BFLOAT16) ? 2 : 4;
}

double Run::rounded(double value) const { return storage == BFLOAT16 ? of_bfloat16(bfloat16_of(value)) : (float)value; }

std::vector<double> Run::random(long64 n, const char *name, double scale) const {
    std::mt19937_64 source(std::hash<std::string>()(file + name));
    std::vector<double> values((size_t)n);
    for (double &value : values) value = scale * ((double)(source() >> 11) / (double)(1ll << 52) - 1);
    return values;
}

Array Run::integers(long64 n, const char *name, int from, int to) {
    std::mt19937_64 source(std::hash<std::string>()(file + name));
    std::vector<double> values((size_t)n);
    for (double &value : values) value = from + (double)(source() % (uint64_t)(to - from));
    return make(INT, values, name);
}

Array Run::make(Type type, std::vector<double> values, const char *name) {
    std::vector<char> bytes(values.size() * bytes_of(type));
    for (size_t i = 0; i < values.size(); i++) {
        double value = values[i];
        if (type == INT) {
            put(bytes, i, (int32_t)value);
        } else if (type == BYTE) {
            put(bytes, i, (uint8_t)value);
        } else if (type == SHORT) {
            put(bytes, i, (uint16_t)value);
        } else if (type == REAL && storage == BFLOAT16) {
            put(bytes, i, bfloat16_of(value));
            values[i] = rounded(value);
        } else {
            put(bytes, i, (float)value);
            values[i] = (float)value;
        }
    }
    Array array(name, type, std::move(values));
    array.device_memory = device.alloc(bytes.size(), bytes.data());
    return array;
}

Array Run::empty(Type type, long64 n, const char *name) {
    Array array(name, type, std::vector<double>((size_t)n));
    array.device_memory = device.alloc((size_t)n * bytes_of(type), nullptr);
    return array;
}

std::vector<double> Run::read(const Array &array) {
    size_t n = array.values.size();
    std::vector<char> bytes(n * bytes_of(array.type));
    device.read(*array.memory(), bytes.data(), bytes.size());
    std::vector<double> values(n);
    for (size_t i = 0; i < n; i++) {
        if (array.type == INT) {
            values[i] = get<int32_t>(bytes, i);
        } else if (array.type == BYTE) {
            values[i] = get<uint8_t>(bytes, i);
        } else if (array.type == SHORT) {
            values[i] = get<uint16_t>(bytes, i);
        } else {
            values[i] = array.type == REAL && storage == BFLOAT16 ? of_bfloat16(get<uint16_t>(bytes, i)) : get<float>(bytes, i);
        }
    }
    return values;
}

void Run::expect(const Array &array, const std::function<double(long64)> &value, double tolerance) {
    std::vector<double> got = read(array);
    double difference = 0, norm = 0;
    for (size_t i = 0; i < got.size(); i++) {
        double want = value((long64)i);
        if (!std::isfinite(got[i]) || !std::isfinite(want)) {
            fail(array.name + "[" + std::to_string(i) + "] is " + std::to_string(got[i]) + ", not " + std::to_string(want));
        }
        difference += (got[i] - want) * (got[i] - want);
        norm += want * want;
    }
    if (!(std::sqrt(difference) <= tolerance * std::sqrt(norm))) {
        char text[120];
        snprintf(text, sizeof text, " is off by %.3g of its norm; %.3g is allowed", std::sqrt(difference / norm), tolerance);
        fail(array.name + text);
    }
}

void Run::expect_exactly(const Array &array, const std::function<double(long64)> &value) {
    std::vector<double> got = read(array);
    for (size_t i = 0; i < got.size(); i++) {
        double want = value((long64)i);
        if (got[i] == want || (std::isnan(got[i]) && std::isnan(want))) continue;
        fail(array.name + "[" + std::to_string(i) + "] is " + std::to_string(got[i]) + ", not " + std::to_string(want));
    }
}

void Run::fail(const std::string &what) const {
    fprintf(stderr, "FAILED  kernels/%s.cu%s, %s: %s\n", file.c_str(), storage == BFLOAT16 ? " in bfloat16" : "", last.c_str(), what.c_str());
    exit(1);
}

double Run::float_tolerance(double depth) { return 8 * std::ceil(std::log2(std::max(2.0, depth))) * 1.1920929e-7; }

double Run::real_tolerance(double depth) const { return float_tolerance(depth) + (storage == BFLOAT16 ? 1.0 / 256 : 0); }

int main(int count, char **arguments) {
    bool small = false;
    std::vector<std::string> wanted;
    for (int i = 2; i < count; i++) {
        if (strcmp(arguments[i], "--small") == 0) small = true;
        else wanted.push_back(arguments[i]);
    }
    if (count < 2) {
        fprintf(stderr, "%s FOLDER [--small] [FILE...]\n", arguments[0]);
        return 2;
    }
    std::unique_ptr<Device> device = open_device(arguments[1]);
    int ran = 0;
    for (const Case &each : cases()) {
        bool chosen = wanted.empty();
        for (const std::string &name : wanted) chosen |= name == each.file;
        for (int storage = FLOAT32; chosen && storage <= (each.times == TWICE ? BFLOAT16 : FLOAT32); storage++, ran++) {
            Run run(*device, each.file, (Storage)storage, small);
            each.body(run);
        }
    }
    if (ran == 0) {
        fprintf(stderr, "no cases\n");
        return 1;
    }
    return 0;
}
