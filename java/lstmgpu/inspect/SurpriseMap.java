package lstmgpu.inspect;

import java.io.IOException;
import java.io.Writer;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.ScoredToken;
import lstmgpu.generate.TextAssembler;

/**
 * A text as a page of HTML, each character the darker the less the model expected it. The page has the text itself and
 * beside every stretch of it two letters per token for its surprise, which its script turns into colours: three bytes
 * per character, where marks around each would take fifty.
 */
public final class SurpriseMap {
    private static final double BITS_PER_NAT = 1 / Math.log(2);

    /** A level a bit; beyond the last everything looks the same. */
    private static final int LEVELS = 10;

    private static final int COLOUR = 0xC2410C;

    /** Tenths of a bit as two letters of this base. */
    private static final int BASE = 52;

    /** Of what nothing predicts. */
    private static final String UNKNOWN = "--";

    private static final int MOST_PARTS = 500;

    private static final String STYLE = """
        #text { font: 1.05rem/1.7 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
          padding: 2px; }
        """;

    private static final String SCRIPT = """
        <noscript>The colours need JavaScript.</noscript>
        <script>
        %sconst text = document.getElementById('text');
        const value = letter => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.indexOf(letter);
        for (const stretch of text.querySelectorAll('[data-s]')) {
          const whole = stretch.textContent, parts = [];
          let at = 0;
          for (const [, length, high, low] of stretch.dataset.s.matchAll(/(\\d*)([A-Za-z-])([A-Za-z-])/g)) {
            const part = document.createElement('i'), shown = whole.slice(at, at += Number(length || 1));
            part.textContent = shown.replace(/\\n/g, '\\u21b5\\n');
            if (high !== '-') {
              const bits = (value(high) * 52 + value(low)) / 10, percent = 100 * 2 ** -bits;
              part.className = 's' + Math.min(10, Math.round(bits));
              part.title = (percent >= 0.1 ? percent.toFixed(1) : percent.toExponential(1)) + ' %%, ' + bits.toFixed(1) + ' bits';
              part.setAttribute('aria-label', '\\u201c' + shown.replace(/\\n/g, '\\u21b5') + '\\u201d: ' + part.title);
            }
            parts.push(part);
          }
          stretch.replaceChildren(...parts);
        }
        const all = text.getElementsByTagName('i');
        text.addEventListener('click', event => event.target.closest('i') && point(event.target.closest('i')));
        onKeyboard(text, () => point(all[0]));
        const box = place => all[place].getClientRects()[0];
        // The nearest place of the line above (-1) or below (1).
        function beside(place, way) {
          const from = box(place);
          let best = place, line;
          for (let i = place + way; all[i]; i += way) {
            const to = box(i);
            if (Math.abs(to.top - from.top) < from.height / 2) continue;
            if (line !== undefined && Math.abs(to.top - line) > from.height / 2) break;
            if (line === undefined || Math.abs(to.left - from.left) < Math.abs(box(best).left - from.left)) best = i;
            line = to.top;
          }
          return best;
        }
        text.addEventListener('keydown', event => {
          const place = here ? Array.prototype.indexOf.call(all, here) : 0, key = event.key;
          const next = key === 'ArrowUp' ? beside(place, -1) : key === 'ArrowDown' ? beside(place, 1)
            : {ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: all.length - 1}[key];
          if (next === undefined) return;
          event.preventDefault();
          point(all[Math.max(0, Math.min(all.length - 1, next))]);
        });
        </script>
        """.formatted(Page.POINTING);

    private final Writer out;
    private final Tokenizer.Decoder decoder;
    private final TextAssembler assembler = new TextAssembler();
    private final StringBuilder stretch = new StringBuilder();
    private final StringBuilder surprise = new StringBuilder();
    private int parts;
    private double bits;

    /** @param title of the page, in plain text */
    public SurpriseMap(Writer out, Tokenizer tokenizer, String title) throws IOException {
        this.out = out;
        this.decoder = tokenizer.decoder();
        out.write(Page.head(title, STYLE, paper -> Shades.rules("s", COLOUR, LEVELS, paper)));
        out.write("<p>How much each character surprised the model, in bits: " + legend() + "</p>\n");
        // A line end right behind the mark is no part of the text.
        out.write("<pre id=\"text\" tabindex=\"0\" aria-describedby=\"tip\">\n");
    }

    private static String legend() {
        StringBuilder boxes = new StringBuilder();
        for (int level = 0; level <= LEVELS; level++) {
            boxes.append("<i class=\"s%d\">&nbsp;%d%s&nbsp;</i>".formatted(level, level, level == LEVELS ? "+" : ""));
        }
        return boxes.toString();
    }

    /** The text's first token, which nothing predicts. */
    public void first(int token) throws IOException {
        add(assembler.append(decoder.next(token)), UNKNOWN);
    }

    /** The next token; a character of several tokens is as surprising as these together. */
    public void next(ScoredToken token) throws IOException {
        bits -= token.logprob() * BITS_PER_NAT;
        String text = assembler.append(decoder.next(token.id()));
        if (!text.isEmpty()) {
            add(text, letters(bits));
            bits = 0;
        }
    }

    private static String letters(double bits) {
        int tenths = Math.clamp(Math.round(10 * bits), 0, BASE * BASE - 1);
        return String.valueOf(new char[] {letter(tenths / BASE), letter(tenths % BASE)});
    }

    private static char letter(int value) {
        return (char) (value < BASE / 2 ? 'A' + value : 'a' + value - BASE / 2);
    }

    private void add(String text, String letters) throws IOException {
        if (text.isEmpty()) {
            return;
        }
        stretch.append(Page.visible(text));
        surprise.append(text.length() == 1 ? "" : String.valueOf(text.length())).append(letters);
        parts++;
        if (parts == MOST_PARTS) {
            writeStretch();
        }
    }

    private void writeStretch() throws IOException {
        if (parts > 0) {
            out.write("<span data-s=\"%s\">%s</span>".formatted(surprise, Page.escape(stretch.toString())));
        }
        stretch.setLength(0);
        surprise.setLength(0);
        parts = 0;
    }

    /** Ends the page. */
    public void finish() throws IOException {
        writeStretch();
        out.write("</pre>\n" + Page.TIP + SCRIPT + "</body></html>\n");
    }
}
