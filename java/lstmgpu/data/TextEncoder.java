package lstmgpu.data;

/** Turns a text that comes in blocks into tokens. */
interface TextEncoder {
    /** Takes the next characters; a block never ends inside a surrogate pair. */
    void accept(CharSequence block);

    /** Ends the text. */
    void finish();
}
