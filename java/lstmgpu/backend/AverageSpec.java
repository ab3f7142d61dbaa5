package lstmgpu.backend;

/**
 * Which average of the weights over the steps is kept: a += w·(p − a) with the weights p after each step.
 *
 * <p>With m the number of weights that count so far, this one included:
 *
 * <ul>
 *   <li>β &lt; 1: w = (1−β)/(1−β^m), the exponential average with its bias corrected (Kingma and Ba 2015, section 3),
 *       so that a is the mean of p_1 … p_m weighed by β^(m−i).
 *   <li>β = 1, the limit of this: w = 1/m, the plain mean (Polyak and Juditsky 1992). PyTorch's ASGD with λ = 0 and t0
 *       = −1; with t0 = 0 it leaves out the weights after its first step.
 * </ul>
 *
 * @param decay β, in [0, 1]
 */
public record AverageSpec(float decay) {
    /** @throws IllegalArgumentException if β lies elsewhere */
    public AverageSpec {
        if (!(decay >= 0 && decay <= 1)) {
            throw new IllegalArgumentException("the decay of an average lies in [0, 1], not at " + decay);
        }
    }

    /** The plain mean. */
    public static AverageSpec mean() {
        return new AverageSpec(1);
    }
}
