// Cases of kernels/token_gradient.cu: each kernel by itself, with what the ones before it should have left.
#include <algorithm>
#include <numeric>

#include "harness.h"

namespace {

const int DIGITS = 256, CHUNK = 256, PIECE = 32;

struct Sort {
    Run &run;
    int count, vocabulary;
    bool skewed;  // half the text is one token
    Array tokens = run.make(INT, drawn(), "tokens");
    long64 chunks = (count + CHUNK - 1) / CHUNK, totals_at = DIGITS * chunks, order_at = totals_at + DIGITS;
    // Digits from the vocabulary on have nothing to scan, and their blocks cost much where a block is 256 threads.
    int scanned = std::min(vocabulary, DIGITS);
    Array work = scanned < DIGITS ? run.make(INT, std::vector<double>(length()), "work") : run.empty(INT, (long64)length(), "work");
    long64 written = 0;
    std::vector<int> order = ascending();  // the positions as sorted so far

    size_t length() const { return (size_t)(order_at + 2ll * count); }
    std::vector<double> drawn() const {
        std::vector<double> all = run.integers(count, "tokens", 0, vocabulary).values;
        for (int i = 0; skewed && i < count; i++) all[(size_t)i] = i % 2 ? all[(size_t)i] : vocabulary / 2;
        return all;
    }
    std::vector<int> ascending() const {
        std::vector<int> all((size_t)count);
        std::iota(all.begin(), all.end(), 0);
        return all;
    }
    int token(int position) const { return (int)tokens[position]; }
    int digit(long64 i, int shift) const { return token(order[(size_t)i]) >> shift & 255; }

    void pass(int from, int to, int shift) {
        std::vector<double> want = run.read(work);
        std::vector<double> counts((size_t)totals_at, 0);
        for (int i = 0; i < count; i++) counts[(size_t)(digit(i, shift) * chunks + i / CHUNK)]++;
        run.launch_grid("token_count", chunks, 1, tokens, count, work, from, shift);
        std::copy(counts.begin(), counts.end(), want.begin());
        expect(want, totals_at);
        for (int d = 0; d < DIGITS; d++) {
            auto first = counts.begin() + d * chunks;
            want[(size_t)(totals_at + d)] = std::accumulate(first, first + chunks, 0.0);
            std::exclusive_scan(first, first + chunks, want.begin() + d * chunks, 0.0);
        }
        run.launch_grid("token_scan", scanned, 1, count, work);
        expect(want, order_at);
        run.launch_grid("token_place", chunks, 1, tokens, count, work, from, to, shift);
        auto smaller = [&](int a, int b) { return (token(a) >> shift & 255) < (token(b) >> shift & 255); };
        std::stable_sort(order.begin(), order.end(), smaller);
        std::copy(order.begin(), order.end(), want.begin() + order_at + (long64)to * count);
        expect(want, order_at + (from < 0 ? 1ll : 2ll) * count);
    }

    void expect(const std::vector<double> &want, long64 end) {
        written = std::max(written, end);
        run.expect_exactly(work, [&](long64 i) { return i < written ? want[(size_t)i] : scanned < DIGITS ? 0 : UNTOUCHED; });
    }
};

// The sums of the sorted rows.
void add_rows(Sort &sort, int place, int width) {
    Run &run = sort.run;
    int pieces = (sort.count + PIECE - 1) / PIECE, across = std::min(width, 256), together = 256 / across;
    long64 x = (pieces + together - 1) / together, y = (width + across - 1) / across, partials = 2ll * pieces * width;
    Array rows = run.reals((long64)sort.count * width, "rows"), target = run.floats((long64)sort.vocabulary * width, "target");
    Array partial = run.empty(FLOAT, partials, "partial");
    std::vector<double> within = target.values, all = target.values, parts((size_t)partials, UNTOUCHED);
    auto add = [&](std::vector<double> &to, long64 row, int i) {
        for (int column = 0; column < width; column++) {
            double &sum = to[(size_t)(row * width + column)];
            sum = (sum == UNTOUCHED ? 0 : sum) + rows[(long64)sort.order[(size_t)i] * width + column];
        }
    };
    auto token = [&](int i) { return sort.token(sort.order[(size_t)i]); };
    for (int first = 0, end; first < sort.count; first = end) {
        for (end = first + 1; end < sort.count && token(end) == token(first);) end++;
        int begins = first / PIECE, ends = (end - 1) / PIECE;
        for (int i = first; i < end; i++) {
            add(all, token(first), i);
            if (begins == ends) add(within, token(first), i);
            else add(parts, 2 * (i / PIECE) + (i / PIECE == begins), i);
        }
    }
    double tolerance = run.float_tolerance(sort.count);
    run.launch_grid("token_sum", x, y, rows, sort.tokens, sort.count, sort.work, place, width, partial, target);
    run.expect(target, [&](long64 i) { return within[(size_t)i]; }, tolerance);
    run.expect(partial, [&](long64 i) { return parts[(size_t)i]; }, tolerance);
    run.launch_grid("token_combine", x, y, sort.tokens, sort.count, sort.work, place, width, partial, target);
    run.expect(target, [&](long64 i) { return all[(size_t)i]; }, tolerance);
}

void check(Run &run, int count, int vocabulary, int width, bool skewed) {
    Sort sort = {run, count, vocabulary, skewed};
    int from = -1, to = 0;
    for (int shift = 0; shift == 0 || (vocabulary - 1) >> shift > 0; shift += 8, from = to, to = 1 - to) sort.pass(from, to, shift);
    add_rows(sort, from, width);
}

}  // namespace

CASES(token_gradient, TWICE) {
    for (auto [count, width] : run.pairs()) check(run, count, 7, width, false);
    check(run, 100, 33, 5, true);
    if (run.is_small()) return;
    check(run, 300, 257, 7, true);  // digits of two places
    check(run, 300, 3, 257, true);  // wider than a block
}
