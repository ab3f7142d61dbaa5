package lstmgpu.data.subword;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * What a {@code tokenizer.json} of the Hugging Face tokenizers library says, from text to identifiers and back: added
 * tokens, normalizer, pre-tokenizer, model, decoder. A post-processor, which puts marks around a text, is left aside,
 * since a language model reads a text as it is.
 */
public final class Pipeline {
    private final String kind;
    private final String[] tokens;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final Normalizer normalizer;
    private final PreTokenizer preTokenizer;
    private final Model model;
    private final TokenDecoder decoder;
    private final boolean leavesOut;
    private final OptionalInt unknown;
    private final boolean countsFromStart;

    /**
     * @param root of the file
     * @param effort what making it may cost
     * @throws IllegalArgumentException that names the field which is unfit, or which this program does not know
     */
    public Pipeline(JsonNode root, Effort effort) {
        Fields file = new Fields("", root);
        Fields fields = file.child("model");
        Entries entries = Entries.of(fields);
        List<AddedTokens.Token> added = file.child("added_tokens").isAbsent()
                ? List.of()
                : file.each("added_tokens", Integer.MAX_VALUE).stream()
                        .map(AddedTokens.Token::of)
                        .toList();
        kind = entries.kind().toLowerCase(Locale.ROOT);
        tokens = tokens(entries, added);
        raw = new AddedTokens(
                added.stream().filter(token -> !token.normalized()).toList());
        normalizer = Normalizer.of(file.child("normalizer"));
        normalized = AddedTokens.normalized(added, normalizer, effort);
        preTokenizer = PreTokenizer.of(file.child("pre_tokenizer"));
        model = Model.of(fields, entries);
        countsFromStart = root.path("pre_tokenizer").findValuesAsText("type").contains(PreTokenizer.FIXED_LENGTH);
        decoder = TokenDecoder.of(file.child("decoder"));
        leavesOut =
                fields.child("unk_token").isAbsent() && fields.child("unk_id").isAbsent();
        unknown = unknown(fields, entries);
    }

    private static OptionalInt unknown(Fields model, Entries entries) {
        Integer id = entries.kind().equals("Unigram")
                ? (Integer) model.count("unk_id", -1, Integer.MAX_VALUE)
                : entries.id(model.text("unk_token", null));
        return id == null || id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    private static String[] tokens(Entries entries, List<AddedTokens.Token> added) {
        IntStream ids = IntStream.concat(
                entries.ids().values().stream().mapToInt(Integer::intValue),
                added.stream().mapToInt(AddedTokens.Token::id));
        int size = ids.max().orElse(-1) + 1;
        int count = entries.ids().size() + added.size();
        if (size > 2L * count + Entries.MOST_GAPS) {
            throw new IllegalArgumentException(
                    "there are %,d tokens, and one has the identifier %,d".formatted(count, size - 1));
        }
        String[] tokens = new String[size];
        entries.ids().forEach((token, id) -> tokens[id] = token);
        added.forEach(token -> tokens[token.id()] = token.content());
        return tokens;
    }

    /** The model's type, in small letters: bpe, unigram, wordpiece or wordlevel. */
    public String kind() {
        return kind;
    }

    /** Whether what no token stands for is left out, since there is no token for it. */
    public boolean leavesOut() {
        return leavesOut;
    }

    /** The token for what no other stands for, where there is one. */
    public OptionalInt unknown() {
        return unknown;
    }

    /** Whether how a stretch is cut depends on where a text begins, however far away that is. */
    public boolean countsFromStart() {
        return countsFromStart;
    }

    /** V: one more than the largest identifier. */
    public int size() {
        return tokens.length;
    }

    /** The token's text if it is text, and null where it is a part of a character or no token has the identifier. */
    public String text(int id) {
        byte[] bytes = tokens[id] == null ? null : decoder.decode(tokens[id], "");
        try {
            return bytes == null
                    ? null
                    : StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString();
        } catch (CharacterCodingException part) {
            return null;
        }
    }

    /** The bytes that the token adds to a text behind another token, or at its start where that is negative. */
    public byte[] bytes(int id, int before) {
        return tokens[id] == null ? new byte[0] : decoder.decode(tokens[id], before < 0 ? null : tokens[before]);
    }

    /** What the model is given, for a stretch that does not begin a text; an added token stands for itself. */
    public List<String> pieces(String stretch, Effort effort) {
        List<String> pieces = new ArrayList<>();
        new Encoder(id -> pieces.add(tokens[id]), _ -> {}, effort, pieces::add).accept(stretch, false, false);
        return pieces;
    }

    /** Turns the parts of one text into identifiers. */
    public final class Encoder {
        private static final int MOST_KEPT = 1 << 16;
        private static final int LONGEST_KEPT = 64;

        private final IntConsumer ids;
        private final Consumer<String> unknown;
        private final Effort effort;
        private final Consumer<String> pieces;
        private final Map<String, int[]> kept = new HashMap<>();
        private boolean isUnknown;

        /**
         * @param unknown gets what no token stands for
         * @param effort what it may cost
         */
        public Encoder(IntConsumer ids, Consumer<String> unknown, Effort effort) {
            this.ids = ids;
            this.unknown = unknown;
            this.effort = effort;
            this.pieces = this::acceptPiece;
        }

        private Encoder(IntConsumer ids, Consumer<String> unknown, Effort effort, Consumer<String> pieces) {
            this.ids = ids;
            this.unknown = unknown;
            this.effort = effort;
            this.pieces = pieces;
        }

        /** @param atStart whether this is the first part, and {@code atEnd} whether it is the last one */
        public void accept(String text, boolean atStart, boolean atEnd) {
            effort.allowText(text.length());
            List<AddedTokens.Segment> segments = raw.split(text, effort);
            for (int i = 0; i < segments.size(); i++) {
                AddedTokens.Segment segment = segments.get(i);
                if (segment.token() != null) {
                    ids.accept(segment.token().id());
                } else {
                    boolean last = i + 1 == segments.size();
                    Normalizer.Ends ends = new Normalizer.Ends(atStart || i > 0, atEnd || !last);
                    acceptText(normalizer.apply(segment.text(), ends, effort), atStart && i == 0);
                }
            }
        }

        private void acceptText(String text, boolean atStart) {
            boolean first = atStart;
            for (AddedTokens.Segment segment : normalized.split(text, effort)) {
                if (segment.token() != null) {
                    ids.accept(segment.token().id());
                } else if (!segment.text().isEmpty()) {
                    preTokenizer.split(segment.text(), first, effort, pieces);
                }
                first = false;
            }
        }

        private void acceptPiece(String piece) {
            effort.spend(1);
            int[] known = kept.get(piece);
            if (known == null) {
                known = encode(piece);
            }
            for (int id : known) {
                ids.accept(id);
            }
        }

        private int[] encode(String piece) {
            IntStream.Builder made = IntStream.builder();
            isUnknown = false;
            model.encode(
                    piece,
                    made,
                    text -> {
                        isUnknown = true;
                        unknown.accept(text);
                    },
                    effort);
            int[] result = made.build().toArray();
            if (!isUnknown && piece.length() <= LONGEST_KEPT) {
                if (kept.size() == MOST_KEPT) {
                    kept.clear();
                }
                kept.put(piece, result);
            }
            return result;
        }
    }
}
