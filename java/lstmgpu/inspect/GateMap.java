package lstmgpu.inspect;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import lstmgpu.Count;
import lstmgpu.backend.Cell;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.TextAssembler;

/**
 * The insides of some units over a text as a page of HTML: a heat map a unit, a column a token, a row a gate or state.
 * Two hues that differ for every kind of colour vision, each the stronger the farther from 0.
 */
public final class GateMap {
    /** Tokens at the text's beginning that are drawn. */
    public static final int MOST_COLUMNS = 480;

    private static final int COLUMNS_OF_LINE = 80;
    private static final int LEVELS = 10;
    private static final int FINDINGS = 3;

    private static final int BLUE = 0x1D5FB4;
    private static final int ORANGE = 0xD95F02;

    private static final String STYLE = """
        p { margin: .3rem 0 .8rem; } .wide { overflow-x: auto; }
        table { border-collapse: collapse; } .map { table-layout: fixed; margin: 2px 2px .9rem; }
        .map td { width: .68rem; min-width: .68rem; max-width: .68rem; height: .85rem; padding: 0; }
        .map th { width: 11rem; min-width: 11rem; font-weight: normal; font-size: .8rem; text-align: right; line-height: 1;
          padding-right: .6rem; white-space: nowrap; }
        .map .t td { font: .87rem/1.35 ui-monospace, Menlo, Consolas, monospace; text-align: center; white-space: pre; overflow: hidden; }
        .list td, .list th { padding: .1rem 1rem .1rem 0; text-align: left; }
        """;

    private static final String SCRIPT = """
        <script>
        %sfunction tell(cell) {
          const row = cell.parentNode, character = row.parentNode.rows[0].cells[cell.cellIndex].textContent;
          point(cell);
          tip.textContent = row.cells[0].textContent + ' at \u201c' + character + '\u201d: ' + cell.title;
        }
        for (const map of document.querySelectorAll('.map')) {
          map.addEventListener('click', event => event.target.tagName === 'TD' && tell(event.target));
          map.addEventListener('keydown', event => {
            const [across, down] = {ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key] || [0, 0];
            if (!across && !down) return;
            event.preventDefault();
            const from = here && map.contains(here) ? [here.cellIndex, here.parentNode.rowIndex] : [1 - across, -down];
            const row = map.rows[Math.max(0, Math.min(map.rows.length - 1, from[1] + down))];
            tell(row.cells[Math.max(1, Math.min(row.cells.length - 1, from[0] + across))]);
          });
        }
        </script>
        """.formatted(Page.POINTING);

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
        out.write(Page.head(
                title,
                STYLE,
                paper -> Shades.rules("n", ORANGE, LEVELS, paper) + Shades.rules("p", BLUE, LEVELS, paper)));
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
        out.write(Page.TIP + SCRIPT + "</body></html>\n");
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
            texts[t] = Page.visible(
                    assembler.append(decoder.next(ids[t])).replace("\n", "↵").replace("\t", "⇥"));
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
        out.write("<div class=\"wide\"><table class=\"map\" tabindex=\"0\">\n<tr class=\"t\"><th>text</th>");
        for (int t = from; t < to; t++) {
            out.write("<td class=\"%s\" title=\"%s\">%s</td>"
                    .formatted(colour(values[state], t), number(values[state][t]), Page.escape(texts[t])));
        }
        out.write("</tr>\n");
        for (int s = 0; s < signals.size(); s++) {
            out.write("<tr><th>" + signals.get(s).label() + "</th>");
            for (int t = from; t < to; t++) {
                out.write("<td class=\"%s\" title=\"%s\">".formatted(colour(values[s], t), number(values[s][t])));
            }
            out.write("</tr>\n");
        }
        out.write("</table></div>\n");
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
