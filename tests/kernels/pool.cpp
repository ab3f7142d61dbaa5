// Cases of kernels/pool.cu.
#include <cmath>

#include "harness.h"

namespace {

enum Pooling { LAST, MEAN, MAX };

struct Steps {
    Run &run;
    const Array &y;
    const Array *lengths;  // null for all steps
    int steps, sequences, width;

    double at(long64 t, long64 i) const { return y[t * sequences * width + i]; }
    int end(long64 i) const { return lengths ? (int)(*lengths)[i / width] : steps; }

    // Where the largest value of a unit stands first, or the first NaN.
    int largest(long64 i) const {
        int place = 0;
        for (int t = 0; t < end(i); t++) {
            if (std::isnan(at(t, i))) return t;
            if (at(t, i) > at(place, i)) place = t;
        }
        return place;
    }

    double pooled(int pooling, long64 i) const {
        if (pooling == LAST) return at(end(i) - 1, i);
        if (pooling == MAX) return at(largest(i), i);
        double sum = 0;
        for (int t = 0; t < end(i); t++) sum += at(t, i);
        return sum / end(i);
    }

    // What of the vector's gradient goes to step t.
    double part(int pooling, int t, long64 i) const {
        if (pooling == MEAN) return t < end(i) ? 1.0 / end(i) : 0;
        return t == (pooling == LAST ? end(i) - 1 : largest(i));
    }

    void check(int pooling, long64 blocks) const {
        long64 n = (long64)sequences * width;
        Array out = run.empty(FLOAT, n, "out"), dout = run.floats(n, "dout"), dy = run.empty(FLOAT, steps * n, "dy");
        long64 down = pooling == MAX ? 1 : steps > 2 ? 3 : 1;
        auto launch = [&](const auto &ends, const auto &read) {
            run.launch_grid("pool", blocks, 1, y, ends, out, steps, sequences, width, pooling);
            run.launch_grid("pool_grad", blocks, down, dout, read, ends, dy, steps, sequences, width, pooling);
        };
        if (lengths && pooling == MAX) launch(*lengths, y);
        else if (lengths) launch(*lengths, None);
        else if (pooling == MAX) launch(None, y);
        else launch(None, None);
        auto value = [&](long64 i) { return pooled(pooling, i); };
        auto slope = [&](long64 i) {
            double share = part(pooling, (int)(i / n), i % n);
            return share == 0 ? 0 : share * dout[i % n];
        };
        if (pooling == MEAN) {
            run.expect(out, value, run.float_tolerance(steps));
            run.expect(dy, slope, run.float_tolerance(1, true));
        } else {
            run.expect_exactly(out, value);
            run.expect_exactly(dy, slope);
        }
    }
};

void check(Run &run, int steps, int sequences, int width) {
    long64 n = (long64)steps * sequences * width;
    Array y = run.floats(n, "y"), lengths = run.integers(sequences, "lengths", 1, steps + 1);
    Array levels = run.integers(n, "levels", 0, 3);  // equal ones among them
    Array equal = run.make(FLOAT, levels.values, "equal");
    for (int pooling : {LAST, MEAN, MAX}) {
        for (const Array *ends : {(const Array *)nullptr, (const Array *)&lengths}) {
            Steps{run, y, ends, steps, sequences, width}.check(pooling, 1);
            if (pooling == MAX) Steps{run, equal, ends, steps, sequences, width}.check(pooling, 2);
        }
    }
}

}  // namespace

CASES(pool, ONCE) {
    check(run, 1, 1, 1);
    check(run, 7, 3, run.size(257, 9));
    check(run, 9, 7, 33);
    check(run, run.size(257, 33), 2, 7);

    // What is no number shows; so does infinity, and where all are the lowest the first is taken.
    const double nan = std::nan(""), infinite = HUGE_VAL;
    Array y = run.make(FLOAT,
                       {1, nan, -infinite, 5, 2,    //
                        nan, 3, -infinite, 6, -1,   //
                        nan, nan, -infinite, 6, infinite,  //
                        4, 7, 0, nan, 0},
                       "no numbers");
    Array lengths = run.make(INT, {3, 3, 3, 3, 3}, "lengths");
    Steps steps{run, y, &lengths, 4, 5, 1};
    steps.check(MAX, 1);
    steps.check(LAST, 1);
}
