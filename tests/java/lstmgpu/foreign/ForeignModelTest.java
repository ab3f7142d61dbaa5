package lstmgpu.foreign;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.backend.Cell;
import lstmgpu.data.VocabularyFile;
import lstmgpu.network.NetworkConfig;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights under other names become a model. */
class ForeignModelTest extends ForeignWeights {
    @ParameterizedTest
    @CsvSource({
        "embedding.weight,rnn.,output",
        "encoder.weight,rnn.,decoder",
        "encoder.weight,lstm.,fc",
        "embed.weight,encoder.rnn.,head",
        "module.model.embeddings.weight,module.model.lstm.,module.model.lm_head",
        "word_vectors.weight,net.gru.,to_vocabulary",
        "0.weight,1.,2",
    })
    void usualLayoutsAreKnown(String embedding, String recurrent, String output) {
        putNetwork(embedding, recurrent, output);
        ForeignModel model = read();
        assertEquals(
                "lstm of 2 x 4 with an embedding of 3 for 5 tokens and an output layer for the next token",
                model.config().line());
        assertEquals(model.config().tensorShapes().keySet(), model.weights().keySet());
        assertSame(embedding, model, "embedding.weight");
        assertSame(recurrent + "weight_hh_l1", model, "rnn.weight_hh_l1");
        assertSame(recurrent + "bias_ih_l0", model, "rnn.bias_ih_l0");
        assertSame(output + ".weight", model, "output.weight");
        assertSame(output + ".bias", model, "output.bias");
        assertEquals(List.of(), model.zeros());
    }

    @ParameterizedTest
    @CsvSource({"4,,LSTM", "3,,GRU", "3,LSTM_COUPLED,LSTM_COUPLED", "1,RNN_RELU,RNN_RELU", "1,RNN_TANH,RNN_TANH"})
    void theCellFollowsFromTheShapes(int gates, Cell wanted, Cell expected) {
        put("encoder.weight", TOKENS, EMBEDDING);
        putRecurrent("rnn.", gates, EMBEDDING, 1);
        put("decoder.weight", TOKENS, UNITS);
        assertEquals(
                expected, ForeignModel.read(file(), Map.of(), wanted).config().cell());
        Cell other = expected == Cell.LSTM ? Cell.GRU : Cell.LSTM;
        assertTrue(refusal(ExitCode.USAGE, Map.of(), other).contains("--cell " + other.word()));
        if (gates == 1) {
            String message = refusal(ExitCode.USAGE, Map.of(), null);
            assertTrue(message.contains("rnn_tanh or rnn_relu") && message.contains("[4, 4]"), message);
        }
    }

    @Test
    void normsTellTheCell() {
        put("encoder.weight", TOKENS, EMBEDDING);
        putRecurrent("rnn.", 4, EMBEDDING, 1);
        put("decoder.weight", TOKENS, UNITS);
        put("rnn.weight_ln_c_l0", UNITS);
        put("rnn.weight_ln_ih_l0", 4 * UNITS);
        put("rnn.weight_ln_hh_l0", 4 * UNITS);
        refuses("there is no rnn.bias_ln_c_l0");
        put("rnn.bias_ln_c_l0", UNITS);
        assertEquals(Cell.LSTM_LAYER_NORM, read().config().cell());
        for (String name : new String[] {"rnn.weight_ln_c_l0", "rnn.weight_ln_ih_l0", "rnn.bias_ln_c_l0"}) {
            assertSame(name, read(), name);
        }
        assertTrue(refusal(ExitCode.USAGE, Map.of(), Cell.LSTM).contains("lstm_layer_norm"));
    }

    /** PyTorch's nn.LSTM(proj_size=P): h, and so W_hh, the layer above and the output, have P numbers. */
    @Test
    void aProjectionIsTaken() {
        int projection = UNITS - 1;
        put("encoder.weight", TOKENS, EMBEDDING);
        putRecurrent("rnn.", 4, EMBEDDING, 1);
        put("rnn.weight_hh_l0", 4 * UNITS, projection);
        put("rnn.weight_hr_l0", projection, UNITS);
        put("decoder.weight", TOKENS, projection);
        NetworkConfig config = read().config();
        assertEquals(Cell.LSTM, config.cell());
        assertEquals(UNITS, config.hiddenSize());
        assertEquals(projection, config.projection());
        assertSame("rnn.weight_hr_l0", read(), "rnn.weight_hr_l0");
        assertTrue(refusal(ExitCode.USAGE, Map.of(), Cell.GRU).contains("--cell gru"));
    }

    @Test
    void peepholesTellTheCell() {
        put("encoder.weight", TOKENS, EMBEDDING);
        putRecurrent("rnn.", 4, EMBEDDING, 1);
        put("decoder.weight", TOKENS, UNITS);
        put("rnn.weight_peephole_l0", 3 * UNITS);
        assertEquals(Cell.LSTM_PEEPHOLE, read().config().cell());
        assertSame("rnn.weight_peephole_l0", read(), "rnn.weight_peephole_l0");
        assertTrue(refusal(ExitCode.USAGE, Map.of(), Cell.LSTM).contains("lstm_peephole"));
        put("rnn.weight_peephole_l0", 4 * UNITS);
        refuses("weight_peephole_l0", "[12]");
    }

