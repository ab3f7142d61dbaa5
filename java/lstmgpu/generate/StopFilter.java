package lstmgpu.generate;

import java.util.List;

/** Lets text through until a stop string appears, holding back what may be the beginning of one. */
final class StopFilter {
    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    StopFilter(List<String> stops) {
        this.stops = stops;
    }

    boolean stopped() {
        return stopped;
    }

    /** What may be shown now. */
    String append(String text) {
        if (stops.isEmpty()) {
            return text;
        }
        String whole = held + text;
        int found = earliest(whole);
        if (found >= 0) {
            stopped = true;
            held = "";
            return whole.substring(0, found);
        }
        int safe = whole.length() - longestBeginning(whole);
        held = whole.substring(safe);
        return whole.substring(0, safe);
    }

    /** What was held back, once no more text comes. */
    String finish() {
        String rest = held;
        held = "";
        return rest;
    }

    private int earliest(String text) {
        return stops.stream()
                .mapToInt(text::indexOf)
                .filter(place -> place >= 0)
                .min()
                .orElse(-1);
    }

    /** Length of the longest end of the text that a stop string begins with. */
    private int longestBeginning(String text) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (text.regionMatches(text.length() - length, stop, 0, length)) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
