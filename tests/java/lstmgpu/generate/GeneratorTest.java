package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {
    private static final String TEXT = TestText.rhyme(1);
    private static final Tokenizer LETTERS = TestText.tokenizer(TEXT);
    private static final int LENGTH = 60;

    private final Backend backend = new CpuBackend(1);

    @AfterEach
    void close() {
        backend.close();
    }

    private static Network model(Backend backend, Tokenizer tokenizer) {
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, tokenizer.vocabularySize(), 8, 16, 2, 0.5f, false);
        Network model = new Network(backend, config, Precision.FP32);
        model.initialise(9, Initialisation.ORTHOGONAL);
        return model;
    }

    private static GenerationSettings settings(
            float temperature, float penalty, List<String> stop, long seed, int samples) {
        return new GenerationSettings(LENGTH, temperature, 0, 1, 0, false, penalty, stop, seed, samples, false);
    }

    private List<GeneratedText> generate(Tokenizer tokenizer, GenerationSettings settings, String prompt) {
        return generate(backend, tokenizer, settings, prompt);
    }

    private static List<GeneratedText> generate(
            Backend backend, Tokenizer tokenizer, GenerationSettings settings, String prompt) {
        try (Network model = model(backend, tokenizer);
                Generator generator = new Generator(model, tokenizer, settings)) {
            return generator.generate(tokenizer.encode(prompt).ids(), TextSink.NONE);
        }
    }

    @Test
    void theSeedDecidesTheText() {
        String first = generate(LETTERS, settings(1, 1, List.of(), 1, 1), "one")
                .getFirst()
                .text();
        assertEquals(LENGTH, first.length());
        assertEquals(
                first,
                generate(LETTERS, settings(1, 1, List.of(), 1, 1), "one")
                        .getFirst()
                        .text());
        assertNotEquals(
                first,
                generate(LETTERS, settings(1, 1, List.of(), 2, 1), "one")
                        .getFirst()
                        .text());
        assertNotEquals(
                first,
                generate(LETTERS, settings(1, 1, List.of(), 1, 1), "two")
                        .getFirst()
                        .text());
    }

    @Test
    void isTheSameOnTheReference() {
        GenerationSettings settings = settings(0.7f, 1.3f, List.of(), 4, 3);
        try (Backend reference = new ReferenceBackend()) {
            List<GeneratedText> expected = generate(reference, LETTERS, settings, TEXT + "three");
            List<GeneratedText> actual = generate(LETTERS, settings, TEXT + "three");
            for (int sequence = 0; sequence < 3; sequence++) {
                assertEquals(expected.get(sequence).text(), actual.get(sequence).text());
            }
        }
    }

    @Test
    void greedyTakesTheMostProbableTokenEachTime() {
        int[] greedy = generate(LETTERS, settings(0, 1, List.of(), 1, 1), "one")
                .getFirst()
                .tokens();
        assertArrayEquals(
                greedy,
                generate(LETTERS, settings(0, 1, List.of(), 99, 1), "one")
                        .getFirst()
                        .tokens());
        try (Network model = model(backend, LETTERS)) {
            int[] text = IntStream.concat(Arrays.stream(LETTERS.encode("one").ids()), Arrays.stream(greedy))
                    .toArray();
            List<ScoredToken> scored = new ArrayList<>();
            Scorer.score(model, LETTERS, new EvaluationText(TestText.segment(text), 1, 1, 1, "test"), scored::add);
            for (ScoredToken token : scored.subList(2, scored.size())) {
                double uniform = -Math.log(LETTERS.vocabularySize());
                assertTrue(token.logprob() > uniform, "the most probable token is above 1/V: " + token);
            }
        }
    }

    /** WrittenSequence i draws the numbers of sequence i, however many sequences run beside it. */
    @Test
    void sequencesAreWhatTheyAreWithoutTheOthers() {
        GenerationSettings one = settings(1, 1.2f, List.of(), 5, 1);
        GenerationSettings four = settings(1, 1.2f, List.of(), 5, 4);
        GenerationSettings seven = settings(1, 1.2f, List.of(), 5, 7);
        List<GeneratedText> few = generate(LETTERS, four, "one two");
        List<GeneratedText> many = generate(LETTERS, seven, "one two");
        assertEquals(
                generate(LETTERS, one, "one two").getFirst().text(),
                few.getFirst().text());
        for (int sequence = 0; sequence < 4; sequence++) {
            assertEquals(few.get(sequence).text(), many.get(sequence).text());
        }
        assertEquals(7, many.stream().map(GeneratedText::text).distinct().count());
    }

    @Test
    void aLongPromptReadInChunksGivesWhatTokenByTokenGives() {
        // Two chunks and one token: what the chunks read is still fresh in the state.
        String prompt = TestText.rhyme(3).substring(0, 65);
        int[] ids = LETTERS.encode(prompt).ids();
        String whole = generate(LETTERS, settings(1, 1, List.of(), 5, 2), prompt)
                .getLast()
                .text();
        try (Network model = model(backend, LETTERS);
                Generator generator = new Generator(model, LETTERS, settings(1, 1, List.of(), 5, 2));
                Generator silent = new Generator(model, LETTERS, silent())) {
            assertEquals(List.of("", ""), texts(silent.generate(ids, TextSink.NONE)));
            assertEquals(whole, generator.generate(ids, TextSink.NONE).getLast().text());
        }
        assertEquals(whole, inPieces(ids, 7));
    }

    private static GenerationSettings silent() {
        return new GenerationSettings(0, 1, 0, 1, 0, false, 1, List.of(), 5, 2, false);
    }

    private static List<String> texts(List<GeneratedText> samples) {
        return samples.stream().map(GeneratedText::text).toList();
    }

    /** Reads a prompt in short pieces with nothing drawn between them. */
    private String inPieces(int[] ids, int piece) {
        try (Network model = model(backend, LETTERS);
                lstmgpu.network.GenerationStep step = new lstmgpu.network.GenerationStep(
                        model,
                        new lstmgpu.network.GenerationStep.Spec(
                                2, settings(1, 1, List.of(), 5, 2).sampling(), 64, 100, false, false))) {
            int[] rows = new int[2 * ids.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = ids[i / 2];
            }
            int done = 0;
            while (done < ids.length - 1) {
                int count = Math.min(piece, ids.length - 1 - done);
                step.prompt(Arrays.copyOfRange(rows, 2 * done, 2 * (done + count + 1)));
                done += count;
            }
            StringBuilder text = new StringBuilder();
            int[] drawn = new int[2];
            for (int i = 0; i < LENGTH; i++) {
                step.draw(1, drawn);
                text.append(LETTERS.token(drawn[1]).equals("\\n") ? "\n" : LETTERS.token(drawn[1]));
            }
            return text.toString();
        }
    }

    @Test
    void goesOnWhereItStopped() {
        GenerationSettings half = new GenerationSettings(LENGTH / 2, 1, 0, 1, 0, false, 1.5f, List.of(), 8, 2, true);
        GenerationSettings full = new GenerationSettings(LENGTH, 1, 0, 1, 0, false, 1.5f, List.of(), 8, 2, true);
        try (Network model = model(backend, LETTERS);
                Generator inHalves = new Generator(model, LETTERS, half);
                Generator atOnce = new Generator(model, LETTERS, full)) {
            int[] prompt = LETTERS.encode("shoe").ids();
            List<GeneratedText> whole = atOnce.generate(prompt, TextSink.NONE);
            List<GeneratedText> first = inHalves.generate(prompt, TextSink.NONE);
            List<GeneratedText> second = inHalves.generate(new int[0], TextSink.NONE);
            for (int sequence = 0; sequence < 2; sequence++) {
                assertEquals(
                        whole.get(sequence).text(),
                        first.get(sequence).text() + second.get(sequence).text());
            }
        }
    }

    @Test
    void aStopStringEndsTheTextAndIsNeverShown() {
        String free = generate(LETTERS, settings(1, 1, List.of(), 1, 1), "one")
                .getFirst()
                .text();
        String stop = free.substring(20, 24);
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        try (Network model = model(backend, LETTERS);
                Generator generator = new Generator(model, LETTERS, settings(1, 1, List.of("zzz", stop), 1, 1))) {
            GeneratedText text = generator
                    .generate(LETTERS.encode("one").ids(), (sample, piece) -> shown.writeBytes(piece))
                    .getFirst();
            assertTrue(text.stopped());
            assertEquals(free.substring(0, free.indexOf(stop)), text.text());
            assertEquals(text.text(), shown.toString(StandardCharsets.UTF_8));
            assertEquals(free.indexOf(stop) + stop.length(), text.tokens().length);
        }
    }

    @Test
    void aByteModelWritesItsBytesAndTextHasWholeCharacters() {
        ByteTokenizer bytes = new ByteTokenizer();
        ByteArrayOutputStream pieces = new ByteArrayOutputStream();
        try (Network model = model(backend, bytes);
                Generator generator = new Generator(model, bytes, settings(1, 1, List.of(), 6, 1))) {
            GeneratedText text = generator
                    .generate(bytes.encode("é").ids(), (sample, piece) -> pieces.writeBytes(piece))
                    .getFirst();
            byte[] drawn = new byte[text.tokens().length];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = (byte) text.tokens()[i];
            }
            assertArrayEquals(drawn, pieces.toByteArray());
            assertArrayEquals(drawn, text.bytes());
            String decoded = new String(drawn, StandardCharsets.UTF_8);
            assertTrue(decoded.startsWith(text.text()), "all whole characters, in order");
            assertTrue(decoded.length() - text.text().length() <= 3, "only an unfinished character is left out");
        }
    }

    @Test
    void logprobsAreThoseOfTheScore() {
        GenerationSettings settings = new GenerationSettings(LENGTH, 1.5f, 5, 1, 0, false, 1, List.of(), 2, 1, true);
        GeneratedText text = generate(LETTERS, settings, "four").getFirst();
        assertEquals(LENGTH, text.logprobs().length);
        int[] prompt = LETTERS.encode("four").ids();
        int[] whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(text.tokens()))
                .toArray();
        List<ScoredToken> scored = new ArrayList<>();
        try (Network model = model(backend, LETTERS)) {
            Scorer.score(model, LETTERS, new EvaluationText(TestText.segment(whole), 1, 1, 1, "test"), scored::add);
        }
        for (int i = 0; i < LENGTH; i++) {
            assertEquals(scored.get(3 + i).logprob(), text.logprobs()[i], 1e-5);
        }
    }

    @Test
    void lengthZeroShowsNothingAndAnEmptyPromptStartsALine() {
        GenerationSettings nothing = new GenerationSettings(0, 1, 0, 1, 0, false, 1, List.of(), 0, 1, false);
        assertEquals("", generate(LETTERS, nothing, "one").getFirst().text());
        assertEquals(
                generate(LETTERS, settings(1, 1, List.of(), 3, 1), "\n")
                        .getFirst()
                        .text(),
                generate(LETTERS, settings(1, 1, List.of(), 3, 1), "")
                        .getFirst()
                        .text());
    }

    @Test
    void aTokenizerOfAnotherSizeIsRefused() {
        try (Network model = model(backend, LETTERS)) {
            assertThrows(
                    LstmGpuException.class,
                    () -> new Generator(model, new ByteTokenizer(), GenerationSettings.defaults()).close());
        }
    }
}
