package lstmgpu.inspect;

import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import lstmgpu.Count;
import lstmgpu.backend.Activation;
import lstmgpu.backend.CellSignal;
import lstmgpu.data.Tokenizer;

/**
 * The insides of some units over a text as a page of HTML: a heat map a unit, a column a token, a row a gate or state.
 * Two hues that differ for every kind of colour vision, each the stronger the farther from 0.
 */
public final class GateMap {
    /** Tokens at the text's beginning that are drawn. */
    public static final int MOST_COLUMNS = 480;

    /**
     * Letters beside each other; a column is as wide as the longest token, up to a width at which tokens are broken.
     */
    private static final int LETTERS_OF_LINE = 80;

    private static final int WIDEST_COLUMN = 10;

    /** From here on writing is about twice as wide as Latin letters. */
    private static final int WIDE_WRITING = 0x2E80;

    private static final int LEVELS = 10;

    /** A word that says what a sentence is about. */
    private static final Pattern HEADING = Pattern.compile("\\w+:(?= )");

    private static final int BLUE = 0x1D5FB4;
    private static final int ORANGE = 0xD95F02;

    private static final String STYLE = """
        p { margin: .3rem 0 .8rem; } .wide { overflow-x: auto; }
        table { border-spacing: 0; } .map { table-layout: fixed; margin: 2px 2px .9rem; }
        .map { --wide: calc(%d * .68rem); }
        .map td { width: var(--wide); min-width: var(--wide); max-width: var(--wide); height: .85rem; padding: 0; }
        .map th { width: 11rem; min-width: 11rem; font-weight: normal; font-size: .8rem; text-align: right; line-height: 1;
          padding-right: .6rem; white-space: nowrap; }
        .map .t td { font: .87rem/1.35 ui-monospace, Menlo, Consolas, monospace; text-align: center; white-space: pre-wrap;
          overflow-wrap: anywhere; }
        .list td, .list th { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; }
        @media (max-width: 40rem) { .map th { width: 7rem; min-width: 7rem; } .list td, .list th { padding-right: .5rem; } }
        """;

    private static final String SCRIPT = """
        <script>
        %sfunction tell(cell) {
          const row = cell.parentNode, character = row.parentNode.rows[0].cells[cell.cellIndex].textContent;
          point(cell);
          tip.textContent = row.cells[0].textContent + ' at \u201c' + character + '\u201d: ' + cell.title;
        }
        for (const row of document.querySelectorAll('.map tr')) {
          row.dataset.v.split(' ').forEach((value, i) => row.cells[i + 1].title = (value / 100).toFixed(2));
        }
        for (const area of document.querySelectorAll('.wide')) {
          const map = area.firstElementChild;
          onKeyboard(area, () => tell(map.rows[0].cells[1]));
          area.addEventListener('click', event => event.target.tagName === 'TD' && tell(event.target));
          area.addEventListener('keydown', event => {
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
    private final List<CellSignal> signals;

    /** @param tokenizer the model's */
    public GateMap(Writer out, GateTrace trace, Tokenizer tokenizer) {
        this.out = out;
        this.trace = trace;
        this.tokenizer = tokenizer;
        this.signals = trace.config().cell().signals();
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
        GateReading reading = GateReading.of(trace, tokenizer, Arrays.copyOf(ids, columns), units);
        String[] texts = reading.texts().toArray(String[]::new);
        float[][][] values = reading.values();
        int width = columnWidth(texts);
        int columnsOfLine = LETTERS_OF_LINE / width;
        out.write(Page.head(
                title,
                STYLE.formatted(width),
                paper -> Shades.rules("n", ORANGE, LEVELS, paper) + Shades.rules("p", BLUE, LEVELS, paper)));
        out.write(explanation());
        writeFindings(search, ids.length);
        for (int u = 0; u < units.size(); u++) {
            UnitSearch.Unit unit = units.get(u);
            out.write("<h2>layer %d, unit %d</h2>\n<p>%s</p>\n"
                    .formatted(unit.layer(), unit.index(), search.follows(unit)));
            for (int from = 0; from < columns; from += columnsOfLine) {
                writeLine(unit, texts, values[u], new Span(from, Math.min(columns, from + columnsOfLine)));
            }
        }
        out.write(Page.TIP + SCRIPT + "</body></html>\n");
    }

    private String explanation() {
        String cell = HEADING.matcher(Page.escape(trace.config().cell().reading("blue")))
                .replaceAll("<b>$0</b>");
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
            for (UnitSearch.Finding finding : search.best(feature, UnitSearch.FINDINGS)) {
                cells.append("<td>layer %d, unit %d (%+.2f)</td>"
                        .formatted(finding.unit().layer(), finding.unit().index(), finding.correlation()));
            }
            out.write("<tr><th>%s</th>%s</tr>\n"
                    .formatted(feature.label(), cells.isEmpty() ? "<td>not in this text</td>" : cells));
        }
        out.write("</table>\n");
    }

    /** Of the longest token in letters. */
    private static int columnWidth(String[] texts) {
        int widest = 1;
        for (String text : texts) {
            int width =
                    text.codePoints().map(point -> point < WIDE_WRITING ? 1 : 2).sum();
            widest = Math.max(widest, width);
        }
        return Math.min(widest, WIDEST_COLUMN);
    }

    /**
     * Colours need no script; what it tells stands once per row, in hundredths, since a title per cell would double the
     * page.
     */
    private void writeLine(UnitSearch.Unit unit, String[] texts, float[][] values, Span span) throws IOException {
        int state = signals.indexOf(trace.config().cell().memory());
        out.write(
                ("<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"layer %d, unit %d, tokens %d to %d\">"
                                + "<table class=\"map\">\n")
                        .formatted(unit.layer(), unit.index(), span.from + 1, span.to));
        writeRow("text", texts, values[state], span, " class=\"t\"");
        for (int s = 0; s < signals.size(); s++) {
            writeRow(signals.get(s).label(), null, values[s], span, "");
        }
        out.write("</table></div>\n");
    }

    /** @param texts of the cells, or null */
    private void writeRow(String label, String[] texts, float[] values, Span span, String attribute)
            throws IOException {
        StringJoiner hundredths = new StringJoiner(" ");
        StringBuilder cells = new StringBuilder();
        for (int t = span.from; t < span.to; t++) {
            hundredths.add(String.valueOf(Math.round(100 * values[t])));
            cells.append("<td class=").append(colour(values, t)).append('>');
            cells.append(texts == null ? "" : Page.escape(texts[t]));
        }
        out.write("<tr%s data-v=\"%s\"><th scope=\"row\">%s</th>%s\n".formatted(attribute, hundredths, label, cells));
    }

    /** Columns from the first to before the last. */
    private record Span(int from, int to) {}

    /** RELU's state has no bound, so its largest value is as dark as a bounded 1. */
    private String colour(float[] row, int place) {
        float largest = 1;
        if (trace.config().cell().uses(Activation.RELU)) {
            for (float value : row) {
                largest = Math.max(largest, value);
            }
        }
        long level = Math.round((double) LEVELS * row[place] / largest);
        return level < 0 ? "n" + -level : "p" + level;
    }
}
