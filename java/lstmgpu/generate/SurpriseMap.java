package lstmgpu.generate;

import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import lstmgpu.data.Tokenizer;

/**
 * A text as a page of HTML, each character the darker the less the model expected it. The page needs nothing else; a browser shows the
 * probability of what the mouse points at.
 */
public final class SurpriseMap {
    private static final double BITS_PER_NAT = 1 / Math.log(2);

    /** A level a bit; beyond the last everything looks the same. */
    private static final int LEVELS = 10;

    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s</title><style>
        :root { color-scheme: light dark; font: 16px/1.7 ui-monospace, Menlo, Consolas, monospace; }
        body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
        i { font-style: normal; border-radius: 2px; }
        .end { opacity: .45; }
        p { font-family: system-ui, sans-serif; }
        %2$s</style></head><body>
        <p><b>%1$s</b>, by how much each character surprised the model, in bits:
        %3$s</p>
        <pre>\
        """;

    private final Writer out;
    private final Tokenizer.Decoder decoder;
    private final TextAssembler assembler = new TextAssembler();
    private double bits;
    private boolean known;

    /** @param title of the page, in plain text */
    public SurpriseMap(Writer out, Tokenizer tokenizer, String title) throws IOException {
        this.out = out;
        this.decoder = tokenizer.decoder();
        out.write(HEAD.formatted(escape(title), colours(), legend()));
    }

    /** One hue, light to dark, which stays in order for every kind of colour vision and in print. */
    private static String colours() {
        StringBuilder rules = new StringBuilder();
        for (int level = 0; level <= LEVELS; level++) {
            int share = 100 * level / LEVELS;
            rules.append(".s%d { background: color-mix(in oklab, #c2410c %d%%, Canvas);%s }\n"
                    .formatted(level, share, share > 60 ? " color: #fff;" : ""));
        }
        return rules.toString();
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
        write(escape(assembler.append(decoder.next(token))));
    }

    /** The next token; a character of several tokens is as surprising as these together. */
    public void next(ScoredToken token) throws IOException {
        bits -= token.logprob() * BITS_PER_NAT;
        known = true;
        String text = assembler.append(decoder.next(token.id()));
        if (!text.isEmpty()) {
            write(escape(text));
        }
    }

    private void write(String text) throws IOException {
        String shown = text.replace("\n", "<span class=\"end\">↵</span>\n");
        if (!known) {
            out.write(shown);
            return;
        }
        out.write("<i class=\"s%d\" title=\"%s\">%s</i>"
                .formatted((int) Math.min(LEVELS, Math.round(bits)), probability(bits), shown));
        bits = 0;
        known = false;
    }

    private static String probability(double bits) {
        double percent = 100 * Math.pow(2, -bits);
        return String.format(Locale.ROOT, percent >= 0.1 ? "%.1f%%, %.1f bits" : "%.1e%%, %.1f bits", percent, bits);
    }

    /** Ends the page. */
    public void finish() throws IOException {
        out.write("</pre></body></html>\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
