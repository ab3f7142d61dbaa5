package lstmgpu.train;

/**
 * The learning rate of every step.
 *
 * <p>The learning rate lr is halved whenever the run had to go back to an earlier state because its loss diverged.
 * With s the step from 0, w the warm-up steps, e the steps between decays, d the decay and S the steps of the
 * whole run, the rate is lr · min(1, (s+1)/w) · f(max(0, s−w)), where f(n) is
 *
 * <ul>
 *   <li>constant: 1
 *   <li>step: d^⌊n/e⌋
 *   <li>exponential: d^(n/e)
 *   <li>cosine: ½·(1 + cos(π·n/(S−w))) (Loshchilov and Hutter 2017); where S is not known, but the time the run is to
 *       take, ½·(1 + cos(π·p)) with p the share of that time that will have passed
 *   <li>plateau: d^k, where k goes up by one whenever e evaluations in a row brought no better loss
 * </ul>
 */
public final class Schedule {
    /** The names {@code --schedule} takes, in lower case. */
    public enum Kind {
        CONSTANT,
        STEP,
        EXPONENTIAL,
        COSINE,
        PLATEAU
    }

    private final Kind kind;
    private final double learningRate;
    private final double decay;
    private final int warmupSteps;
    private final int decayEvery;
    private final int totalSteps;
    private TimeShare time = new TimeShare(0, 0, 0);
    private int decays;
    private int waiting;
    private int halvings;

    /**
     * How much of a run's time has passed.
     *
     * @param passed the share of it before {@code step} begins
     * @param perStep the share that a step takes, as far as is known
     */
    public record TimeShare(int step, double passed, double perStep) {
        double at(int later) {
            return passed + (later - step) * perStep;
        }
    }

    /**
     * @param totalSteps S, or {@link TrainingSettings#UNLIMITED}
     * @param timed whether the time that the run is to take is known; cosine needs this or S
     */
    public Schedule(RateSettings rate, float learningRate, int stepsPerEpoch, int totalSteps, boolean timed) {
        this.kind = rate.schedule();
        this.learningRate = learningRate;
        this.decay = rate.decay();
        this.warmupSteps = rate.warmupSteps();
        int period = kind == Kind.PLATEAU ? 1 : stepsPerEpoch;
        this.decayEvery = rate.decayEvery() == 0 ? period : rate.decayEvery();
        this.totalSteps = totalSteps;
        if (kind == Kind.COSINE && totalSteps == TrainingSettings.UNLIMITED && !timed) {
            throw lstmgpu.LstmGpuException.usage(
                    "--schedule cosine needs an end: give --epochs, --max-steps or --max-time");
        }
    }

    /** Takes note of how much of the run's time has passed; the rates of the steps from there on follow it. */
    void passed(TimeShare share) {
        time = share;
    }

    /** The rate of step {@code step}, as far as is known now. */
    public float rate(int step) {
        double warmup = step < warmupSteps ? (step + 1.0) / warmupSteps : 1;
        double after = Math.max(0, step - warmupSteps);
        double factor =
                switch (kind) {
                    case CONSTANT -> 1;
                    case STEP -> Math.pow(decay, Math.floor(after / decayEvery));
                    case EXPONENTIAL -> Math.pow(decay, after / decayEvery);
                    case COSINE ->
                        cosine(
                                totalSteps == TrainingSettings.UNLIMITED
                                        ? time.at(step)
                                        : after / Math.max(1, totalSteps - warmupSteps));
                    case PLATEAU -> Math.pow(decay, decays);
                };
        return (float) (Math.scalb(learningRate, -halvings) * warmup * factor);
    }

    /** @param share of the way down */
    private static double cosine(double share) {
        return 0.5 * (1 + Math.cos(Math.PI * Math.clamp(share, 0, 1)));
    }

    /**
     * Takes note of an evaluation.
     *
     * @return whether the rates of the coming steps have changed
     */
    public boolean evaluated(boolean better) {
        waiting = better ? 0 : waiting + 1;
        if (kind != Kind.PLATEAU || waiting < decayEvery) {
            return false;
        }
        waiting = 0;
        decays++;
        return true;
    }

    /** From now on all rates are those of lr · 2^−halvings. */
    public void halve(int times) {
        halvings = times;
    }

    /** How often the rate was halved. */
    public int halvings() {
        return halvings;
    }

    /**
     * What an exact resume needs: decays so far, evaluations since the last better one, and how often lr was halved.
     */
    public record State(int decays, int waiting, int halvings) {}

    public State state() {
        return new State(decays, waiting, halvings);
    }

    public void restore(State state) {
        decays = state.decays();
        waiting = state.waiting();
        halvings = state.halvings();
    }
}
