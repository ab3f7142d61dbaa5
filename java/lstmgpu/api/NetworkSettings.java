package lstmgpu.api;

import java.util.List;

/**
 * The network that a training makes, and how far its steps go. Settings never change: each call gives other ones.
 *
 * @param <T> the kind of training
 */
public abstract sealed class NetworkSettings<T extends NetworkSettings<T>> permits Training {
    private final Wishes wishes;

    NetworkSettings(Wishes wishes) {
        this.wishes = wishes;
    }

    /** The same training with this in the place of what was asked for before. */
    abstract T asking(Wishes other);

    final T set(String flag, Object value) {
        return asking(wishes.with(flag, value));
    }

    final Wishes wishes() {
        return wishes;
    }

    /**
     * {@return these settings with cells of another kind}
     *
     * @param name lstm, gru, rnn_tanh or rnn_relu. Default: lstm
     */
    public final T cell(String name) {
        return set("--cell", name);
    }

    /**
     * {@return these settings with another H, the units of a layer}
     *
     * @param units at least 1
     */
    public final T hiddenSize(int units) {
        return set("--hidden-size", units);
    }

    /**
     * {@return these settings with the units of a layer projected to P numbers for everyone that reads them}
     *
     * @param numbers fewer than there are units; 0 for no projection, which is the default
     */
    public final T projSize(int numbers) {
        return set("--proj-size", numbers);
    }

    /**
     * {@return these settings with another L, the recurrent layers}
     *
     * @param layers at least 1
     */
    public final T numLayers(int layers) {
        return set("--num-layers", layers);
    }

    /**
     * {@return these settings with outputs zeroed in training, between layers and before the last}
     *
     * @param probability for each of them, from 0 and below 1
     */
    public final T dropout(double probability) {
        return set("--dropout", probability);
    }

    /**
     * {@return these settings with units that keep their c of the step before (zoneout, Krueger et al. 2017)}
     *
     * @param probability that a unit does in training, in [0, 1); of cells that have c. Default: 0
     */
    public final T zoneoutCell(double probability) {
        return set("--zoneout-cell", probability);
    }

    /**
     * {@return these settings with units that keep their h of the step before}
     *
     * @param probability that a unit does in training, in [0, 1). Default: 0
     */
    public final T zoneoutHidden(double probability) {
        return set("--zoneout-hidden", probability);
    }

    /**
     * {@return these settings with another way to draw the first weights}
     *
     * @param name uniform, xavier, orthogonal or chrono. Default: uniform
     */
    public final T init(String name) {
        return set("--init", name);
    }

    /**
     * {@return these settings with another optimizer}
     *
     * @param name adam, adamw, sgd, rmsprop or adagrad. Default: adam, or adamw where a preset has weight decay
     */
    public final T optimizer(String name) {
        return set("--optimizer", name);
    }

    /**
     * {@return these settings with another learning rate}
     *
     * @param rate above 0: how far a step goes at most
     */
    public final T learningRate(double rate) {
        return set("--learning-rate", rate);
    }

    /**
     * {@return these settings with momentum, for sgd and rmsprop}
     *
     * @param share of the step before, from 0 and below 1. Default: 0
     */
    public final T momentum(double share) {
        return set("--momentum", share);
    }

    /**
     * {@return these settings with weights pulled towards zero}
     *
     * @param decay how much, at least 0. Default: that of the preset with its own optimizer, otherwise 0
     */
    public final T weightDecay(double decay) {
        return set("--weight-decay", decay);
    }

    /**
     * {@return these settings with some weights pulled towards zero and others not}
     *
     * @param groups of input, recurrent, output, embedding, biases, and matrices for the first three. Default:
     *     matrices where a preset has weight decay, otherwise all weights
     */
    public final T decayOnly(String... groups) {
        return set("--decay-only", List.of(groups));
    }

    /**
     * {@return these settings with another limit for gradients}
     *
     * @param norm the largest of all gradients together; 0 turns it off. Default: 1
     */
    public final T gradClip(double norm) {
        return set("--grad-clip", norm);
    }

