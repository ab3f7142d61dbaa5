package lstmgpu.gaps;

import lstmgpu.network.Initialisation;

/**
 * How networks are trained, every one by itself from its first weights on.
 *
 * @param hidden H, units of the one recurrent layer
 * @param batch B, new sequences a step
 * @param learningRate of Adam
 * @param maxSteps that a network may take
 * @param initialisation of the weights; with chrono gates begin open for the gap
 * @param seed of weights and sequences
 */
public record GapSettings(
        int hidden, int batch, float learningRate, int maxSteps, Initialisation initialisation, long seed) {}
