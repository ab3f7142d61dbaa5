package lstmgpu.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.LogitEditor;

/**
 * What a user adds to a model's predictions: a bias for tokens, and that no run of {@code noRepeatNgram} tokens comes
 * twice (Paulus 2017), the prompt included.
 */
public final class LogitRules implements LogitEditor {
    /** Low enough for any temperature that leaves a difference between tokens, and still a number. */
    private static final float NEVER = -1e9f;

    private static final int LONGEST = 1000;

    private final Map<Integer, Float> bias;
    private final int length;
    private final List<Sequence> sequences = new ArrayList<>();

    /** A sample's tokens and, for every run of length − 1 of them, what came behind it. */
    private static final class Sequence {
        private final List<Integer> newest = new ArrayList<>();
        private final Map<List<Integer>, Set<Integer>> followers = new HashMap<>();

        void add(int token, int length) {
            if (newest.size() == length - 1) {
                followers
                        .computeIfAbsent(List.copyOf(newest), _ -> new HashSet<>())
                        .add(token);
            }
            newest.add(token);
            if (newest.size() > length - 1) {
                newest.removeFirst();
            }
        }
    }

    /**
     * @param bias added to the logits of these tokens
     * @param noRepeatNgram 0 for none
     */
    public LogitRules(Map<Integer, Float> bias, int noRepeatNgram) {
        if (noRepeatNgram < 0 || noRepeatNgram > LONGEST) {
            throw LstmGpuException.usage("--no-repeat-ngram must lie in [0 (off), %d], not %d", LONGEST, noRepeatNgram);
        }
        this.bias = Map.copyOf(bias);
        this.length = noRepeatNgram;
    }

    /**
     * A bias with which the token for what the vocabulary lacks is never drawn; empty without such a token, or where it
     * is the only one.
     */
    public static Map<Integer, Float> withoutUnknown(Tokenizer tokenizer) {
        OptionalInt unknown = tokenizer.unknown();
        return unknown.isPresent() && tokenizer.vocabularySize() > 1 ? Map.of(unknown.getAsInt(), NEVER) : Map.of();
    }

    /** Whether the logits stay as they are. */
    public boolean isEmpty() {
        return bias.isEmpty() && length == 0;
    }

    /** A token of a sequence's text, prompt or drawn. */
    void add(int sequence, int token) {
        while (sequences.size() <= sequence) {
            sequences.add(new Sequence());
        }
        if (length > 0) {
            sequences.get(sequence).add(token, length);
        }
    }

    @Override
    public void edit(float[] logits) {
        int vocabulary = logits.length / sequences.size();
        for (int sequence = 0; sequence < sequences.size(); sequence++) {
            int start = sequence * vocabulary;
            bias.forEach((token, added) -> logits[start + token] += added);
            Sequence text = sequences.get(sequence);
            Set<Integer> banned = length > 0 ? text.followers.getOrDefault(text.newest, Set.of()) : Set.of();
            if (banned.size() < vocabulary) {
                banned.forEach(token -> logits[start + token] = NEVER);
            }
        }
    }
}
