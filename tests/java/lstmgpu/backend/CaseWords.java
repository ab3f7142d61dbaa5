package lstmgpu.backend;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Words that choose among the cases of {@link ConformanceTest}; without any, all of them. */
record CaseWords(List<String> words) {
    /** @param text words with spaces between them */
    static CaseWords of(String text) {
        return new CaseWords(Arrays.stream(text.toLowerCase(Locale.ROOT).split(" "))
                .filter(word -> !word.isEmpty())
                .toList());
    }

    /**
     * Whether each word is part of one of the texts, whatever its letters' case. The names of a record's components do
     * not count, since every recurrent stack has a {@code dropout=}; an operation may be written as its kernel is,
     * {@code squared_error}.
     */
    boolean meet(String... texts) {
        return words.stream()
                .allMatch(word -> Arrays.stream(texts)
                        .map(text -> text.replaceAll("\\w+=", "").toLowerCase(Locale.ROOT))
                        .anyMatch(text -> text.contains(word) || text.contains(word.replace("_", ""))));
    }
}
