package lstmgpu.inspect;

import java.util.function.IntFunction;

/**
 * A page of HTML that needs nothing else: light and dark as the reader's system is, readable on a phone, in print and
 * with the keyboard. What the mouse or the arrow keys point at is told in a line that stays in sight, and framed in
 * black and white, of which one can be seen on any colour. The page asks no server for anything, whatever the text in
 * it may hold.
 */
public final class Page {
    private static final String HEAD = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <title>%1$s</title><style>
        :root { color-scheme: light dark; font: 15px/1.6 system-ui, sans-serif; scroll-padding: 1rem 0 4rem; }
        body { background: #ffffff; color: #000000; max-width: 68rem; margin: 1.5rem auto; padding: 0 1rem; }
        h1 { font-size: 1.3rem; overflow-wrap: anywhere; } h2 { margin: 2rem 0 0; font-size: 1.1rem; }
        i { font-style: normal; border-radius: 2px; }
        :focus-visible { outline: 2px solid #1d5fb4; outline-offset: 2px; }
        .here { outline: 2px solid #000000; outline-offset: 0; box-shadow: 0 0 0 4px #ffffff; position: relative; z-index: 1; }
        #tip { position: sticky; bottom: 0; z-index: 2; margin: 0; overflow-wrap: anywhere; padding: .3rem 0;
          background: inherit; min-height: 1.6em; }
        %2$s%3$s
        @media screen and (prefers-color-scheme: dark) {
        body { background: #16161a; color: #eeeeee; } :focus-visible { outline-color: #8ab8f0; }
        %4$s}
        @media print {
        :root { font-size: 10px; color-scheme: light; } body { max-width: none; margin: 0; padding: 0; }
        * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        #tip { display: none; } :focus-visible, .here { outline: none; box-shadow: none; }
        h2 { break-after: avoid; } table, tr { break-inside: avoid; } .wide { overflow: visible; }
        }
        </style></head><body>
        <h1>%1$s</h1>
        """;

    /** Moves a mark over the parts of an element that has the keyboard, and tells what they stand for. */
    static final String POINTING = """
        const tip = document.getElementById('tip');
        let here;
        // A click brings the focus too, but means the place that was clicked at.
        const onKeyboard = (element, begin) =>
          element.addEventListener('focus', () => element.matches(':focus-visible') && !element.contains(here) && begin());
        function point(part) {
          if (!part) return;
          if (here) here.classList.remove('here');
          here = part;
          part.classList.add('here');
          part.scrollIntoView({block: 'nearest', inline: 'nearest'});
          tip.textContent = part.getAttribute('aria-label') || part.title;
        }
        """;

    static final String TIP = """
        <p id="tip" role="status">Point at a place, or press Tab and go on with the arrow keys.</p>
        """;

    private Page() {}

    /**
     * Everything before the page's own contents.
     *
     * @param title in plain text
     * @param style what does not depend on the paper
     * @param colours rules for a paper
     */
    public static String head(String title, String style, IntFunction<String> colours) {
        return HEAD.formatted(escape(title), style, colours.apply(Shades.LIGHT), colours.apply(Shades.DARK));
    }

    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /**
     * A text as long as it was, in which everything stands where it is read and can be seen: controls become their
     * pictures.
     */
    public static String visible(String text) {
        StringBuilder shown = new StringBuilder(text);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            if (c < ' ' && c != '\n' && c != '\t') {
                shown.setCharAt(i, (char) ('\u2400' + c));
            } else if (c >= '\u007f' && c < '\u00a0' || Character.getType(c) == Character.FORMAT) {
                shown.setCharAt(i, '\ufffd');
            }
        }
        return shown.toString();
    }
}
