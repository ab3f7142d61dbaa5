package lstmgpu.foreign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of which no model can be made end in one sentence, which names what is wrong and what is there. */
class ForeignRefusalTest extends ForeignWeights {
    @Test
    void whatIsMissingIsNamedBesideWhatIsThere() {
        put("encoder.weight", TOKENS, EMBEDDING);
        refuses("no recurrent network", "encoder.weight [5, 3]");
        putRecurrent("rnn.", 4, EMBEDDING, 2);
        refuses("no output matrix of 4 columns", "rnn.weight_hh_l1 [16, 4]");
        put("decoder.weight", TOKENS, UNITS);
        tensors.remove("rnn.bias_hh_l1");
        refuses("there is no rnn.bias_hh_l1 [16]");
        tensors.remove("rnn.weight_ih_l0");
        refuses("there is no rnn.weight_ih_l0");
        tensors.clear();
        refuses("no tensor at all");
    }

    @Test
    void wrongShapesAreNamed() {
        putNetwork("encoder.weight", "rnn.", "decoder");
        put("decoder.weight", TOKENS + 1, UNITS);
        refuses("decoder.weight (output.weight) has the shape [6, 4] where [5, 4]");
        put("decoder.weight", TOKENS, UNITS);
        put("rnn.weight_ih_l1", 4 * UNITS, UNITS + 1);
        refuses("rnn.weight_ih_l1 has the shape [16, 5] where [16, 4]");
        put("rnn.weight_hh_l0", 9, UNITS);
        refuses("rnn.weight_hh_l0 has the shape [9, 4], which is that of none of lstm");
        put("rnn.weight_hh_l0", 16);
        refuses("rnn.weight_hh_l0 is no matrix, but [16]");
    }

    @Test
    void whatThisProgramHasNotIsRefused() {
        putNetwork("encoder.weight", "rnn.", "decoder");
        put("rnn.weight_hr_l0", 2, UNITS);
        refuses("rnn.weight_hr_l0 has 4 columns, and rnn.weight_hh_l0 4: a projection gives fewer numbers");
        tensors.remove("rnn.weight_hr_l0");
        put("rnn.weight_ih_l0_reverse", 16, 3);
        refuses("rnn.weight_ih_l0_reverse", "two directions");
        tensors.remove("rnn.weight_ih_l0_reverse");
        putRecurrent("other.", 4, EMBEDDING, 1);
        refuses("several recurrent networks (other., rnn.)");
        tensors.keySet().removeIf(name -> name.startsWith("other."));
        put("a.weight", TOKENS, EMBEDDING);
        tensors.remove("encoder.weight");
        put("b.weight", TOKENS, EMBEDDING);
        refuses("a.weight, b.weight may each be embedding.weight");
    }

    @Test
    void namesThatAreLongOrObeyedByTerminalsAreCut() {
        putNetwork("encoder.weight", "rnn.", "decoder");
        put("\u001b[2J" + "x".repeat(10_000), 1, 2, 3);
        String message = refusal(ExitCode.DATA, Map.of(), null);
        assertTrue(message.contains("\\x1b[2J") && message.length() < 1000, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.pt", "model.pth", "pytorch_model.bin", "zip", "pickle"})
    void picklesAreNotRead(String name) throws IOException {
        byte[] content = name.equals("pickle")
                ? new byte[] {(byte) 0x80, 2, 0, 0}
                : "PK\u0003\u0004".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(folder.resolve(name), content);
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> ForeignModel.read(file, Map.of(), null));
        assertEquals(ExitCode.DATA, refusal.exitCode());
        assertTrue(refusal.getMessage().contains("s.save_file({"), refusal.getMessage());
    }

    @Test
    void numbersThatAreNoneAreRefused() {
        putNetwork("encoder.weight", "rnn.", "decoder");
        tensors.get("decoder.weight").values()[7] = Float.NaN;
        refuses("decoder.weight holds NaN at element 7");
    }
}
