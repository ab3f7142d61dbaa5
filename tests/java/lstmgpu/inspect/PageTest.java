package lstmgpu.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What every page has, and that it can be read. */
class PageTest {
    /** Level AA of WCAG 2.2 for text of any size. */
    private static final double LEAST_CONTRAST = 4.5;

    private static final Pattern RULE = Pattern.compile("\\{\\s*background:\\s*#(\\w+);\\s*color:\\s*#(\\w+)");

    private static String page() {
        return Page.head(
                "t",
                "",
                paper -> Shades.rules("s", 0xC2410C, 10, paper)
                        + Shades.rules("n", 0xD95F02, 10, paper)
                        + Shades.rules("p", 0x1D5FB4, 10, paper));
    }

    private static double luminance(String colour) {
        String digits = colour.length() == 3 ? colour.replaceAll("(.)", "$1$1") : colour;
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            double value = Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16) / 255.0;
            sum += weights[i] * (value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
        }
        return sum;
    }

    private static double contrast(MatchResult rule) {
        double paper = luminance(rule.group(1));
        double ink = luminance(rule.group(2));
        return (Math.max(paper, ink) + 0.05) / (Math.min(paper, ink) + 0.05);
    }

    @Test
    void everyTextHasAContrastThatCanBeReadOnLightAndOnDarkPaper() {
        Matcher rules = RULE.matcher(page());
        int count = 0;
        while (rules.find()) {
            count++;
            assertTrue(contrast(rules.toMatchResult()) >= LEAST_CONTRAST, rules.group());
        }
        assertEquals(2 * (1 + 3 * 11), count, "body and three scales, light and dark");
    }

    @Test
    void aPageFitsAPhoneAKeyboardAndPaper() {
        String page = page();
        assertTrue(page.contains("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"), page);
        assertTrue(page.contains(":focus-visible"), page);
        assertTrue(page.contains("default-src 'none'"), "it may ask for something");
        assertTrue(page.contains("@media screen and (prefers-color-scheme: dark)"), page);
        assertTrue(page.contains("@media print"), page);
        assertTrue(page.contains("print-color-adjust: exact"), page);
    }
}
