// Cases of kernels/zoneout.cu.
#include "harness.h"
#include "random_words.h"

namespace {

struct Masks {
    bool drawn, cell;
    double p_h, p_c;
    long64 offset, seed;
    int stream, step;

    // How much an element of h, or else of c, keeps.
    double share(bool of_h, long64 i) const {
        double p = of_h ? p_h : p_c;
        if (!drawn) return (double)(float)p;
        return random_word(seed, stream + (of_h ? 1 : 0), step, offset + i) < p * 0x1p32 ? 1 : 0;
    }

    int threshold(bool of_h) const { return (int)(uint32_t)((of_h ? p_h : p_c) * 0x1p32); }
};

// With the states that the cells have made, which h and c may be.
void forward(Run &run, int n, const Masks &masks, bool in_place) {
    Array counters = run.make(INT, {(double)masks.step, 3, 2}, "counters");
    Array h_before = run.floats(n, "h_before"), h_made = run.floats(n, "h_made");
    Array c_before = run.floats(n, "c_before"), c_made = run.floats(n, "c_made");
    Array factor = run.empty(REAL, n, "h_factor"), h_apart = run.empty(FLOAT, n, "h"), c_apart = run.empty(FLOAT, n, "c");
    const Array &h = in_place ? h_made : h_apart, &c = in_place ? c_made : c_apart;
    auto launch = [&](const auto &clock, const auto &before, const auto &made, const auto &after) {
        run.launch("zoneout_forward", n / 4 + 2, h_before, h_made, h, factor, before, made, after, clock, (long64)n,
                masks.offset, masks.seed, masks.stream, masks.threshold(true), masks.threshold(false), (float)masks.p_h,
                (float)masks.p_c);
    };
    if (masks.drawn && masks.cell) launch(counters, c_before, c_made, c);
    if (masks.drawn && !masks.cell) launch(counters, None, None, None);
    if (!masks.drawn && masks.cell) launch(None, c_before, c_made, c);
    if (!masks.drawn && !masks.cell) launch(None, None, None, None);
    auto weighed = [&](bool of_h, const Array &before, const Array &made, long64 i) {
        double share = masks.share(of_h, i);
        return share * before[i] + (1 - share) * made[i];
    };
    run.expect(h, [&](long64 i) { return weighed(true, h_before, h_made, i); }, run.float_tolerance(1));
    run.expect(factor, [&](long64 i) { return weighed(true, h_before, h_made, i); }, run.real_tolerance(1));
    if (masks.cell) run.expect(c, [&](long64 i) { return weighed(false, c_before, c_made, i); }, run.float_tolerance(1));
}

// carried: what the cell carries belongs to h, or else to c where that is kept.
void backward(Run &run, int n, const Masks &masks, bool last, bool of_h) {
    Array counters = run.make(INT, {(double)masks.step, 3, 2}, "counters"), dy = run.floats(n, "dy");
    auto given = [&](const char *name) { return last ? run.empty(FLOAT, n, name) : run.floats(n, name); };
    Array d_recurrent = run.floats(n, "d_recurrent"), carried = run.floats(n, "carried");
    Array passed_h = given("passed_h"), passed_c = given("passed_c"), slopes = run.empty(FLOAT, n, "slopes");
    bool of_c = masks.cell && !of_h;
    auto launch = [&](const auto &recurrent, const auto &carried_h, const auto &carried_c, const auto &past_c) {
        auto with = [&](const auto &clock) {
            run.launch("zoneout_backward", n / 4 + 2, dy, recurrent, carried_h, passed_h, slopes, carried_c, past_c,
                    clock, (long64)n, masks.offset, masks.seed, masks.stream, masks.threshold(true),
                    masks.threshold(false), (float)masks.p_h, (float)masks.p_c);
        };
        if (masks.drawn) with(counters);
        else with(None);
    };
    if (last) {
        if (of_h) launch(None, carried, None, None);
        else if (of_c) launch(None, None, carried, passed_c);
        else launch(None, None, None, None);
    } else {
        if (of_h) launch(d_recurrent, carried, None, None);
        else if (of_c) launch(d_recurrent, None, carried, passed_c);
        else launch(d_recurrent, None, None, None);
    }
    auto sum_h = [&](long64 i) {
        return dy[i] + (last ? 0 : d_recurrent[i] + passed_h[i] + (of_h ? carried[i] : 0));
    };
    auto sum_c = [&](long64 i) { return last ? 0 : carried[i] + passed_c[i]; };
    run.expect(slopes, [&](long64 i) { return (1 - masks.share(true, i)) * sum_h(i); }, run.float_tolerance(4));
    run.expect(passed_h, [&](long64 i) { return masks.share(true, i) * sum_h(i); }, run.float_tolerance(4));
    if (!last) run.expect_exactly(d_recurrent, [](long64) { return 0; });
    if (!last && of_h) run.expect_exactly(carried, [](long64) { return 0; });
    if (!of_c) return;
    run.expect(passed_c, [&](long64 i) { return masks.share(false, i) * sum_c(i); }, run.float_tolerance(4));
    if (!last) run.expect(carried, [&](long64 i) { return (1 - masks.share(false, i)) * sum_c(i); }, run.float_tolerance(4));
}

}  // namespace

CASES(zoneout, TWICE) {
    for (int n : run.sizes()) {
        for (bool drawn : {true, false}) {
            for (bool cell : {true, false}) {
                Masks masks = {drawn, cell, 0.25, 0.5, n + 2, 0x123456789abcdef0, 7, 3};
                forward(run, n, masks, false);
                forward(run, n, masks, true);
                backward(run, n, masks, false, false);
                backward(run, n, masks, true, false);
            }
            Masks masks = {drawn, false, 0.25, 0, 5, 42, 0x200E0004, 9};
            backward(run, n, masks, false, true);
            backward(run, n, masks, true, true);
        }
    }
    forward(run, run.size(257 * 33, 300), {true, true, 0.05, 0.5, 0x500000003, -1, 2, 2147483647}, false);
    backward(run, run.size(257 * 33, 300), {true, true, 0.05, 0.5, 0x500000003, -1, 2, 2147483647}, false, false);
}
