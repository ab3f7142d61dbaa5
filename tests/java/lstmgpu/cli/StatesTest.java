package lstmgpu.cli;

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
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Network;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code inspect --states}: the array as NumPy reads it, with the states that the network has on a device. */
class StatesTest {
    private static final String TEXT = "the cat sat on";

    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder, "--num-layers", "2", "--max-steps", "20", "--sample-length", "0");
    }

    private static CommandRun inspect(String... more) {
        return CommandRun.of(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("inspect", model.toString()), java.util.stream.Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void whereTheyGoIsLookedAtBeforeTheText() throws IOException {
        String nowhere = folder.resolve("nowhere/states.npy").toString();
        inspect("--text", TEXT, "--states", nowhere).refuses(2, "--states " + nowhere, "there is no folder nowhere");
        String named = Files.createDirectories(folder.resolve("folder.npy")).toString();
        inspect("--text", TEXT, "--states", named).refuses(2, "is a folder");
        String page = folder.resolve("states.html").toString();
        inspect("--text", TEXT, "--states", page).refuses(2, "--states must end in .npy, not states.html");
        Path text = Files.writeString(folder.resolve("text.npy"), TEXT);
        inspect("--file", folder + "/./text.npy", "--states", text.toString()).refuses(2, "would replace the text");
        assertEquals(TEXT, Files.readString(text));
    }

    @Test
    void theyAreTheStatesOfEveryLayerAfterEveryToken() throws IOException {
        Path file = folder.resolve("states.npy");
        assertEquals(
                "{\"file\":\"%s\",\"shape\":[14,2,32]}\n".formatted(file),
                inspect("--text", TEXT, "--states", file.toString(), "--json")
                        .succeeds()
                        .out());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] mark = new byte[8];
        bytes.get(mark);
        assertArrayEquals(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, mark);
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        assertEquals(0, bytes.position() % 64);
        String description = new String(header, StandardCharsets.US_ASCII);
        assertTrue(
                description.matches("\\{'descr': '<f4', 'fortran_order': False, 'shape': \\(14, 2, 32, \\), \\} *\n"),
                description);
        assertEquals(4 * 14 * 2 * 32, bytes.remaining());
        ModelDirectory directory = ModelDirectory.open(model);
        int[] ids = directory.tokenizer().encode(TEXT).ids();
        try (CpuBackend backend = new CpuBackend(1);
                Network network = new Network(backend, directory.config(), Precision.FP32)) {
            network.load(directory.weights());
            try (Pass pass = Pass.forward(network, 1, 1, Purpose.READ, ids.length)) {
                pass.refresh();
                pass.plan().resetState();
                for (int id : ids) {
                    backend.upload(new int[] {id}, pass.batch().inputs());
                    pass.read();
                    pass.plan().carryState();
                    RnnState state = pass.plan().readState();
                    float[] written = new float[2 * 32];
                    for (int i = 0; i < written.length; i++) {
                        written[i] = bytes.getFloat();
                    }
                    assertArrayEquals(state.hidden(), written, 2e-6f);
                }
            }
        }
    }

    @Test
    void contradictionsAreRefusedAndLeaveNoFile() {
        Path file = folder.resolve("none.npy");
        inspect("--states", file.toString()).refuses(2, "--states", "--file");
        inspect("--states", file.toString(), "--text", "a", "--gradients").refuses(2, "--gradients");
        inspect("--states", file.toString(), "--text", "").refuses(3, "no token");
        inspect("--states", file.toString(), "--text", "THE").refuses(3, "never seen");
        assertFalse(Files.exists(file));
    }
}