    /**
     * {@return these settings with an average of the weights as the model}
     *
     * @param name off, ema or asgd. Default: off
     */
    public final T average(String name) {
        return set("--average", name);
    }

    /**
     * {@return these settings with another decay of the average ema}
     *
     * @param decay what is left of a step's weights after another step, from 0 and below 1. Default: 0.999
     */
    public final T averageDecay(double decay) {
        return set("--average-decay", decay);
    }

    /**
     * {@return these settings with another beginning of the average asgd}
     *
     * @param evaluations n, at least 1: the mean begins when a loss is above the lowest of all before but the last n.
     *     Default: 5
     */
    public final T averageAfter(int evaluations) {
        return set("--average-after", evaluations);
    }

    /**
     * {@return these settings with recurrent weights that are dropped in training, other ones for every step (Merity,
     * Keskar and Socher 2018)}
     *
     * @param probability of a weight, in [0, 1). Default: 0
     */
    public final T weightDrop(double probability) {
        return set("--weight-drop", probability);
    }

    /**
     * {@return these settings with masks of dropout that are the same at all steps of a sequence, or not (Gal and
     * Ghahramani 2016)}
     *
     * @param same whether they are. Default: no
     */
    public final T lockedDropout(boolean same) {
        return set("--locked-dropout", same);
    }

    /**
     * {@return these settings with dropout of what the first layer reads}
     *
     * @param probability of a number, in [0, 1). Default: 0
     */
    public final T inputDropout(double probability) {
        return set("--input-dropout", probability);
    }

    /**
     * {@return these settings with another dropout of what the output layer reads}
     *
     * @param probability of a number, in [0, 1). Default: that between layers
     */
    public final T outputDropout(double probability) {
        return set("--output-dropout", probability);
    }

    /**
     * {@return these settings with dropout of whole tokens: the embedding of one is zero wherever it stands in a step
     * (Gal and Ghahramani 2016)}
     *
     * @param probability of a token, in [0, 1). Default: 0
     */
    public final T wordDropout(double probability) {
        return set("--word-dropout", probability);
    }

    /**
     * {@return these settings with a penalty on a language model's outputs (Merity, McCann and Socher 2017)}
     *
     * @param factor of their mean square, at least 0. Default: 0
     */
    public final T activationPenalty(double factor) {
        return set("--activation-penalty", factor);
    }

    /**
     * {@return these settings with a penalty on how a language model's outputs change from step to step (Merity, McCann
     * and Socher 2017)}
     *
     * @param factor of the changes' mean square, at least 0. Default: 0
     */
    public final T temporalPenalty(double factor) {
        return set("--temporal-penalty", factor);
    }

    /**
     * {@return these settings with smoothed targets (Szegedy et al. 2016); the losses that are told stay those of the
     * targets}
     *
     * @param share of a target's probability that is spread over all tokens or classes, in [0, 1). Default: 0
     */
    public final T labelSmoothing(double share) {
        return set("--label-smoothing", share);
    }

    /**
     * {@return these settings with another course of the learning rate}
     *
     * @param name constant, step, exponential, cosine or plateau. Default: cosine
     */
    public final T schedule(String name) {
        return set("--schedule", name);
    }

    /**
     * {@return these settings with a learning rate that rises from 0 at first}
     *
     * @param steps in which it does, at least 0. Default: 0
     */
    public final T warmupSteps(int steps) {
        return set("--warmup-steps", steps);
    }

    /**
     * {@return these settings with another factor for the schedules step, exponential and plateau}
     *
     * @param factor above 0 and at most 1. Default: 0.5
     */
    public final T lrDecay(double factor) {
        return set("--lr-decay", factor);
    }

    /**
     * {@return these settings with another time between two decays}
     *
     * @param steps of plateau, evaluations without a better loss. Default: an epoch, of plateau 1
     */
    public final T decayEvery(int steps) {
        return set("--decay-every", steps);
    }
}
