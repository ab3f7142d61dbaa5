package lstmgpu.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Objects;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Regularisation;

/**
 * Everything the flags of {@code train} say, apart from the model's sizes and the data. Every group checks its ranges.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record TrainingSettings(
        OptimiserSettings optimisation,
        RateSettings rate,
        Averaging averaging,
        Regularisation regularisation,
        Loop loop,
        Validation validation,
        Saving saving,
        Samples samples,
        Run run) {
    /** Stands for "no limit" in {@link Loop}. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** Groups that the build of a run did not have yet are null in its record, and are as they were without them. */
    public TrainingSettings {
        averaging = Objects.requireNonNullElseGet(averaging, Averaging::defaults);
        regularisation = Objects.requireNonNullElse(regularisation, Regularisation.NONE);
    }

    /** The same with another batch size. */
    TrainingSettings withBatchSize(int sequences) {
        return with(new Loop(
                sequences,
                loop.seqLength(),
                loop.stepSize(),
                loop.resetState(),
                loop.varyLength(),
                loop.epochs(),
                loop.maxSteps(),
                loop.maxSeconds()));
    }

    /** The same with another number of passes over the data. */
    public TrainingSettings withEpochs(int epochs) {
        return with(new Loop(
                loop.batchSize(),
                loop.seqLength(),
                loop.stepSize(),
                loop.resetState(),
                loop.varyLength(),
                epochs,
                loop.maxSteps(),
                loop.maxSeconds()));
    }

    /** The same that reads its data as another loop does, and is as long as before. */
    public TrainingSettings readingAs(Loop other) {
        return with(new Loop(
                other.batchSize(),
                other.seqLength(),
                other.stepSize(),
                other.resetState(),
                other.varyLength(),
                loop.epochs(),
                loop.maxSteps(),
                loop.maxSeconds()));
    }

    /** The same with so many steps between two evaluations, samples and checkpoints where an epoch would be. */
    public TrainingSettings withPauses(int evaluations, int checkpoints) {
        return new TrainingSettings(
                optimisation,
                rate,
                averaging,
                regularisation,
                loop,
                new Validation(
                        validation.every() == 0 ? evaluations : validation.every(),
                        validation.patience(),
                        validation.minDelta()),
                new Saving(saving.every() == 0 ? checkpoints : saving.every(), saving.keep(), saving.events()),
                new Samples(samples.every() == 0 ? evaluations : samples.every(), samples.prompt(), samples.length()),
                run);
    }

    /** The same run, going on from its newest checkpoint. */
    public TrainingSettings resumed() {
        Run going = new Run(run.seed, run.initialisation, run.precision, run.rnn, null, true, run.arguments);
        return new TrainingSettings(
                optimisation, rate, averaging, regularisation, loop, validation, saving, samples, going);
    }

    private TrainingSettings with(Loop other) {
        return new TrainingSettings(
                optimisation, rate, averaging, regularisation, other, validation, saving, samples, run);
    }

    public static TrainingSettings defaults() {
        return new TrainingSettings(
                OptimiserSettings.defaults(),
                RateSettings.defaults(),
                Averaging.defaults(),
                Regularisation.NONE,
                Loop.defaults(),
                Validation.defaults(),
                Saving.defaults(),
                Samples.defaults(),
                Run.defaults());
    }

    /**
     * The defaults of a command, without samples and without a last step.
     *
     * @param learningRate where a cosine begins that comes down over the run
     */
    public static TrainingSettings of(float learningRate, Loop loop) {
        TrainingSettings base = defaults();
        return new TrainingSettings(
                base.optimisation.withLearningRate(learningRate),
                base.rate.withSchedule(Schedule.Kind.COSINE),
                base.averaging,
                base.regularisation,
                loop,
                base.validation,
                base.saving,
                new Samples(0, "", 0),
                base.run);
    }

    /**
     * How long and over what.
     *
     * @param batchSize B sequences
     * @param seqLength T steps of a sequence, such as tokens
     * @param stepSize 0: state is carried along the data; otherwise windows that start so many steps apart,
     *     each from zero
     * @param resetState where state is carried, the probability that a sequence begins a step from a zero state all the
     *     same, so that the network learns to begin; 0: only once an epoch
     * @param varyLength where state is carried, whether steps are of random lengths about T ({@link
     *     lstmgpu.data.StepLengths})
     * @param epochs passes over the data, or {@link #UNLIMITED}
     * @param maxSteps steps, or {@link #UNLIMITED}; 0 writes the initial model and stops
     * @param maxSeconds 0 means no limit; where there is another one, wall-clock seconds of this process, after which
     *     it stops; otherwise those of the whole run, earlier processes included
     */
    public record Loop(
            int batchSize,
            int seqLength,
            int stepSize,
            float resetState,
            boolean varyLength,
            int epochs,
            int maxSteps,
            double maxSeconds) {
        private static final float RESET_STATE = 0.02f;

        public Loop {
            require(batchSize >= 1, "--batch-size must be 1 or above", batchSize);
            require(seqLength >= 1, "--seq-length must be 1 or above", seqLength);
            require(stepSize >= 0, "--step-size must be 1 or above, or 0 for carried state", stepSize);
            require(resetState >= 0 && resetState < 1, "--reset-state must lie in [0, 1)", resetState);
            require(epochs >= 1, "--epochs must be 1 or above", epochs);
            require(maxSteps >= 0, "--max-steps must be 0 or above", maxSteps);
            require(maxSeconds >= 0, "--max-time must be above 0", maxSeconds);
            if (varyLength && stepSize > 0) {
                throw LstmGpuException.usage("--vary-length is for a text that is read on; leave --step-size out");
            }
        }

        /** With steps that are all alike. */
        public Loop(
                int batchSize,
                int seqLength,
                int stepSize,
                float resetState,
                int epochs,
                int maxSteps,
                double maxSeconds) {
            this(batchSize, seqLength, stepSize, resetState, false, epochs, maxSteps, maxSeconds);
        }

        /** Whether it is the time that a run is to take, and not its steps, that is known beforehand. */
        public boolean timed() {
            return maxSeconds > 0 && epochs == UNLIMITED && maxSteps == UNLIMITED;
        }

        public static Loop defaults() {
            return new Loop(64, 64, 0, RESET_STATE, 10, UNLIMITED, 0);
        }
    }

    /**
     * @param every steps between two evaluations on the held-out data; 0 means once an epoch
     * @param patience evaluations in a row without a better loss after which training ends; 0 means never
     * @param minDelta what a loss must be lower by to count as better
     */
    public record Validation(int every, int patience, double minDelta) {
        public Validation {
            require(every >= 0, "--eval-every must be 0 (once an epoch) or above", every);
            require(patience >= 0, "--patience must be 0 (never stop early) or above", patience);
            require(minDelta >= 0, "--min-delta must be 0 or above", minDelta);
        }

        public static Validation defaults() {
            return new Validation(0, 0, 0);
        }
    }

    /**
     * @param every steps between two checkpoints; 0 means once an epoch
     * @param keep how many of the newest checkpoints stay
     * @param events whether event files for TensorBoard are written too
     */
    public record Saving(int every, int keep, boolean events) {
        public Saving {
            require(every >= 0, "--save-every must be 0 (once an epoch) or above", every);
            require(keep >= 1, "--keep must be 1 or above", keep);
        }

        public static Saving defaults() {
            return new Saving(0, 2, false);
        }
    }

    /**
     * @param every steps between two samples of the model's writing; 0 means once an epoch
     * @param prompt what the sample continues; empty: a line's beginning
     * @param length of a sample, such as tokens; 0 means no samples
     */
    public record Samples(int every, String prompt, int length) {
        public Samples {
            require(every >= 0, "--sample-every must be 0 (once an epoch) or above", every);
            require(length >= 0, "--sample-length must be 0 (no samples) or above", length);
        }

        public static Samples defaults() {
            return new Samples(0, "", 200);
        }
    }

    /**
     * @param rnn who computes the recurrent stack
     * @param initFrom a model directory whose weights the run starts from, or null
     * @param resume whether to go on from the newest checkpoint in the run's directory
     * @param arguments the command line, for the record
     */
    public record Run(
            long seed,
            Initialisation initialisation,
            Precision precision,
            RnnImplementation rnn,
            String initFrom,
            boolean resume,
            List<String> arguments) {
        public Run {
            arguments = List.copyOf(arguments);
        }

        public static Run defaults() {
            return new Run(0, Initialisation.UNIFORM, Precision.FP32, RnnImplementation.AUTO, null, false, List.of());
        }
    }

    static void require(boolean condition, String rule, Number value) {
        if (!condition) {
            throw LstmGpuException.usage("%s, not %s", rule, value);
        }
    }
}
