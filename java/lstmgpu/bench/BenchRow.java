package lstmgpu.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import lstmgpu.backend.Backend;

/**
 * One line of a benchmark; {@code what} names a {@link BenchTask}.
 *
 * @param tokensPerSecond tokens trained on or drawn
 * @param tflops arithmetic of the model as written down, whether or not an implementation finds a shorter way
 * @param error of one step against the float64 reference, relative in norm
 */
public record BenchRow(
        String what,
        String implementation,
        String precision,
        String cell,
        int layers,
        int hidden,
        int batch,
        int steps,
        int vocabulary,
        int embedding,
        Timing milliseconds,
        @JsonProperty("tokens_per_second") double tokensPerSecond,
        double tflops,
        double error) {
    /** The names of what computed. */
    record Way(String implementation, String precision) {
        static Way of(BenchVariant variant, Backend backend) {
            return new Way(
                    variant.implementation(backend), variant.precision().name().toLowerCase(Locale.ROOT));
        }
    }

    static BenchRow of(
            BenchTask what, Way way, BenchShape shape, Timing timing, long tokens, long operations, double error) {
        double perSecond = 1e3 / timing.median();
        return new BenchRow(
                what.toString(),
                way.implementation,
                way.precision,
                shape.cell().name().toLowerCase(Locale.ROOT),
                shape.layers(),
                shape.hidden(),
                shape.batch(),
                shape.steps(),
                shape.vocabulary(),
                shape.embedding(),
                timing,
                tokens * perSecond,
                operations * perSecond / 1e12,
                error);
    }
}
