package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.ZoneoutRates;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run with zoneout, whose rates belong to the model. */
class ZoneoutRunTest {
    @TempDir
    private Path folder;

    private static String[] steps(int count, String... more) {
        String[] all = new String[6 + more.length];
        System.arraycopy(
                new String[] {"--zoneout-cell", "0.3", "--schedule", "constant", "--max-steps", "" + count},
                0,
                all,
                0,
                6);
        System.arraycopy(more, 0, all, 6, more.length);
        return all;
    }

    @Test
    void itGoesOnWithTheSameBitsAndWithNoOtherRates() throws IOException {
        Path whole = TinyModel.train(Files.createDirectory(folder.resolve("whole")), steps(20));
        Path second = Files.createDirectory(folder.resolve("halves"));
        Path halves = TinyModel.train(second, steps(10));
        String text = second.resolve("text.txt").toString();
        CommandRun.of("train", text, "-o", halves.toString(), "--device", "cpu", "--resume", "--zoneout-cell", "0.1")
                .refuses(2, "another --zoneout-cell", "0.3");
        CommandRun.of("train", text, "-o", halves.toString(), "--device", "cpu", "--resume", "--zoneout-hidden", "0.1")
                .refuses(2, "another --zoneout-hidden");
        TinyModel.train(second, steps(20, "--resume"));
        Map<String, Tensor> resumed = ModelDirectory.open(halves).weights();
        ModelDirectory.open(whole)
                .weights()
                .forEach((name, tensor) ->
                        assertArrayEquals(tensor.values(), resumed.get(name).values(), name));
    }

    @Test
    void aFingerprintIsThatOfTheRatesToo() {
        NetworkConfig plain = NetworkConfig.ofTokens(Cell.LSTM, 7, 5, 6, 1, 0, false);
        assertNotEquals(fingerprint(plain), fingerprint(plain.withZoneout(new ZoneoutRates(0.2f, 0))));
        assertNotEquals(
                fingerprint(plain.withZoneout(new ZoneoutRates(0, 0.2f))),
                fingerprint(plain.withZoneout(new ZoneoutRates(0.2f, 0))));
    }

    private static String fingerprint(NetworkConfig config) {
        try (Backend backend = new CpuBackend(1);
                Network network = new Network(backend, config, Precision.FP32)) {
            network.initialise(3, Initialisation.UNIFORM);
            return network.fingerprint();
        }
    }
}
