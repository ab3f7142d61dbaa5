package lstmgpu.generate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;

/** A small network, requests drawn at random, and what a generator writes for each of them alone. */
final class LaneRig implements AutoCloseable {
    static final Tokenizer LETTERS = TestText.tokenizer(TestText.rhyme(1));
    private static final List<List<String>> STOPS = List.of(List.of(), List.of("e"), List.of("ee ", "kn"));

    private static final int LONG = 100_000;

    private final Random random = new Random(11);
    final Network model;

    LaneRig(Backend backend, Cell cell) {
        this(backend, cell, 0);
    }

    /** @param projection P, or 0 */
    LaneRig(Backend backend, Cell cell, int projection) {
        NetworkConfig config = NetworkConfig.ofTokens(cell, LETTERS.vocabularySize(), 8, 19, 2, 0, false)
                .withProjection(projection);
        model = new Network(backend, config, Precision.FP32);
        model.initialise(9, Initialisation.ORTHOGONAL);
    }

    static GenerationSettings settings(int length, float temperature, long seed) {
        return new GenerationSettings(length, temperature, 0, 1, 0, false, 1, List.of(), seed, 1, false);
    }

    static int[] tokens(String text) {
        return LETTERS.encode(text).ids();
    }

    /** One that does not come to its end by itself while a test lasts. */
    static LaneRequest endless(String prompt) {
        return LaneRequest.of(tokens(prompt), settings(LONG, 1, 3));
    }

    /** A request unlike most others. */
    LaneRequest request() {
        GenerationSettings settings = new GenerationSettings(
                random.nextInt(40),
                random.nextInt(4) == 0 ? 0 : 0.5f + random.nextFloat(),
                random.nextBoolean() ? 0 : 1 + random.nextInt(9),
                random.nextBoolean() ? 1 : 0.3f + 0.6f * random.nextFloat(),
                random.nextBoolean() ? 0 : 0.2f * random.nextFloat(),
                random.nextInt(8) == 0,
                random.nextBoolean() ? 1 : 1.4f,
                STOPS.get(random.nextInt(STOPS.size())),
                random.nextLong(),
                1,
                random.nextBoolean());
        String rhyme = TestText.rhyme(3);
        int from = random.nextInt(30);
        int[] prompt = tokens(rhyme.substring(from, from + random.nextInt(90)));
        return LaneRequest.of(prompt, settings).withSample(random.nextInt(5) == 0 ? random.nextInt(3) : 0);
    }

    /** What a generator writes alone. */
    GeneratedText alone(LaneRequest request) {
        GenerationSettings one = request.settings();
        GenerationSettings settings = new GenerationSettings(
                one.length(),
                one.temperature(),
                one.topK(),
                one.topP(),
                one.minP(),
                one.greedy(),
                one.repeatPenalty(),
                one.stop(),
                one.seed(),
                request.sample() + 1,
                one.logprobs());
        try (Generator generator = new Generator(model, LETTERS, settings)) {
            if (request.from() != null) {
                generator.resume(request.from());
            }
            return generator.generate(request.prompt(), TextSink.NONE).get(request.sample());
        }
    }

    /** Keeps what it hears. */
    static final class Heard implements LaneListener {
        final List<LaneToken> prompt = new ArrayList<>();
        final List<LaneToken> tokens = new ArrayList<>();
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        int ends;

        @Override
        public void prompt(List<LaneToken> read) {
            prompt.addAll(read);
        }

        @Override
        public void token(LaneToken token) {
            tokens.add(token);
        }

        @Override
        public void text(byte[] bytes) {
            text.writeBytes(bytes);
        }

        @Override
        public void end(LaneEnd end) {
            ends++;
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
