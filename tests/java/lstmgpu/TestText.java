package lstmgpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.InputTexts;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.EvaluationText;
import lstmgpu.task.TrainingText;

/** Small texts as the code under test takes them, one byte a token. */
public final class TestText {
    private static final List<List<String>> SENTENCE = List.of(
            List.of("A tall heron ", "The old clock ", "Every lantern ", "A grey cat "),
            List.of("forgot ", "followed ", "painted ", "hid ", "answered ", "waited for "),
            List.of("his shadow", "the blue door", "a letter", "seven loaves"),
            List.of(" again and again.\n", " before noon.\n", ", as always.\n", " for a while.\n"));

    private TestText() {}

    /** Text that a model can learn by heart. */
    public static String rhyme(int repetitions) {
        return "one two buckle my shoe\nthree four knock at the door\n".repeat(repetitions);
    }

    /** Lines drawn from a few words, always the same: soon learnt, and not by heart. */
    public static String sentences(int lines) {
        Random random = new Random(7);
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < lines; line++) {
            for (List<String> words : SENTENCE) {
                text.append(words.get(random.nextInt(words.size())));
            }
        }
        return text.toString();
    }

    public static Tokenizer tokenizer(String text) {
        return new CharTokenizer(text.codePoints().boxed().collect(Collectors.toSet()), false);
    }

    public static MemorySegment segment(int[] ids) {
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, ids.length));
        for (int i = 0; i < ids.length; i++) {
            segment.set(ValueLayout.JAVA_BYTE, i, (byte) ids[i]);
        }
        return segment.asSlice(0, ids.length);
    }

    public static TrainingText training(Tokenizer tokenizer, String training, String validation) {
        MemorySegment heldOut =
                validation == null ? null : segment(tokenizer.encode(validation).ids());
        return training(segment(tokenizer.encode(training).ids()), heldOut, 1, "hash of " + training.hashCode());
    }

    /** Tokens of no file. */
    public static TrainingText training(
            MemorySegment training, MemorySegment validation, int bytesPerToken, String hash) {
        return new TrainingText(
                training, validation, bytesPerToken, hash, "test.txt", InputTexts.NONE, InputTexts.NONE);
    }

    public static EvaluationText evaluation(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text).ids();
        return new EvaluationText(
                segment(ids),
                1,
                text.codePointCount(0, text.length()),
                text.getBytes(java.nio.charset.StandardCharsets.UTF_8).length,
                "test.txt");
    }

    public static int[] cycle(int length, int vocabulary) {
        int[] ids = new int[length];
        Arrays.setAll(ids, i -> (i * i + 3 * i) % vocabulary);
        return ids;
    }
}
