package lstmgpu.data;

import java.util.function.Consumer;

/** How a text falls into words; a model keeps the way in which its words were made. */
enum WordSplitting {
    /**
     * Words are what white space separates, with their punctuation; line feeds end lines. Models of earlier builds have
     * it.
     */
    WHITE_SPACE,

    /** Punctuation is apart from words; line feeds, carriage returns and both together end lines. */
    PUNCTUATION;

    /** Gives the words of a text and, for every end of a line, {@link WordTokenizer#LINE_END}. */
    TextEncoder splitter(Consumer<String> words) {
        return this == WHITE_SPACE ? new WordSplitter(words) : new PunctuationSplitter(words);
    }
}
