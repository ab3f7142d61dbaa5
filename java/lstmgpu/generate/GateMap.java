package lstmgpu.generate;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import lstmgpu.Count;
import lstmgpu.backend.Cell;
import lstmgpu.data.Tokenizer;
import lstmgpu.model.GateSignal;
import lstmgpu.model.GateTrace;

/**
 * The insides of some units over a text as a page of HTML: a heat map a unit, a column a token, a row a gate or state.
 * The page needs nothing else; a browser shows the number of what the mouse points at.
 */
public final class GateMap {
    /** Tokens at the text's beginning that are drawn. */
    public static final int MOST_COLUMNS = 480;

    private static final int COLUMNS_OF_LINE = 80;
    private static final int LEVELS = 10;
    private static final int FINDINGS = 3;

    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s</title><style>
        :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
        body { max-width: 68rem; margin: 2rem auto; padding: 0 1rem; }
        h2 { margin: 2rem 0 0; font-size: 1.1rem; } p { margin: .3rem 0 .8rem; }
        table { border-collapse: collapse; } .map { table-layout: fixed; margin-bottom: .9rem; }
        .map td { width: .68rem; min-width: .68rem; max-width: .68rem; height: .85rem; padding: 0; }
        .map th { width: 11rem; min-width: 11rem; font-weight: normal; font-size: .8rem; text-align: right; line-height: 1;
          padding-right: .6rem; white-space: nowrap; }
        .map .t td { font: 13px/1.35 ui-monospace, Menlo, Consolas, monospace; text-align: center; white-space: pre; overflow: hidden; }
        .list td, .list th { padding: .1rem 1rem .1rem 0; text-align: left; } i { font-style: normal; }
        %2$s</style></head><body>
        <h1>%1$s</h1>
        """;

    private final Writer out;
    private final GateTrace trace;
    private final Tokenizer tokenizer;
    private final List<GateSignal> signals;

    /** @param tokenizer the model's */
    public GateMap(Writer out, GateTrace trace, Tokenizer tokenizer) {
        this.out = out;
        this.trace = trace;
        this.tokenizer = tokenizer;
        this.signals = GateSignal.of(trace.config().cell());
    }

    /**
     * Writes the whole page; the trace begins anew.
     *
     * @param title in plain text
     * @param ids the text, of which the first {@link #MOST_COLUMNS} tokens are drawn
     * @param search over the same text
     */
    public void write(String title, int[] ids, UnitSearch search, List<UnitSearch.Unit> units) throws IOException {
        int columns = Math.min(ids.length, MOST_COLUMNS);
        String[] texts = texts(ids, columns);
        float[][][] values = values(ids, columns, units);
        out.write(HEAD.formatted(SurpriseMap.escape(title), colours()));
        out.write(explanation());
        writeFindings(search, ids.length);
        for (int u = 0; u < units.size(); u++) {
            UnitSearch.Unit unit = units.get(u);
            out.write("<h2>layer %d, unit %d</h2>\n<p>%s</p>\n"
                    .formatted(unit.layer(), unit.index(), follows(search, unit)));
            for (int from = 0; from < columns; from += COLUMNS_OF_LINE) {
                writeLine(texts, values[u], from, Math.min(columns, from + COLUMNS_OF_LINE));
            }
        }
        out.write("</body></html>\n");
    }

    /** Two hues that differ for every kind of colour vision, each the stronger the farther from 0. */
    private static String colours() {
        StringBuilder rules = new StringBuilder();
        for (int level = -LEVELS; level <= LEVELS; level++) {
            rules.append(".%s { background: color-mix(in oklab, %s %d%%, Canvas);%s }\n"
                    .formatted(
                            level < 0 ? "n" + -level : "p" + level,
                            level < 0 ? "#d95f02" : "#1d5fb4",
                            100 * Math.abs(level) / LEVELS,
                            Math.abs(level) > 6 ? " color: #fff;" : ""));
        }
        return rules.toString();
    }

    private String explanation() {
        String cell =
                switch (trace.config().cell()) {
                    case LSTM ->
                        "<b>Forget:</b> where the forget gate f is blue, the unit keeps its cell state. <b>Learn:</b>"
                            + " where the input gate i is blue, it adds the candidate to it. <b>Remember:</b> the cell"
                            + " state c, drawn as tanh(c). <b>Use:</b> where the output gate o is blue, the network"
                            + " sees it as h.";
                    case GRU ->
                        "The reset gate r says how much of the state goes into the candidate; where the update gate z"
                                + " is blue, the unit keeps its state h, elsewhere it takes the candidate.";
                    case RNN_TANH, RNN_RELU -> "A plain recurrent unit has no gates; its state h is all there is.";
                };
        return "<p>%s Gates go from 0 (<i class=\"p0\">&nbsp;plain&nbsp;</i>) to 1 (<i class=\"p10\">&nbsp;blue&nbsp;</i>), the rest"
                        .formatted(cell)
                + " from −1 (<i class=\"n10\">&nbsp;orange&nbsp;</i>) to 1 (<i class=\"p10\">&nbsp;blue&nbsp;</i>)."
                + " Behind the text lies what the unit remembers.</p>\n";
    }

    private void writeFindings(UnitSearch search, int tokens) throws IOException {
        out.write("<h2>Units that follow the text</h2>\n<p>Correlation of what a unit remembers with the text, over "
                + "%s.</p>\n<table class=\"list\">\n".formatted(Count.of(tokens, "token")));
        for (TextFeature feature : TextFeature.values()) {
            StringBuilder cells = new StringBuilder();
            for (UnitSearch.Finding finding : search.best(feature, FINDINGS)) {
                cells.append("<td>layer %d, unit %d (%+.2f)</td>"
                        .formatted(finding.unit().layer(), finding.unit().index(), finding.correlation()));
            }
            out.write("<tr><th>%s</th>%s</tr>\n"
                    .formatted(feature.label(), cells.isEmpty() ? "<td>not in this text</td>" : cells));
        }
        out.write("</table>\n");
    }

    private static String follows(UnitSearch search, UnitSearch.Unit unit) {
        StringBuilder text = new StringBuilder();
        for (TextFeature feature : TextFeature.values()) {
            for (UnitSearch.Finding finding : search.best(feature, FINDINGS)) {
                if (finding.unit().equals(unit)) {
                    text.append(text.isEmpty() ? "follows " : ", ")
                            .append("%s (%+.2f)".formatted(feature.label(), finding.correlation()));
                }
            }
        }
        return text.isEmpty() ? "one of the liveliest of its layer" : text.toString();
    }

    /** What each token adds to the text, as it is shown. */
    private String[] texts(int[] ids, int columns) {
        String[] texts = new String[columns];
        Tokenizer.Decoder decoder = tokenizer.decoder();
        TextAssembler assembler = new TextAssembler();
        for (int t = 0; t < columns; t++) {
            texts[t] = assembler.append(decoder.next(ids[t])).replace("\n", "↵").replace("\t", "⇥");
        }
        return texts;
    }

    /** [units][signals][columns]; a cell state is drawn as tanh(c), and what has no bound is scaled to its largest. */
    private float[][][] values(int[] ids, int columns, List<UnitSearch.Unit> units) {
        float[][][] values = new float[units.size()][signals.size()][columns];
        trace.reset();
        for (int t = 0; t < columns; t++) {
            trace.read(ids[t]);
            for (int u = 0; u < units.size(); u++) {
                UnitSearch.Unit unit = units.get(u);
                for (int s = 0; s < signals.size(); s++) {
                    double value = trace.value(unit.layer(), signals.get(s), unit.index());
                    values[u][s][t] = (float) (signals.get(s) == GateSignal.CELL ? Math.tanh(value) : value);
                }
            }
        }
        return values;
    }

    private void writeLine(String[] texts, float[][] values, int from, int to) throws IOException {
        int state = signals.indexOf(GateSignal.state(trace.config().cell()));
        out.write("<table class=\"map\">\n<tr class=\"t\"><th>text</th>");
        for (int t = from; t < to; t++) {
            out.write("<td class=\"%s\" title=\"%s\">%s</td>"
                    .formatted(colour(values[state], t), number(values[state][t]), SurpriseMap.escape(texts[t])));
        }
        out.write("</tr>\n");
        for (int s = 0; s < signals.size(); s++) {
            out.write("<tr><th>" + signals.get(s).label() + "</th>");
            for (int t = from; t < to; t++) {
                out.write("<td class=\"%s\" title=\"%s\">".formatted(colour(values[s], t), number(values[s][t])));
            }
            out.write("</tr>\n");
        }
        out.write("</table>\n");
    }

    /** RELU's state has no bound, so its largest value is as dark as a bounded 1. */
    private String colour(float[] row, int place) {
        float largest = 1;
        if (trace.config().cell() == Cell.RNN_RELU) {
            for (float value : row) {
                largest = Math.max(largest, value);
            }
        }
        long level = Math.round((double) LEVELS * row[place] / largest);
        return level < 0 ? "n" + -level : "p" + level;
    }

    private static String number(float value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