    /** Programs that tie write the output matrix again, or not at all; two matrices of one shape are told by name. */
    @Test
    void tiedWeightsAreFound() {
        put("encoder.weight", TOKENS, UNITS);
        putRecurrent("rnn.", 4, UNITS, 1);
        put("decoder.bias", TOKENS);
        assertTrue(read().config().tieWeights());
        tensors.put("decoder.weight", tensors.get("encoder.weight"));
        ForeignModel twice = read();
        assertTrue(twice.config().tieWeights() && !twice.weights().containsKey("output.weight"));
        put("decoder.weight", TOKENS, UNITS);
        assertFalse(read().config().tieWeights());
        assertSame("decoder.weight", read(), "output.weight");
    }

    @Test
    void missingBiasesAreZeroAndSaid() {
        putNetwork("encoder.weight", "rnn.", "decoder");
        tensors.keySet().removeIf(name -> name.contains("bias"));
        ForeignModel model = read();
        assertEquals(
                List.of("rnn.bias_ih_l0", "rnn.bias_hh_l0", "rnn.bias_ih_l1", "rnn.bias_hh_l1", "output.bias"),
                model.zeros());
        assertArrayEquals(new float[16], model.weights().get("rnn.bias_ih_l1").values());
    }

    /** char-rnn in many courses: a one for each character, and zeros. */
    @Test
    void withoutAnEmbeddingTokensAreOnes() {
        putRecurrent("lstm.", 4, TOKENS, 1);
        put("fc.weight", TOKENS, UNITS);
        put("fc.bias", TOKENS);
        ForeignModel model = read();
        assertFalse(model.embedded());
        float[] embedding = model.weights().get("embedding.weight").values();
        for (int i = 0; i < embedding.length; i++) {
            assertEquals(i % (TOKENS + 1) == 0 ? 1 : 0, embedding[i]);
        }
    }

    @Test
    void halvesAreConverted() throws IOException {
        putNetwork("encoder.weight", "rnn.", "decoder");
        Path file = file();
        StringBuilder header = new StringBuilder("{");
        int[] at = {0};
        tensors.forEach((name, tensor) -> {
            int bytes = tensor.values().length * Short.BYTES;
            header.append(header.length() > 1 ? "," : "")
                    .append("\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    name,
                                    name.startsWith("rnn") ? "BF16" : "F16",
                                    tensor.shape(),
                                    at[0],
                                    at[0] + bytes));
            at[0] += bytes;
        });
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer all = ByteBuffer.allocate(8 + text.length + at[0]).order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(text.length).put(text);
        tensors.forEach((name, tensor) -> {
            for (float value : tensor.values()) {
                all.putShort(
                        name.startsWith("rnn")
                                ? (short) (Float.floatToRawIntBits(value) >>> 16)
                                : Float.floatToFloat16(value));
            }
        });
        Files.write(file, all.array());
        ForeignModel model = ForeignModel.read(file, Map.of(), null);
        assertArrayEquals(
                tensors.get("encoder.weight").values(),
                model.weights().get("embedding.weight").values(),
                1e-3f);
        assertArrayEquals(
                tensors.get("rnn.weight_hh_l1").values(),
                model.weights().get("rnn.weight_hh_l1").values(),
                1e-2f);
    }

    @Test
    void aMapNamesWhatNobodyCouldKnow() {
        putNetwork("decoder.weight", "rnn.", "encoder");
        put("steps", 1);
        refuses("steps", "--map NAME=", "decoder.weight [5, 3]", "encoder.weight [5, 4]");
        Map<String, String> map = new LinkedHashMap<>(Map.of("steps", ""));
        map.put("decoder.weight", "embedding.weight");
        map.put("encoder.weight", "output.weight");
        ForeignModel model = ForeignModel.read(file(), map, null);
        assertSame("decoder.weight", model, "embedding.weight");
        assertSame("encoder.weight", model, "output.weight");
        assertSame("encoder.bias", model, "output.bias");
        assertTrue(refusal(ExitCode.USAGE, Map.of("nothing", ""), null).contains("has no such tensor; it has decoder"));
        assertTrue(refusal(ExitCode.USAGE, Map.of("steps", "step"), null).contains("a model has no step"));
        map.put("encoder.bias", "output.weight");
        assertTrue(refusal(ExitCode.DATA, map, null).contains("would be output.weight"));
    }

    /** Characters are sorted here, so the rows of the weights go where their characters go. */
    @Test
    void rowsFollowTheirTokens() throws IOException {
        putNetwork("encoder.weight", "rnn.", "decoder");
        Path vocabulary = Files.writeString(folder.resolve("chars.json"), "[\"c\", \"<unk>\", \"a\", \"\\n\", \"b\"]");
        Path model = folder.resolve("model");
        read().write(model, false, VocabularyFile.read(vocabulary, null, TOKENS));
        try (ModelDirectory directory = ModelDirectory.open(model)) {
            assertEquals("char", directory.tokenizer().kind());
            assertArrayEquals(
                    new int[] {1, 2, 3, 0, 4},
                    directory.tokenizer().encode("abc\nz").ids());
            for (String[] pair : new String[][] {
                {"encoder.weight", "embedding.weight"},
                {"decoder.weight", "output.weight"},
                {"decoder.bias", "output.bias"}
            }) {
                float[] theirs = tensors.get(pair[0]).values();
                float[] own = directory.weights().get(pair[1]).values();
                int width = own.length / TOKENS;
                int[] places = {3, 2, 4, 0, 1};
                for (int i = 0; i < own.length; i++) {
                    assertEquals(theirs[places[i / width] * width + i % width], own[i]);
                }
            }
        }
    }
}
