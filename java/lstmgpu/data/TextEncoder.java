package lstmgpu.data;

/** Turns a text that comes in blocks into tokens. */
interface TextEncoder {
    /**
     * Takes the next characters, {@code chars[from..to)}; a block never ends inside a surrogate pair. The array is
     * the caller's.
     */
    void accept(char[] chars, int from, int to);

    /** Ends the text. */
    void finish();
}
