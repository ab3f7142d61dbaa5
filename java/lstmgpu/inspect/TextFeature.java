package lstmgpu.inspect;

import java.util.function.ToDoubleFunction;

/** What a unit may have learnt to follow in a text, as a number after every character. */
public enum TextFeature {
    QUOTATION("quotations", place -> place.quoted ? 1 : 0),
    BRACKETS("brackets", place -> place.depth),
    LINE_END("line ends", place -> place.column == 0 ? 1 : 0),
    LINE_POSITION("the position in the line", place -> place.column),
    WORD_POSITION("the position in the word", place -> place.letters),
    SENTENCE_POSITION("the position in the sentence", place -> place.sentence),
    CAPITALS("capital letters", place -> place.capital ? 1 : 0);

    private final String label;
    private final ToDoubleFunction<Place> value;

    TextFeature(String label, ToDoubleFunction<Place> value) {
        this.label = label;
        this.value = value;
    }

    /** As the end of a sentence that begins with "follows". */
    public String label() {
        return label;
    }

    /** Its value at a place. */
    double at(Place place) {
        return value.applyAsDouble(place);
    }

    /** Where a reader is in a text. */
    static final class Place {
        private boolean quoted;
        private int depth;
        private int column;
        private int letters;
        private int sentence;
        private boolean capital;

        /** Reads on. */
        void read(String text) {
            text.codePoints().forEach(this::read);
        }

        private void read(int character) {
            switch (character) {
                case '"' -> quoted = !quoted;
                case '“', '«' -> quoted = true;
                case '”', '»' -> quoted = false;
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth = Math.max(0, depth - 1);
                default -> {}
            }
            column = character == '\n' ? 0 : column + 1;
            letters = Character.isLetterOrDigit(character) ? letters + 1 : 0;
            sentence = character == '.' || character == '!' || character == '?' ? 0 : sentence + 1;
            capital = Character.isUpperCase(character);
        }
    }
}
