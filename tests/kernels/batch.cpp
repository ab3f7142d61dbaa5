// Cases of kernels/batch.cu.
#include "harness.h"

namespace {

// Tokens of a text, packed into 32-bit words.
struct Text {
    std::vector<double> tokens, words;
};

Text text_of(int length, int bytes) {
    Text text;
    int each = 4 / bytes;
    std::vector<uint64_t> words((size_t)(length + each - 1) / each);
    for (int i = 0; i < length; i++) {
        uint64_t token = bytes == 1 ? (uint64_t)(i * 37 + 200) % 256 : bytes == 2 ? (uint64_t)(i * 7919 + 40000) % 65536 : (uint64_t)i * 65537;
        text.tokens.push_back((double)token);
        words[(size_t)(i / each)] |= token << (8 * bytes * (i % each));
    }
    text.words.assign(words.begin(), words.end());
    return text;
}

// SplitMix64's finaliser and the Feistel network as Shuffle.java documents them, each half a number of its own.
uint64_t mixed(uint64_t z) {
    z ^= z >> 30, z *= 0xBF58476D1CE4E5B9u;
    z ^= z >> 27, z *= 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

uint64_t shuffled(uint64_t index, uint64_t size, uint64_t seed, uint64_t epoch) {
    uint64_t side = 2;  // of a square with room for all
    while (side * side < size) side *= 2;
    do {
        uint64_t left = index / side, right = index % side;
        for (uint64_t round = 0; round < 4; round++) {
            uint64_t next = left ^ mixed(right + mixed(seed + mixed(8 * epoch + round))) % side;
            left = right;
            right = next;
        }
        index = left * side + right;
    } while (index >= size);
    return index;
}

// The sequences from `first` on of a batch of `all`, at places of their own or not.
void check_share(Run &run, int bytes, int steps, int sequences, int first, int all, int windows, bool placed = false) {
    const long64 origin = 3, sequence_stride = 5, step_stride = 2, seed = 0x123456789abcdef;
    const int epoch_step = 4, epoch = 2, place = placed ? 11 : (int)(epoch_step * step_stride);
    Array places = run.make(INT, {0, 1, 2, 5, (double)place, 13}, "places");
    long64 last = origin + sequence_stride * std::max(all, windows) + place + steps;
    Text text = text_of((int)last + 2, bytes);
    Array words = run.make(INT, text.words, "text"), counters = run.make(INT, {9, epoch_step, epoch}, "counters");
    Array inputs = run.empty(INT, (long64)steps * sequences, "inputs"), targets = run.empty(INT, (long64)steps * sequences, "targets");
    auto token = [&](long64 i, int ahead) {
        long64 sequence = first + i % sequences, start = origin + sequence * sequence_stride + place;
        uint64_t number = (uint64_t)(epoch_step * all + sequence);
        if (windows > 0) start = origin + sequence_stride * (long64)shuffled(number, (uint64_t)windows, (uint64_t)seed, epoch);
        return text.tokens[(size_t)(start + i / sequences + ahead)];
    };
    auto launch = [&](const auto &at) {
        run.launch_grid("gather_batch", sequences, 1, words, bytes, counters, at, inputs, targets, steps, first, all, origin, sequence_stride,
                        step_stride, (long64)windows, seed);
    };
    if (placed) {
        launch(places);
    } else {
        launch(None);
    }
    run.expect_exactly(inputs, [&](long64 i) { return token(i, 0); });
    run.expect_exactly(targets, [&](long64 i) { return token(i, 1); });
}

void check(Run &run, int bytes, int steps, int sequences, int windows) { check_share(run, bytes, steps, sequences, 0, sequences, windows); }

}  // namespace

CASES(batch, ONCE) {
    for (auto [steps, sequences] : run.pairs()) check(run, 1, steps, sequences, 0);
    for (int bytes : {1, 2, 4}) {
        check(run, bytes, run.size(257, 33), 3, 0);
        check(run, bytes, 7, 7, 5 * 7);
    }
    check(run, 2, 7, 1, 5);
    for (int windows : {0, 5 * 8}) {
        check_share(run, 1, 7, 3, 5, 8, windows);
        check_share(run, 4, 33, 1, 7, 8, windows);
        check_share(run, 2, 7, 7, 0, 8, windows);
        check_share(run, 1, 7, 3, 5, 8, windows, windows == 0);
    }

    Array counters = run.make(INT, {7, 3, 1}, "counters");
    run.launch_grid("advance", 1, 1, counters, 5);
    run.expect_exactly(counters, [](long64 i) { return i == 0 ? 8 : i == 1 ? 4 : 1; });
    run.launch_grid("advance", 1, 1, counters, 5);
    run.expect_exactly(counters, [](long64 i) { return i == 0 ? 9 : i == 1 ? 0 : 2; });
}
