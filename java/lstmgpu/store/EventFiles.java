package lstmgpu.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.network.Tensor;

/**
 * The event files that TensorBoard reads, in records of the format TFRecord: the length and its masked CRC-32C, the
 * event and its masked CRC-32C. Each process that writes begins a file of its own, with the next number, because
 * TensorBoard does not notice that a file it reads has become another one. Records are added at the end, which a
 * program that is just reading can bear.
 */
public final class EventFiles {
    private static final String SUFFIX = ".lstm-gpu";
    static final String NAME = "events.out.tfevents.%010d" + SUFFIX;
    private static final String PATTERN = "events.out.tfevents.*" + SUFFIX;
    private static final int MASK_SHIFT = 15;
    private static final int MASK_ADDED = 0xA282EAD8;

    private final Path folder;
    private final boolean writes;
    private Path current;
    private long nextStep;

    /** @param writes whether anything is to be written; what is there can be cut back in any case */
    EventFiles(Path folder, boolean writes) {
        this.folder = folder;
        this.writes = writes;
    }

    /** Whether events are written. */
    public boolean writes() {
        return writes;
    }

    /** What was measured at a step. */
    public void scalars(MetricsFile.Row row) {
        if (writes) {
            append(TensorBoardEvents.scalars(row));
        }
    }

    /** A text drawn after a step. */
    public void sample(long step, String text) {
        if (writes) {
            append(TensorBoardEvents.text(step, "sample", text));
        }
    }

    /** How weights are distributed after a step; all of them are finite. */
    public void weights(long step, Map<String, Tensor> tensors) {
        if (writes) {
            append(TensorBoardEvents.histograms(step, tensors));
        }
    }

    /** Length of all files. */
    public long bytes() {
        try {
            long bytes = 0;
            for (Path file : files()) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException failure) {
            throw IoErrors.unreadable(folder, failure);
        }
    }

    /**
     * Forgets what comes after so many bytes, so that a run that goes on from there does not tell it twice.
     *
     * @param step steps done there
     */
    public void keepFirst(long bytes, long step) {
        current = null;
        nextStep = step + 1;
        try {
            long left = bytes;
            for (Path file : files()) {
                long size = Files.size(file);
                if (left == 0) {
                    Files.delete(file);
                } else if (left < size) {
                    cut(file, left);
                }
                left = Math.max(0, left - size);
            }
        } catch (IOException failure) {
            throw IoErrors.unwritable(folder, failure);
        }
    }

    private static void cut(Path file, long bytes) throws IOException {
        try (FileChannel channel = RegularFile.change(file)) {
            channel.truncate(bytes);
            channel.force(true);
        }
    }

    /** Deletes the files, and the folder if nothing else is in it. */
    void clear() throws IOException {
        for (Path file : files()) {
            Files.delete(file);
        }
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> others = Files.newDirectoryStream(folder)) {
                if (others.iterator().hasNext()) {
                    return;
                }
            }
            Files.delete(folder);
        }
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, PATTERN)) {
                found.forEach(files::add);
            }
        }
        Collections.sort(files);
        return files;
    }

    private void append(byte[] event) {
        try {
            if (current == null) {
                begin();
            }
            write(current, record(event));
        } catch (IOException failure) {
            throw IoErrors.unwritable(current == null ? folder : current, failure);
        }
    }

    private void begin() throws IOException {
        RegularFile.requireOwnFolder(folder);
        Files.createDirectories(folder);
        int number = 1;
        while (RegularFile.exists(folder.resolve(NAME.formatted(number)))) {
            number++;
        }
        current = folder.resolve(NAME.formatted(number));
        write(current, record(TensorBoardEvents.version()));
        write(current, record(TensorBoardEvents.start(nextStep)));
        AtomicFiles.forceFolder(folder);
    }

    private static void write(Path file, byte[] record) throws IOException {
        // An interrupt would close the channel before the call, so it is set aside and restored.
        boolean interrupted = Thread.interrupted();
        try (FileChannel channel = RegularFile.change(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(record);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static byte[] record(byte[] event) {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + event.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(event.length).putInt(checksum(record.array(), Long.BYTES));
        return record.put(event).putInt(checksum(event, event.length)).array();
    }

    /** Masked, as the check sum of something that holds check sums would otherwise be a poor one. */
    private static int checksum(byte[] bytes, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, length);
        return Integer.rotateRight((int) sum.getValue(), MASK_SHIFT) + MASK_ADDED;
    }
}
