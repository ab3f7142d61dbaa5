package lstmgpu.data.subword;

/** When a text gets a space in front that it did not have, so that its first word is like the others. */
final class Metaspace {
    static final String ALWAYS = "always";
    static final String FIRST = "first";
    static final String NEVER = "never";

    private Metaspace() {}

    /** One of the three; older files have {@code add_prefix_space} instead. */
    static String scheme(Fields fields) {
        boolean prefix = fields.flag("add_prefix_space", true);
        String scheme = fields.text("prepend_scheme", prefix ? ALWAYS : NEVER);
        if (!scheme.equals(ALWAYS) && !scheme.equals(FIRST) && !scheme.equals(NEVER)) {
            throw new IllegalArgumentException("%s.prepend_scheme '%s' is none of always, first and never"
                    .formatted(fields.place(), Fields.shown(scheme)));
        }
        return scheme;
    }
}
