package lstmgpu.backend.counted;

import lstmgpu.backend.LinearSpec;

/** Memory that a backend takes when it first computes a linear layer of a size, and keeps. */
public interface LinearBytes {
    /** @param gradient whether it is for the layer's gradients */
    long of(LinearSpec spec, boolean gradient);
}
