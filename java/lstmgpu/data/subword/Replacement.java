package lstmgpu.data.subword;

import java.util.regex.Matcher;

/** What {@code Replace} does, in texts before they are cut and in tokens that become text. */
record Replacement(Expression pattern, String content) {
    static Replacement of(Fields fields) {
        return new Replacement(fields.pattern(), fields.text("content"));
    }

    boolean isPlain() {
        return pattern.isPlain();
    }

    String apply(String text, Effort effort) {
        Matcher matcher = pattern.matcher(text, effort);
        StringBuilder result = new StringBuilder(text.length());
        int end = 0;
        while (matcher.find()) {
            effort.spend(pattern.steps());
            effort.reach((long) result.length() + matcher.start() - end + content.length());
            result.append(text, end, matcher.start()).append(content);
            end = matcher.end();
        }
        return result.append(text, end, text.length()).toString();
    }
}
