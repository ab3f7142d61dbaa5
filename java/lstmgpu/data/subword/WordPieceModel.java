package lstmgpu.data.subword;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The longest token first, from the left; tokens inside a word have a prefix (Schuster and Nakajima 2012, Devlin et al. 2019). A word
 * with a part that no token stands for is unknown as a whole.
 */
record WordPieceModel(Entries entries, String prefix, Integer unknownId, int longest) implements Model {
    private static final int MOST = 1 << 20;

    static WordPieceModel of(Fields fields, Entries entries) {
        return new WordPieceModel(
                entries,
                fields.text("continuing_subword_prefix", "##"),
                entries.id(fields.text("unk_token", "[UNK]")),
                fields.count("max_input_chars_per_word", 100, MOST));
    }

    @Override
    public void encode(String piece, IntConsumer ids, Consumer<String> unknown) {
        List<Integer> parts = piece.codePointCount(0, piece.length()) > longest ? null : parts(piece);
        if (parts != null) {
            parts.forEach(ids::accept);
            return;
        }
        unknown.accept(piece);
        if (unknownId != null) {
            ids.accept(unknownId);
        }
    }

    private List<Integer> parts(String word) {
        List<Integer> parts = new ArrayList<>();
        int from = 0;
        while (from < word.length()) {
            int to = word.length();
            Integer id = null;
            while (to > from && id == null) {
                String part = word.substring(from, to);
                id = entries.id(from == 0 ? part : prefix + part);
                to = id == null ? word.offsetByCodePoints(to, -1) : to;
            }
            if (id == null) {
                return null;
            }
            parts.add(id);
            from = to;
        }
        return parts;
    }
}
