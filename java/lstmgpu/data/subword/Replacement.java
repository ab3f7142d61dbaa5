package lstmgpu.data.subword;

/** What {@code Replace} does, in texts before they are cut and in tokens that become text. */
record Replacement(Expression pattern, String content) {
    static Replacement of(Fields fields) {
        return new Replacement(fields.pattern(), fields.text("content"));
    }

    boolean isPlain() {
        return pattern.isPlain();
    }

    String apply(String text, Effort effort) {
        Search search = new Search(pattern, text, effort);
        StringBuilder result = new StringBuilder(text.length());
        int end = 0;
        while (search.find()) {
            effort.reach((long) result.length() + search.start() - end + content.length());
            result.append(text, end, search.start()).append(content);
            end = search.end();
        }
        return result.append(text, end, text.length()).toString();
    }
}
