package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TextStateTest {
    private static final int LENGTH = 30;

    private final Backend backend = new CpuBackend(1);
    private final LaneRig rig = new LaneRig(backend, Cell.LSTM);
    private final StateForm form = StateForm.of(rig.model);

    @AfterEach
    void close() {
        rig.close();
        backend.close();
    }

    private static GenerationSettings settings(int length, float penalty, int samples, List<String> stop) {
        return new GenerationSettings(length, 1, 0, 1, 0, false, penalty, stop, 8, samples, false);
    }

    /** Of a projected h there are fewer numbers than of c. */
    @Test
    void aProjectedStateGoesThroughBytes() {
        try (LaneRig projected = new LaneRig(backend, Cell.LSTM, 7);
                Generator generator =
                        new Generator(projected.model, LaneRig.LETTERS, settings(LENGTH, 1.5f, 2, List.of()))) {
            generator.generate(LaneRig.tokens("knock "), TextSink.NONE);
            TextState state = generator.state(0);
            assertEquals(2 * 7, state.state().hidden().length);
            assertEquals(2 * 19, state.state().cell().length);
            TextState read = TextState.of(state.toBytes(), StateForm.of(projected.model));
            assertArrayEquals(state.state().hidden(), read.state().hidden());
            assertArrayEquals(state.state().cell(), read.state().cell());
        }
    }

    @Test
    void aGeneratorGoesOnWhereAnotherOneWas() {
        int[] prompt = LaneRig.tokens(TestText.rhyme(2));
        GenerationSettings half = settings(LENGTH / 2, 1.5f, 2, List.of());
        try (Generator atOnce = new Generator(rig.model, LaneRig.LETTERS, settings(LENGTH, 1.5f, 2, List.of()));
                Generator first = new Generator(rig.model, LaneRig.LETTERS, half);
                Generator second = new Generator(rig.model, LaneRig.LETTERS, half)) {
            int[] whole = atOnce.generate(prompt, TextSink.NONE).getFirst().tokens();
            assertEquals(0, first.state(0).draws());
            first.generate(prompt, TextSink.NONE);
            TextState state = TextState.of(first.state(0).toBytes(), form);
            assertArrayEquals(first.state(0).toBytes(), state.toBytes());
            second.resume(state);
            assertArrayEquals(state.toBytes(), second.state(1).toBytes(), "nothing was read yet");
            int[] rest = second.generate(new int[0], TextSink.NONE).getFirst().tokens();
            assertArrayEquals(Arrays.copyOfRange(whole, LENGTH / 2, LENGTH), rest);
        }
    }

    /** The others go on, and its state has what they read afterwards. */
    @Test
    void aSampleThatStoppedEarlyHasTheStateOfItsEnd() {
        GenerationSettings four = settings(LENGTH, 1, 4, List.of("e"));
        int[] prompt = LaneRig.tokens("knock ");
        try (Generator many = new Generator(rig.model, LaneRig.LETTERS, four);
                Generator one = new Generator(rig.model, LaneRig.LETTERS, settings(LENGTH, 1, 1, List.of("e")))) {
            List<GeneratedText> texts = many.generate(prompt, TextSink.NONE);
            assertTrue(
                    texts.stream().map(text -> text.tokens().length).distinct().count() > 1);
            one.generate(prompt, TextSink.NONE);
            assertArrayEquals(one.state(0).recent(), many.state(0).recent());
            assertArrayEquals(
                    one.state(0).state().hidden(), many.state(0).state().hidden(), 1e-5f);
        }
    }

    @Test
    void whatIsNoStateOfTheseWeightsIsRefused() {
        byte[] good = TextState.empty(form).toBytes();
        refused(new byte[0], "has 0 bytes");
        refused(new byte[1 << 20], "has 1048576 bytes");
        for (int place : new int[] {0, 7, 20, 24, 28, 32, good.length - 1}) {
            byte[] changed = good.clone();
            changed[place] ^= 1;
            refused(changed, "is damaged");
        }
        refused(forged(good, 4, 1), "another model");
        refused(forged(good, 20, -1), "contradicts itself");
        refused(forged(good, 28, 1_000_000_000), "contradicts itself");
        refused(forged(good, 28, -1), "contradicts itself");
        refused(forged(good, 32, 1), "contradicts itself");
        refused(forged(good, 36, Float.floatToRawIntBits(Float.NaN)), "holds NaN");
        refused(forged(good, good.length - 8, Float.floatToRawIntBits(Float.NEGATIVE_INFINITY)), "holds -Infinity");
        TextState one = new TextState(form, TextState.empty(form).state(), new int[] {3}, 0, 0);
        refused(forged(one.toBytes(), 36, LaneRig.LETTERS.vocabularySize()), "has the token");
        refused(forged(one.toBytes(), 36, -1), "has the token");
    }

    /** With one number changed and a check sum that fits. */
    private static byte[] forged(byte[] state, int place, int number) {
        ByteBuffer bytes = ByteBuffer.wrap(state.clone()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(place, number);
        CRC32C sum = new CRC32C();
        sum.update(bytes.array(), 0, state.length - Integer.BYTES);
        return bytes.putInt(state.length - Integer.BYTES, (int) sum.getValue()).array();
    }

    private void refused(byte[] bytes, String why) {
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> TextState.of(bytes, form));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void anotherCellOrOtherWeightsHaveAnotherForm() {
        try (LaneRig gru = new LaneRig(backend, Cell.GRU);
                LaneRig same = new LaneRig(backend, Cell.LSTM)) {
            assertEquals(form, StateForm.of(same.model));
            same.model.initialise(10, lstmgpu.network.Initialisation.ORTHOGONAL);
            byte[] bytes = TextState.empty(form).toBytes();
            assertThrows(LstmGpuException.class, () -> TextState.of(bytes, StateForm.of(same.model)));
            assertThrows(LstmGpuException.class, () -> TextState.of(bytes, StateForm.of(gru.model)));
        }
    }
}
