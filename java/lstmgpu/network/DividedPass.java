package lstmgpu.network;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.parallel.Exchange;
import lstmgpu.parallel.Peers;

/**
 * What an {@link EvaluationPass} in one sequence measures, by several processes, to float32 rounding.
 *
 * <p>Each reads a stretch of the text. All but the first begin some tokens before it from a zero state, hence in a
 * state that is only nearly the one which the text leads to. Then each learns how the one before it has ended, and
 * reads again from there, until it has, but for {@link #ROUNDING}, the state that it had at the same place the time
 * before: what comes behind that is as it was. So they go on until none has to read again. Networks forget, and mostly
 * that is soon; of one that does not, each process reads its stretch again after the one before it, and all take as
 * long as one would, for the bits of one. What the steps come to is added up in their order.
 */
public final class DividedPass implements Evaluation {
    private static final EvaluationPass.LossSink NOBODY = (_, _, _, _) -> {};

    /** Of what a state is at least 1 or more: what summing up in another order changes in it. */
    private static final float ROUNDING = 1e-5f;

    /** Steps behind which states are kept; a network that has not forgotten by then is read to the end. */
    private static final int KEPT = 64;

    private final Backend backend;
    private final Peers peers;
    private final Resources resources;
    private final long predictions;
    private final int whole;
    private final int first;
    private final int end;
    private final int warmUp;

    /** All steps but a shorter last one; null where there are none, as the other. */
    private final EvaluationSection body;

    private final EvaluationSection tail;

    /** Of the steps of this stretch: what they came to, and the state behind each of the first ones. */
    private final double[] losses;

    private final long[] hits;
    private final RnnState[] states;

    private RnnState begunIn;
    private RnnState last;
    private int read;

    /**
     * Allocates everything it needs.
     *
     * @param steps tokens that are predicted in one go
     */
    public DividedPass(Network model, TokenCorpus corpus, int steps, Peers peers) {
        this.backend = model.backend();
        this.peers = peers;
        this.predictions = corpus.length() - 1;
        this.whole = Math.toIntExact(predictions / steps);
        int rest = (int) (predictions % steps);
        long all = whole + (rest == 0 ? 0L : 1L);
        this.first = (int) (all * peers.rank() / peers.size());
        this.end = (int) (all * (peers.rank() + 1) / peers.size());
        this.warmUp = Math.ceilDiv(EvaluationPass.WARM_UP, steps);
        this.losses = new double[end - first];
        this.hits = new long[end - first];
        this.states = new RnnState[Math.min(KEPT, end - first)];
        this.resources = new Resources(backend);
        EvaluationSection.Sequences one = new EvaluationSection.Sequences(1, predictions, 0);
        try {
            this.body = whole == 0 ? null : resources.keep(new EvaluationSection(model, corpus, one, steps, 0, whole));
            this.tail = rest == 0
                    ? null
                    : resources.keep(new EvaluationSection(model, corpus, one, rest, predictions - rest, 1));
        } catch (RuntimeException | Error failure) {
            resources.close();
            throw failure;
        }
    }

    @Override
    public EvaluationResult run() {
        long start = System.nanoTime();
        read = 0;
        last = read(Math.max(0, first - warmUp), null, false);
        while (true) {
            RnnState before = endBefore();
            boolean anew = before != null && !isNear(before, begunIn);
            if (!peers.agree(anew)) {
                break;
            }
            if (anew) {
                last = read(first, before, true);
            }
        }
        backend.synchronize();
        EvaluationSection.Totals totals = new EvaluationSection.Totals();
        counted().forEach(totals::add);
        return totals.result((System.nanoTime() - start) * 1e-9);
    }

    /** Steps that this process has read in the last run, those that it read again among them. */
    int read() {
        return read;
    }

    /** The state behind the stretch of the process before this one; null for the first one. */
    private RnnState endBefore() {
        float[] own = new float[last.hidden().length + last.cell().length];
        System.arraycopy(last.hidden(), 0, own, 0, last.hidden().length);
        System.arraycopy(last.cell(), 0, own, last.hidden().length, last.cell().length);
        float[][] all = peers.gather(own);
        if (peers.rank() == 0) {
            return null;
        }
        float[] hidden = new float[last.hidden().length];
        float[] cell = new float[last.cell().length];
        System.arraycopy(all[peers.rank() - 1], 0, hidden, 0, hidden.length);
        System.arraycopy(all[peers.rank() - 1], hidden.length, cell, 0, cell.length);
        return new RnnState(hidden, cell);
    }

    /**
     * @param from the first step; those before the stretch are not counted
     * @param initial the state before it; null means zero
     * @param again whether the stretch has been read before, and may be left where it is as it was
     * @return the state behind the stretch
     */
    private RnnState read(int from, RnnState initial, boolean again) {
        RnnState state = initial == null ? zero() : initial;
        for (int step = from; step < end; step++) {
            EvaluationSection section = step < whole ? body : tail;
            if (step == from || step == whole) {
                section.begin(state, step < whole ? step : 0);
            }
            if (step == first) {
                begunIn = state;
            }
            EvaluationSection.Totals found = section.next(NOBODY);
            state = section.state();
            read++;
            if (step >= first) {
                int place = step - first;
                losses[place] = found.loss();
                hits[place] = found.hits();
                if (place < states.length) {
                    if (again && isNear(state, states[place])) {
                        return last;
                    }
                    states[place] = state;
                }
            }
        }
        if (first == end) {
            begunIn = state;
        }
        return state;
    }

    private RnnState zero() {
        EvaluationSection any = body == null ? tail : body;
        any.begin(null, 0);
        return any.state();
    }

    private static boolean isNear(RnnState one, RnnState other) {
        return isNear(one.hidden(), other.hidden()) && isNear(one.cell(), other.cell());
    }

    private static boolean isNear(float[] one, float[] other) {
        for (int i = 0; i < one.length; i++) {
            boolean same = Float.compare(one[i], other[i]) == 0; // So are numbers that are none, and infinite ones.
            if (!same && !(Math.abs(one[i] - other[i]) <= ROUNDING * Math.max(1, Math.abs(other[i])))) {
                return false;
            }
        }
        return true;
    }

    /** What each step of the text came to, in their order. */
    private List<EvaluationSection.Totals> counted() {
        double[] own = new double[2 * losses.length];
        for (int i = 0; i < losses.length; i++) {
            own[2 * i] = losses[i];
            own[2 * i + 1] = hits[i];
        }
        List<EvaluationSection.Totals> all = new ArrayList<>();
        for (double[] stretch : Exchange.doubles(peers, own)) {
            for (int i = 0; i < stretch.length; i += 2) {
                all.add(EvaluationSection.Totals.of(stretch[i], (long) stretch[i + 1], 0));
            }
        }
        all.add(EvaluationSection.Totals.of(0, 0, predictions));
        return all;
    }

    @Override
    public void close() {
        resources.close();
    }
}
