package lstmgpu.inspect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.TextAssembler;

/**
 * Which units follow what in a text: Pearson's correlation of every unit's memory with every {@link TextFeature}, over
 * all tokens from a zero state.
 */
public final class UnitSearch {
    /** Units that are told with a feature. */
    static final int FINDINGS = 3;

    private static final List<TextFeature> FEATURES = List.of(TextFeature.values());

    private final Moments[] features = new Moments[FEATURES.size()];
    private final int hidden;
    private final double[] sum;
    private final double[] squares;
    private final double[][] products;
    private long count;

    /** Sums over the tokens. */
    private static final class Moments {
        private double sum;
        private double squares;
    }

    /** A unit of a layer, both from 0. */
    public record Unit(int layer, int index) {}

    /** @param correlation in [-1, 1] */
    public record Finding(TextFeature feature, Unit unit, double correlation) {}

    /** Reads the whole text; the trace begins anew. */
    public UnitSearch(GateTrace trace, Tokenizer tokenizer, int[] ids) {
        this.hidden = trace.config().hiddenSize();
        int units = trace.config().layers() * hidden;
        this.sum = new double[units];
        this.squares = new double[units];
        this.products = new double[features.length][units];
        for (int f = 0; f < features.length; f++) {
            features[f] = new Moments();
        }
        Tokenizer.Decoder decoder = tokenizer.decoder();
        TextAssembler assembler = new TextAssembler();
        TextFeature.Place place = new TextFeature.Place();
        trace.reset();
        for (int id : ids) {
            trace.read(id);
            place.read(assembler.append(decoder.next(id)));
            add(trace, place);
        }
    }

    private void add(GateTrace trace, TextFeature.Place place) {
        double[] now = new double[features.length];
        for (int f = 0; f < features.length; f++) {
            now[f] = FEATURES.get(f).at(place);
            features[f].sum += now[f];
            features[f].squares += now[f] * now[f];
        }
        for (int u = 0; u < sum.length; u++) {
            double memory = trace.memory(u / hidden, u % hidden);
            sum[u] += memory;
            squares[u] += memory * memory;
            for (int f = 0; f < features.length; f++) {
                products[f][u] += memory * now[f];
            }
        }
        count++;
    }

    /**
     * The units that follow a feature best, in either direction.
     *
     * @return at most {@code most}, the best first; none where the feature is the same all over the text
     */
    public List<Finding> best(TextFeature feature, int most) {
        int place = FEATURES.indexOf(feature);
        Moments moments = features[place];
        double variance = variance(moments.sum, moments.squares);
        List<Finding> findings = new ArrayList<>();
        for (int u = 0; variance > 0 && u < sum.length; u++) {
            double own = variance(sum[u], squares[u]);
            if (own > 0) {
                double covariance = products[place][u] / count - moments.sum / count * sum[u] / count;
                findings.add(new Finding(feature, unit(u), covariance / Math.sqrt(variance * own)));
            }
        }
        findings.sort(Comparator.comparingDouble(finding -> -Math.abs(finding.correlation())));
        return List.copyOf(findings.subList(0, Math.min(most, findings.size())));
    }

    /** What a unit's memory follows, in words; that it is a lively one where it follows nothing. */
    public String follows(Unit unit) {
        StringBuilder text = new StringBuilder();
        for (TextFeature feature : FEATURES) {
            for (Finding finding : best(feature, FINDINGS)) {
                if (finding.unit().equals(unit)) {
                    text.append(text.isEmpty() ? "follows " : ", ")
                            .append("%s (%+.2f)".formatted(feature.label(), finding.correlation()));
                }
            }
        }
        return text.isEmpty() ? "one of the liveliest of its layer" : text.toString();
    }

    /**
     * Units worth to be looked at: the best for every feature, then the liveliest of a layer.
     *
     * @param layer to take them from; null for the best of all layers and the liveliest of the last
     */
    public List<Unit> telling(Integer layer, int most) {
        Set<Unit> units = new LinkedHashSet<>();
        for (TextFeature feature : FEATURES) {
            best(feature, Integer.MAX_VALUE).stream()
                    .map(Finding::unit)
                    .filter(unit -> layer == null || unit.layer() == layer)
                    .limit(1)
                    .forEach(units::add);
        }
        units.addAll(liveliest(layer == null ? sum.length / hidden - 1 : layer));
        return List.copyOf(units).subList(0, Math.min(most, units.size()));
    }

    /** The units whose memory changes most over the text, the liveliest first. */
    public List<Unit> liveliest(int layer) {
        List<Unit> units = new ArrayList<>();
        for (int index = 0; index < hidden; index++) {
            units.add(new Unit(layer, index));
        }
        units.sort(Comparator.comparingDouble(unit ->
                -variance(sum[unit.layer() * hidden + unit.index()], squares[unit.layer() * hidden + unit.index()])));
        return units;
    }

    /** Anything below the rounding of the sums counts as no variance at all. */
    private double variance(double total, double totalOfSquares) {
        double mean = total / count;
        double variance = totalOfSquares / count - mean * mean;
        return variance > 1e-12 * Math.max(1, mean * mean) ? variance : 0;
    }

    private Unit unit(int u) {
        return new Unit(u / hidden, u % hidden);
    }
}
