package lstmgpu.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * A tokenizer over characters, as opposed to bytes: the same encoder serves a string in memory and a file of any
 * size.
 */
abstract sealed class TextTokenizer implements Tokenizer permits CharTokenizer, SubwordTokenizer, WordTokenizer {
    /** An encoder for one text from its beginning. */
    abstract TextEncoder encoder(IntConsumer ids, UnknownTokens unknown);

    @Override
    public final Encoding encode(String text) {
        IntStream.Builder ids = IntStream.builder();
        UnknownTokens unknown = new UnknownTokens(Integer.MAX_VALUE);
        TextEncoder encoder = encoder(ids::add, unknown);
        encoder.accept(text.toCharArray(), 0, text.length());
        encoder.finish();
        Map<String, Integer> counts = new LinkedHashMap<>();
        unknown.counts().forEach((name, count) -> counts.put(name, Math.toIntExact(count)));
        return new Encoding(ids.build().toArray(), Collections.unmodifiableMap(counts));
    }
}
