package lstmgpu.data;

import java.util.Map;
import java.util.OptionalInt;

/** Text to token identifiers in [0, V) and back. */
public interface Tokenizer {
    /** The name {@code --tokenizer} takes, or the model of a given {@code tokenizer.json}. */
    String kind();

    /** V. */
    int vocabularySize();

    /** The token as a person reads it, for tables and {@code score}. */
    String token(int id);

    /** Whether there are texts of which parts get no token. */
    boolean leavesOut();

    /** The token for what the vocabulary lacks, where there is one. */
    OptionalInt unknown();

    Encoding encode(String text);

    /** A decoder for one run of tokens from its beginning. */
    Decoder decoder();

    /**
     * @param ids one identifier a token; what the vocabulary lacks is the unknown token where there is one and is
     *     left out otherwise
     * @param unknown what the vocabulary lacks, and how often it came, in order of appearance
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Encoding(int[] ids, Map<String, Integer> unknown) {}

    /** Turns tokens into UTF-8, one after the other. */
    interface Decoder {
        /** The bytes that this token adds to the text; a byte tokenizer may end inside a character. */
        byte[] next(int id);

        /**
         * What it knows of the tokens so far beyond the last ones, such as a quotation that was opened: a number for
         * {@link #resume}.
         */
        default int spelling() {
            return 0;
        }

        /** Goes on where another one was, after this one was given the last tokens of that one's run. */
        default void resume(int spelling) {}
    }
}
