package lstmgpu.cli.flags;

import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.generate.NeuralCache;
import lstmgpu.network.DynamicEvaluation;
import picocli.CommandLine.Option;

/** Evaluation of language models that learn from the text while they read it. */
@FlagSection("Following the text")
public final class AdaptationFlags {
    private static final int LENGTH = 5;
    private static final float RMS_RATE = 0.002f;
    private static final float RMS_DECAY = 0.02f;
    private static final float SGD_RATE = 0.1f;
    private static final float SGD_DECAY = 0.002f;
    private static final float EPSILON = 0.001f;
    private static final double THETA = 0.3;
    private static final double LAMBDA = 0.1;

    @Option(
            names = "--dynamic",
            description = "Beside the plain figures: those of weights that take a training step after every segment"
                    + " of the text and are drawn back to the trained ones (Krause 2018). The model stays as it is.")
    boolean dynamic;

    @Option(
            names = "--dynamic-on",
            paramLabel = "FILE",
            description = "The text that the model has learnt: steps are divided by how large gradients were there"
                    + " (the RMS form). Without: plain steps (SGD).")
    Path learnt;

    @Option(
            names = "--dynamic-length",
            paramLabel = "N",
            description = "Tokens of a segment. Default: 5; of characters, 20 is a good choice.")
    Integer length;

    @Option(
            names = "--dynamic-lr",
            paramLabel = "X",
            description = "Learning rate. Default: 0.002 with --dynamic-on, otherwise 0.1.")
    Float rate;

    @Option(
            names = "--dynamic-decay",
            paramLabel = "X",
            description = "How far a step goes back to the trained weights, 0 to 1; with --dynamic-on times the size"
                    + " of a weight's gradients by the mean of all. Default: 0.02 with --dynamic-on, otherwise 0.002.")
    Float decay;

    @Option(
            names = "--dynamic-epsilon",
            paramLabel = "X",
            description = "Added to the size of gradients that a step is divided by. Default: 0.001.")
    Float epsilon;

    @Option(
            names = "--cache",
            paramLabel = "N",
            description = "Beside the plain figures: those with a cache of the last N tokens, which expects what"
                    + " followed states that resemble this one (Grave 2017).")
    Integer window;

    @Option(
            names = "--cache-theta",
            paramLabel = "X",
            description = "How much more a state counts that resembles this one. Default: 0.3.")
    Double theta;

    @Option(names = "--cache-lambda", paramLabel = "X", description = "The share of the cache. Default: 0.1.")
    Double lambda;

    @Option(
            names = "--cache-tune",
            paramLabel = "FILE",
            description = "Takes the theta and the lambda with which this text is predicted best. It is neither the"
                    + " one that is measured nor the one that was learnt.")
    Path tune;

    /** Whether anything is asked for. */
    public boolean any() {
        return dynamic || window != null;
    }

    /**
     * Refuses what contradicts itself.
     *
     * @throws LstmGpuException with exit code 2
     */
    public void check() {
        boolean ofDynamic = learnt != null || length != null || rate != null || decay != null || epsilon != null;
        if (!dynamic && ofDynamic) {
            throw LstmGpuException.usage("--dynamic-on, -length, -lr, -decay and -epsilon need --dynamic");
        }
        if (window == null && (theta != null || lambda != null || tune != null)) {
            throw LstmGpuException.usage("--cache-theta, --cache-lambda and --cache-tune need --cache N");
        }
        if (epsilon != null && learnt == null) {
            throw LstmGpuException.usage("--dynamic-epsilon belongs to the form with --dynamic-on");
        }
        if (tune != null && (theta != null || lambda != null)) {
            throw LstmGpuException.usage("--cache-tune finds --cache-theta and --cache-lambda; leave those out");
        }
        require("--dynamic-length", length, 1, 1 << 16);
        require("--dynamic-lr", rate, 0, Float.MAX_VALUE);
        require("--dynamic-decay", decay, 0, 1);
        require("--dynamic-epsilon", epsilon, Float.MIN_NORMAL, 1);
        require("--cache", window, 1, 1 << 20);
        require("--cache-theta", theta, 0, Float.MAX_VALUE);
        require("--cache-lambda", lambda, 0, LARGEST_SHARE);
    }

    private static final double LARGEST_SHARE = 0.999;

    private static void require(String flag, Number value, double least, double most) {
        if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw LstmGpuException.usage(
                    "%s must lie from %s to %s, not at %s", flag, shown(least), shown(most), value);
        }
    }

    private static String shown(double bound) {
        return bound == Math.rint(bound) && bound < 1e9 ? "%.0f".formatted(bound) : String.valueOf(bound);
    }

    /** The settings of dynamic evaluation; null without. */
    public DynamicEvaluation.Settings dynamic() {
        if (!dynamic) {
            return null;
        }
        boolean rms = learnt != null;
        return new DynamicEvaluation.Settings(
                length != null ? length : LENGTH,
                rate != null ? rate : rms ? RMS_RATE : SGD_RATE,
                decay != null ? decay : rms ? RMS_DECAY : SGD_DECAY,
                epsilon != null ? epsilon : EPSILON);
    }

    /** The text that the model has learnt; null for the SGD form. */
    public Path learnt() {
        return learnt;
    }

    /** The cache as it was asked for; null without. */
    public NeuralCache cache() {
        return window == null
                ? null
                : new NeuralCache(window, theta != null ? theta : THETA, lambda != null ? lambda : LAMBDA);
    }

    /** The text by which the cache is tuned; null where it is not. */
    public Path tune() {
        return tune;
    }
}
