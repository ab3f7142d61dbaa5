package lstmgpu.inspect;

/**
 * Rules of CSS that colour something in steps from the paper to a full colour, on light and on dark paper, each with
 * the ink that can be read on it: black or white has a contrast above 4.5 to 1 with any colour.
 */
final class Shades {
    /** What text stands on where nothing is coloured, and in print. */
    static final int LIGHT = 0xFFFFFF;

    static final int DARK = 0x16161A;

    private static final double HALF_WAY = 0.179;

    private Shades() {}

    /**
     * @param name of a class, before the number of its step
     * @param colour of the last step
     */
    static String rules(String name, int colour, int steps, int paper) {
        StringBuilder rules = new StringBuilder();
        for (int step = 0; step <= steps; step++) {
            int shade = mixed(paper, colour, (double) step / steps);
            rules.append(
                    ".%s%d{background:#%06x;color:#%s}".formatted(name, step, shade, isLight(shade) ? "000" : "fff"));
        }
        return rules.append('\n').toString();
    }

    private static int mixed(int from, int to, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int a = (from >> shift) & 0xFF;
            int b = (to >> shift) & 0xFF;
            int channel = (int) Math.round(a + share * (b - a));
            mixed |= channel << shift;
        }
        return mixed;
    }

    /** Whether black has the higher contrast (WCAG 2.2, relative luminance). */
    private static boolean isLight(int colour) {
        return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour) > HALF_WAY;
    }

    private static double linear(int channel) {
        double value = (channel & 0xFF) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }
}
