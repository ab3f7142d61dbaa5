package lstmgpu.inspect;

import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** How far back the loss of a token reaches, by layer: a page of HTML with a sentence, a picture and the numbers. */
public final class GradientPage {
    private static final String STYLE = """
        p { margin: .3rem 0 .8rem; } .wide { overflow-x: auto; } svg { display: block; }
        table { border-collapse: collapse; margin: .5rem 0; } th { font-weight: 600; }
        td, th { padding: .1rem .9rem .1rem 0; text-align: right; white-space: nowrap; }
        """;

    private GradientPage() {}

    /**
     * Writes the whole page.
     *
     * @param title in plain text
     * @param method how the numbers were found, in plain text
     * @param layers the first one first
     * @param trained steps through which training propagated gradients back, where that is known
     */
    public static void write(Writer out, String title, String method, List<GradientReach> layers, OptionalInt trained)
            throws IOException {
        out.write(Page.head(title, STYLE, _ -> ""));
        for (GradientReach layer : layers) {
            out.write("<p><b>%s.</b></p>\n".formatted(Page.escape(layer.sentence())));
        }
        out.write("<p>%s</p>\n<div class=\"wide\">\n".formatted(Page.escape(method)));
        out.write(GradientChart.svg(layers, trained));
        out.write("\n</div>\n<h2>Numbers</h2>\n<p>Mean norm of ∂loss/∂h, its share of that at distance 0, and the"
                + " median of the norm.</p>\n<div class=\"wide\"><table>\n<tr><th>tokens back</th>");
        for (GradientReach layer : layers) {
            out.write("<th>layer %d: mean</th><th>share</th><th>median</th>".formatted(layer.layer()));
        }
        out.write("</tr>\n");
        for (int distance : GradientReach.shown(layers.getFirst().farthest())) {
            out.write("<tr><td>%d</td>".formatted(distance));
            for (GradientReach layer : layers) {
                out.write(String.format(
                        Locale.ROOT,
                        "<td>%.3g</td><td>%.3g %%</td><td>%.3g</td>",
                        layer.means()[distance],
                        GradientReach.PERCENT * layer.share(distance),
                        layer.medians()[distance]));
            }
            out.write("</tr>\n");
        }
        out.write("</table></div>\n</body></html>\n");
    }
}
