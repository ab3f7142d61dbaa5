// Cases of kernels/directions.cu.
#include "harness.h"

namespace {

// Sequences of all lengths there are, 0 and all steps among them; or null, for all steps.
struct Sequences {
    Run &run;
    int steps, count;
    bool bounded;
    Array lengths = run.integers(count, "lengths", 0, steps + 1);

    int end(long64 b) const { return bounded ? (int)lengths[b] : steps; }
    // The number in [T,B,width] of a column of the sequence's step that is as far from its end as t is from 0; −1 behind the end.
    long64 opposite(long64 t, long64 b, int width, long64 column) const {
        long64 from = end(b) - 1 - t;
        return from < 0 ? -1 : (from * count + b) * width + column;
    }
    template <class... Arguments>
    void launch(const char *kernel, const Arguments &...before) const {
        long64 x = count > 2 ? 2 : 1, y = steps > 2 ? 3 : 1;  // the loops go round
        run.launch_grid(kernel, x, y, before...);
    }
};

void check_reverse(const Sequences &s, int width) {
    Run &run = s.run;
    long64 n = (long64)s.steps * s.count * width;
    Array x = run.floats(n, "x"), y = run.empty(FLOAT, n, "y"), sum = run.floats(n, "sum");
    auto reversed = [&](long64 i) {
        long64 from = s.opposite(i / width / s.count, i / width % s.count, width, i % width);
        return from < 0 ? 0 : x[from];
    };
    auto launch = [&](const Array &to, int add) {
        if (s.bounded) s.launch("reverse", x, s.lengths, to, s.steps, s.count, width, add);
        else s.launch("reverse", x, None, to, s.steps, s.count, width, add);
    };
    launch(y, 0);
    run.expect_exactly(y, reversed);
    launch(sum, 1);
    run.expect_exactly(sum, [&](long64 i) { return (double)(float)(sum[i] + reversed(i)); });
}

void check_directions(const Sequences &s, int width) {
    Run &run = s.run;
    long64 n = (long64)s.steps * s.count * width;
    Array f = run.floats(n, "f"), r = run.floats(n, "r"), y = run.empty(FLOAT, 2 * n, "y");
    Array dy = run.floats(2 * n, "dy"), df = run.empty(FLOAT, n, "df"), dr = run.empty(FLOAT, n, "dr");
    if (s.bounded) {
        s.launch("join_directions", f, r, s.lengths, y, s.steps, s.count, width);
        s.launch("split_directions", dy, s.lengths, df, dr, s.steps, s.count, width);
    } else {
        s.launch("join_directions", f, r, None, y, s.steps, s.count, width);
        s.launch("split_directions", dy, None, df, dr, s.steps, s.count, width);
    }
    run.expect_exactly(y, [&](long64 i) {
        long64 row = i / (2 * width), t = row / s.count, b = row % s.count, column = i % (2 * width);
        if (t >= s.end(b)) return 0.0;
        return column < width ? f[row * width + column] : r[s.opposite(t, b, width, column - width)];
    });
    run.expect_exactly(df, [&](long64 i) {
        long64 row = i / width;
        return row / s.count < s.end(row % s.count) ? dy[row * 2 * width + i % width] : 0;
    });
    run.expect_exactly(dr, [&](long64 i) {
        long64 from = s.opposite(i / width / s.count, i / width % s.count, 2 * width, width + i % width);
        return from < 0 ? 0 : dy[from];
    });
}

}  // namespace

CASES(directions, ONCE) {
    for (bool bounded : {true, false}) {
        for (auto [steps, width] : {std::pair{1, 1}, {7, 33}, {5, 7}, {3, run.size(257, 40)}, {4, run.size(128, 5)}}) {
            for (int sequences : {1, 7}) {
                Sequences s{run, steps, sequences, bounded};
                check_reverse(s, width);
                check_directions(s, width);
            }
        }
    }
}
