package lstmgpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What stands in a picture in SVG as text, which can be searched, copied and read aloud, not as outlines of letters.
 */
public final class ChartTexts {
    private static final Pattern TEXT = Pattern.compile("<text[^>]*>([^<]*)</text>");

    private ChartTexts() {}

    /** Requires that each of these is a text of its own, and that dark screens see the picture dark. */
    public static void require(String svg, String... texts) {
        List<String> found =
                TEXT.matcher(svg).results().map(match -> match.group(1).strip()).toList();
        for (String text : texts) {
            assertTrue(found.contains(text), () -> text + " is no text among " + found);
        }
        assertTrue(svg.contains("@media (prefers-color-scheme: dark)"), "dark mode");
    }
}
