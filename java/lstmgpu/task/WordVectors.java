package lstmgpu.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.table.Row;
import lstmgpu.data.table.TextLines;
import lstmgpu.network.InputPart;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * Vectors of words from a text file as GloVe (Pennington 2014) and word2vec (Mikolov 2013) write it: a word and its
 * numbers on every line, which spaces separate; word2vec's first line says how many words there are and of how many
 * numbers. The file is read once, line by line, and only the vectors of tokens are kept.
 */
public final class WordVectors {
    private static final int HEADER_FIELDS = 2;

    private final Path file;
    private final Map<String, List<Integer>> wanted = new HashMap<>();
    private final Map<String, List<Integer>> wantedInLowerCase = new HashMap<>();
    private final float[][] vectors;
    private final boolean[] exact;
    private int size;

    /** The number of the line that says the size; 0 before it. */
    private long first;

    private WordVectors(Path file, Tokenizer tokenizer) {
        this.file = file;
        this.vectors = new float[tokenizer.vocabularySize()][];
        this.exact = new boolean[vectors.length];
        for (int id = 0; id < vectors.length; id++) {
            String token = tokenizer.token(id).strip();
            wanted.computeIfAbsent(token, _ -> new ArrayList<>()).add(id);
            wantedInLowerCase
                    .computeIfAbsent(token.toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                    .add(id);
        }
    }

    /**
     * The vectors of a tokenizer's tokens; of a token that the file lacks, that of its lower-case form.
     *
     * @throws LstmGpuException with exit code 3, naming file and line, if a line has not as many numbers as the first,
     *     something else or one that is not finite, or if the file has the vector of no token
     */
    public static WordVectors read(Path file, Tokenizer tokenizer) {
        WordVectors read = new WordVectors(file, tokenizer);
        TextLines.forEach(file, read::line);
        if (read.found() == 0) {
            throw LstmGpuException.data(
                    "%s has a vector for none of the %d tokens; take vectors of the language of the texts, and"
                            + " --tokenizer word",
                    file, read.vectors.length);
        }
        return read;
    }

    /** E, numbers of a vector. */
    public int size() {
        return size;
    }

    /** Tokens that have a vector. */
    public int found() {
        int count = 0;
        for (float[] vector : vectors) {
            count += vector == null ? 0 : 1;
        }
        return count;
    }

    /** Tokens of the vocabulary. */
    public int tokens() {
        return vectors.length;
    }

    /** They take the place of the drawn rows of a network's embedding. */
    public void begin(Network network) {
        Map<String, Tensor> drawn = network.tensors();
        putInto(drawn.get(InputPart.Tokens.EMBEDDING).values());
        network.load(drawn);
    }

    /** Puts the vectors that there are into the rows of an embedding [V,E]. */
    void putInto(float[] embedding) {
        for (int id = 0; id < vectors.length; id++) {
            if (vectors[id] != null) {
                System.arraycopy(vectors[id], 0, embedding, id * size, size);
            }
        }
    }

    private void line(long number, String line) {
        Row place = new Row(file, number, List.of());
        // A few words of some files have spaces in them, numbers never.
        String text = line.stripTrailing();
        if (first == 0) {
            first = number;
            String[] fields = text.strip().split("[ \t]+");
            if (fields.length == HEADER_FIELDS && fields[0].matches("\\d{1,18}") && fields[1].matches("\\d{1,9}")) {
                size = checkedSize(place, Integer.parseInt(fields[1]));
                return;
            }
            size = checkedSize(place, fields.length - 1);
            numbers(place, text.substring(startOfNumbers(place, text)).strip());
        }
        int start = startOfNumbers(place, text);
        String word = text.substring(0, start).strip();
        List<Integer> ids = wanted.getOrDefault(word, List.of());
        List<Integer> others = wantedInLowerCase.getOrDefault(word, List.of());
        if (ids.isEmpty() && others.isEmpty()) {
            return;
        }
        float[] vector = numbers(place, text.substring(start).strip());
        for (int id : ids) {
            vectors[id] = vector;
            exact[id] = true;
        }
        for (int id : others) {
            vectors[id] = exact[id] ? vectors[id] : vector;
        }
    }

    private static int checkedSize(Row place, int size) {
        if (size < 1 || size > NetworkConfig.LARGEST_SIZE) {
            throw place.unfit(
                    "there are %,d numbers behind a word, and a vector has 1 to %,d; give a text file of GloVe or"
                            + " word2vec",
                    Math.max(0, size), NetworkConfig.LARGEST_SIZE);
        }
        return size;
    }

    /** Behind the word: the last fields, as many as a vector has. */
    private int startOfNumbers(Row place, String text) {
        int at = text.length();
        for (int count = 0; count < size; count++) {
            int end = at;
            while (end > 0 && isSpace(text.charAt(end - 1))) {
                end--;
            }
            at = end;
            while (at > 0 && !isSpace(text.charAt(at - 1))) {
                at--;
            }
            if (at == 0) {
                throw place.unfit(
                        "there are fewer than %,d numbers behind the word, which line %,d has or says; mend or delete"
                                + " the wrong one of the two",
                        size, first);
            }
        }
        return at;
    }

    private float[] numbers(Row place, String text) {
        String[] fields = text.split("[ \t]+");
        float[] vector = new float[size];
        for (int i = 0; i < size; i++) {
            try {
                vector[i] = Float.parseFloat(fields[i]);
            } catch (NumberFormatException _) {
                throw place.unfit("'%s' is no number; mend or delete the line", fields[i]);
            }
            if (!Float.isFinite(vector[i])) {
                throw place.unfit("'%s' is not finite; mend or delete the line", fields[i]);
            }
        }
        return vector;
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
