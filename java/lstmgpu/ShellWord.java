package lstmgpu;

/** Names in a command that a person copies from a message. */
public final class ShellWord {
    private ShellWord() {}

    /** The name as a shell reads it back: in quotes where it has more than letters, digits and harmless signs. */
    public static String of(Object name) {
        String word = name.toString();
        return word.matches("[\\w./+,:@-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
