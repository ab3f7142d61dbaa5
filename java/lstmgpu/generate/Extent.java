package lstmgpu.generate;

import lstmgpu.data.Tokenizer;
import lstmgpu.data.WordTokenizer;

/**
 * How much text the tokens after the first stand for.
 *
 * @param characters code points
 * @param utf8Bytes their bytes
 * @param words what stands between white space (of ASCII), and a word more for every line feed, as published
 *     perplexities count {@code <eos>}; of a tokenizer of words, its tokens
 */
record Extent(long characters, long utf8Bytes, long words) {
    static Extent of(Tokenizer tokenizer, EvaluationText text) {
        Tokenizer.Decoder decoder = tokenizer.decoder();
        byte[] first = decoder.next(text.token(0));
        Counter seen = new Counter();
        for (long at = 1; at < text.length(); at++) {
            seen.add(decoder.next(text.token(at)));
        }
        long words = tokenizer instanceof WordTokenizer ? text.length() - 1 : seen.words;
        // Characters that the vocabulary lacks have no token; what was not predicted must not make the figures smaller.
        if (tokenizer.leavesOut() && text.length() != text.characters()) {
            return new Extent(seen.characters, seen.utf8Bytes, words);
        }
        return new Extent(text.characters() - characters(first), text.utf8Bytes() - first.length, words);
    }

    private static final class Counter {
        private long characters;
        private long utf8Bytes;
        private long words;
        private boolean inWord;

        void add(byte[] utf8) {
            characters += characters(utf8);
            utf8Bytes += utf8.length;
            for (byte unit : utf8) {
                boolean space = unit == ' ' || unit >= '\t' && unit <= '\r';
                words += !space && !inWord ? 1 : 0;
                words += unit == '\n' ? 1 : 0;
                inWord = !space;
            }
        }
    }

    /** Bytes that do not go on with a character begun before. */
    private static int characters(byte[] utf8) {
        int count = 0;
        for (byte unit : utf8) {
            count += (unit & 0xC0) == 0x80 ? 0 : 1;
        }
        return count;
    }
}
