package lstmgpu.generate;

import java.util.List;

/**
 * A token of a request's text.
 *
 * @param logprob natural logarithm of its probability at temperature 1, given all that stands before it; NaN where
 *     nobody asked or nothing stands before it
 * @param alternatives the most probable tokens in its place, the most probable first, the lower identifier first among
 *     equals; it may be one of them. As many as were asked for and the vocabulary has
 */
public record LaneToken(int id, float logprob, List<Alternative> alternatives) {
    /** A token and the natural logarithm of its probability at temperature 1. */
    public record Alternative(int id, float logprob) {}

    public LaneToken {
        alternatives = List.copyOf(alternatives);
    }

    /** Without a logarithm. */
    static LaneToken plain(int id) {
        return new LaneToken(id, Float.NaN, List.of());
    }
}
