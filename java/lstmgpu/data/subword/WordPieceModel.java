package lstmgpu.data.subword;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The longest token first, from the left; tokens inside a word have a prefix (Schuster and Nakajima 2012, Devlin et al.
 * 2019). A word with a part that no token stands for is unknown as a whole.
 */
record WordPieceModel(Entries entries, Prefixes prefixes, String prefix, Integer unknownId, int longest)
        implements Model {
    private static final int MOST = 1 << 20;

    static WordPieceModel of(Fields fields, Entries entries) {
        return new WordPieceModel(
                entries,
                new Prefixes(entries.ids().keySet()),
                fields.text("continuing_subword_prefix", "##"),
                entries.id(fields.text("unk_token", "[UNK]")),
                fields.count("max_input_chars_per_word", 100, MOST));
    }

    @Override
    public void encode(String piece, IntConsumer ids, Consumer<String> unknown, Effort effort) {
        List<Integer> parts = piece.codePointCount(0, piece.length()) > longest ? null : parts(piece, effort);
        if (parts != null) {
            parts.forEach(ids::accept);
            return;
        }
        unknown.accept(piece);
        if (unknownId != null) {
            ids.accept(unknownId);
        }
    }

    private List<Integer> parts(String word, Effort effort) {
        List<Integer> parts = new ArrayList<>();
        int from = 0;
        while (from < word.length()) {
            Prefixes.Walk walk = prefixes.walk();
            String hidden = from == 0 ? "" : prefix;
            effort.spend(1L + hidden.length());
            String part = hidden.chars().allMatch(c -> walk.step((char) c))
                    ? prefixes.longest(walk, word, from, effort)
                    : null;
            if (part == null) {
                return null;
            }
            parts.add(entries.id(part));
            from += part.length() - hidden.length();
        }
        return parts;
    }
}
