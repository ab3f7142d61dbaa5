package lstmgpu.data.subword;

import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Turns a piece of a text into tokens. */
@FunctionalInterface
interface Model {
    /**
     * @param ids gets the tokens in order
     * @param unknown gets what no token stands for; where the model has an unknown token, that goes to {@code ids} too
     */
    void encode(String piece, IntConsumer ids, Consumer<String> unknown, Effort effort);

    /** The one that a file describes. */
    static Model of(Fields fields, Entries entries) {
        return switch (entries.kind()) {
            case "BPE" -> BytePairModel.of(fields, entries);
            case "Unigram" -> UnigramModel.of(fields, entries);
            case "WordPiece" -> WordPieceModel.of(fields, entries);
            case "WordLevel" -> wordLevel(fields, entries);
            default -> throw fields.unknown();
        };
    }

    private static Model wordLevel(Fields fields, Entries entries) {
        Integer other = entries.id(fields.text("unk_token"));
        return (piece, ids, unknown, _) -> {
            Integer id = entries.id(piece);
            if (id == null) {
                unknown.accept(piece);
            }
            if (id != null || other != null) {
                ids.accept(id != null ? id : other);
            }
        };
    }
}
