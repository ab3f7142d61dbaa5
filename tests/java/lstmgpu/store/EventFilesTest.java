package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.NetworkConfig;
import lstmgpu.train.Runs;
import lstmgpu.train.TrainingSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files for TensorBoard, read record by record; lstmgpu.store.TensorBoardEventsTest reads what is in them. */
class EventFilesTest {
    private static final int REVERSED_POLYNOMIAL = 0x82F63B78;
    private static final int STEPS = 40;

    @TempDir
    private Path folder;

    /** An event: its step, and what is in it. */
    private record Event(long step, String what) {}

    private static TrainingSettings settings(int steps, boolean events) {
        return Runs.with(
                Runs.with(
                        Runs.with(Runs.settings(steps), new TrainingSettings.Samples(4, "one", 20)),
                        new TrainingSettings.Validation(5, 0, 0)),
                new TrainingSettings.Saving(11, 2, events));
    }

    private static void train(Path target, TrainingSettings settings, Runs.Observer observer, int stopAfter) {
        NetworkConfig config = Runs.config(Cell.LSTM, 0.3f);
        try (Backend backend = new CpuBackend(1)) {
            Runs.train(backend, target, config, Runs.TEXT, settings, observer, stopAfter);
        }
    }

    @Test
    void everyMeasurementIsThereOnceHoweverOftenTheRunWasInterrupted() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        train(whole, settings(STEPS, true), new Runs.Observer(), Integer.MAX_VALUE);
        train(parts, settings(STEPS, true), new Runs.Observer(), 7);
        Runs.Observer dying = new Runs.Observer() {
            @Override
            public void evaluation(Evaluation evaluation) {
                if (evaluation.step() == 20) {
                    throw new IllegalStateException("died");
                }
            }
        };
        try {
            train(parts, Runs.resumed(settings(STEPS, true)), dying, Integer.MAX_VALUE);
        } catch (IllegalStateException died) {
            assertTrue(last(parts) > 11, "it has written since its checkpoint");
        }
        train(parts, Runs.resumed(settings(STEPS, true)), new Runs.Observer(), Integer.MAX_VALUE);
        assertEquals(measurements(whole), measurements(parts));
        assertTrue(measurements(whole)
                .contains(new Event(20, "loss/training loss/validation learning_rate gradient_norm")));
        assertTrue(measurements(whole).contains(new Event(20, "weights/")));
        assertTrue(measurements(whole).contains(new Event(20, "sample")));
    }

    @Test
    void aRunThatIsMadeLongerTellsItsLastEvaluationOnce() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        train(whole, settings(STEPS, true), new Runs.Observer(), Integer.MAX_VALUE);
        train(parts, settings(17, true), new Runs.Observer(), Integer.MAX_VALUE);
        train(parts, Runs.resumed(settings(STEPS, true)), new Runs.Observer(), Integer.MAX_VALUE);
        assertEquals(measurements(whole), measurements(parts));
    }

    @Test
    void nothingIsWrittenUnasked() {
        train(folder.resolve("model"), settings(10, false), new Runs.Observer(), Integer.MAX_VALUE);
        assertFalse(Files.exists(folder.resolve("model/tensorboard")));
    }

    @Test
    void overwritingAModelTakesItsEventsAwayAndNothingElse() throws IOException {
        Path model = folder.resolve("model");
        train(model, settings(10, true), new Runs.Observer(), Integer.MAX_VALUE);
        Path other = Files.writeString(model.resolve("tensorboard/notes.txt"), "mine");
        ModelDirectory.create(model, true).close();
        assertEquals(List.of(other), Runs.files(model.resolve("tensorboard")));
        Files.delete(other);
        ModelDirectory.create(model, true).close();
        assertFalse(Files.exists(model.resolve("tensorboard")));
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        Path model = folder.resolve("model");
        Path file = Files.writeString(Files.createDirectories(model).resolve("tensorboard"), "mine");
        LstmGpuException failure = assertThrows(
                LstmGpuException.class, () -> train(model, settings(10, true), new Runs.Observer(), Integer.MAX_VALUE));
        assertEquals(ExitCode.FAILED, failure.exitCode());
        assertTrue(failure.getMessage().startsWith(file + " is a file where a folder belongs"), failure::getMessage);
        assertEquals("mine", Files.readString(file));
    }

    private static long last(Path model) throws IOException {
        return measurements(model).getLast().step;
    }

    /** The events of all files in their order, without those that begin a file. */
    private static List<Event> measurements(Path model) throws IOException {
        List<Event> events = new ArrayList<>();
        for (Path file : Runs.files(model.resolve("tensorboard"))) {
            List<Event> found = events(file);
            assertEquals(
                    List.of("brain.Event:2", ""),
                    found.subList(0, 2).stream().map(Event::what).toList());
            events.addAll(found.subList(2, found.size()));
        }
        return events;
    }

    private static List<Event> events(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.hasRemaining()) {
            int at = bytes.position();
            byte[] event = new byte[Math.toIntExact(bytes.getLong())];
            assertEquals(masked(bytes.array(), at, Long.BYTES), bytes.getInt(), "check sum of a length");
            bytes.get(event);
            assertEquals(masked(event, 0, event.length), bytes.getInt(), "check sum of an event");
            events.add(event(event));
        }
        return events;
    }

    private static Event event(byte[] bytes) {
        ByteBuffer event = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1 << 3 | 1, event.get(), "the time comes first");
        assertEquals(System.currentTimeMillis() / 1e3, event.getDouble(), 600);
        long step = bytes[event.position()] == 2 << 3 ? bytes[event.position() + 1] : 0;
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<String> names = Stream.of(
                        "brain.Event:2",
                        "loss/training",
                        "loss/validation",
                        "learning_rate",
                        "gradient_norm",
                        "weights/",
                        "sample")
                .filter(text::contains)
                .toList();
        return new Event(step, String.join(" ", names));
    }

    /** Bit by bit, with the mask of TFRecord. */
    private static int masked(byte[] bytes, int from, int length) {
        int sum = -1;
        for (int i = from; i < from + length; i++) {
            sum ^= Byte.toUnsignedInt(bytes[i]);
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                sum = (sum & 1) == 0 ? sum >>> 1 : sum >>> 1 ^ REVERSED_POLYNOMIAL;
            }
        }
        sum = ~sum;
        return (sum >>> 15 | sum << 17) + 0xA282EAD8;
    }
}
