package lstmgpu.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import lstmgpu.backend.Backend;

/**
 * One line of a benchmark; {@code what} names a {@link BenchTask} or an {@link Operation}.
 *
 * @param tokensPerSecond tokens trained on or drawn
 * @param tflops arithmetic of the model as written down, whether or not an implementation finds a shorter way
 * @param ceilingShare of the ceiling of this device, for the arithmetic that is needed at least; null where there is
 *     none, see {@link Ceiling}
 * @param error of one step, or of the operation, against the float64 reference, relative in norm
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
        @JsonProperty("vocab") int vocabulary,
        int embedding,
        Timing milliseconds,
        @JsonProperty("tokens_per_second") double tokensPerSecond,
        double tflops,
        @JsonProperty("ceiling_share") Double ceilingShare,
        double error) {
    /** The names of what computed. */
    record Way(String implementation, String precision) {
        static Way of(BenchVariant variant, Backend backend) {
            return new Way(
                    variant.implementation(backend), variant.precision().name().toLowerCase(Locale.ROOT));
        }
    }

    /**
     * What something has to do.
     *
     * @param operations of the model as written down
     * @param leastOperations of the shortest way that is known
     * @param bytes that have to be read and written at least
     */
    record Work(long tokens, long operations, long leastOperations, long bytes) {}

    static BenchRow of(
            String what, Way way, BenchShape shape, Timing timing, Work work, Ceiling ceiling, double error) {
        double perSecond = 1e3 / timing.median();
        return new BenchRow(
                what,
                way.implementation,
                way.precision,
                shape.cell().word(),
                shape.layers(),
                shape.hidden(),
                shape.batch(),
                shape.steps(),
                shape.vocabulary(),
                shape.embedding(),
                timing,
                work.tokens * perSecond,
                work.operations * perSecond / 1e12,
                ceiling.share(timing.median(), work.leastOperations, work.bytes),
                error);
    }
}
