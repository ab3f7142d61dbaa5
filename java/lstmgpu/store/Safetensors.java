package lstmgpu.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import lstmgpu.LstmGpuException;
import lstmgpu.files.AtomicFiles;
import lstmgpu.files.Checksum;
import lstmgpu.files.IoErrors;
import lstmgpu.files.RegularFile;
import lstmgpu.network.Tensor;

/**
 * Files of named tensors: the length of a JSON header, the header, the values little-endian one tensor after the
 * other.
 */
public final class Safetensors {
    private static final int ALIGNMENT = 8;
    private static final int BLOCK_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private Safetensors() {}

    /** Decides, before its values are read, whether a tensor is welcome. */
    @FunctionalInterface
    public interface Check {
        /** Throws if the file as a whole does not fit: the shapes of all its tensors by name. */
        void accept(Map<String, List<Integer>> shapes);
    }

    /** As {@link Check} for a file of another program. */
    @FunctionalInterface
    public interface ForeignCheck {
        /** @param others of those that are no weights, such as counts: their types by name */
        void accept(Map<String, List<Integer>> shapes, Map<String, String> others);
    }

    /**
     * All tensors as float32, in the order of their data; F64, F16 and BF16 are converted.
     *
     * @throws LstmGpuException with exit code 3 if the file cannot be read or breaks the format in any way; the
     *     tensor or field is named
     */
    public static Map<String, Tensor> read(Path file) {
        return read(file, shapes -> {});
    }

    /** As {@link #read(Path)} for files that {@link #write} wrote: one without a check sum is damaged. */
    public static Map<String, Tensor> readSealed(Path file) {
        if (!metadata(file).containsKey(Checksum.FIELD)) {
            throw SafetensorsHeader.damaged(file, "its header has lost the check sum");
        }
        return read(file);
    }

    /** As {@link #read(Path)}, with a check on names and shapes before memory is taken for any value. */
    public static Map<String, Tensor> read(Path file, Check check) {
        return readForeign(file, (shapes, others) -> {
            others.forEach((name, type) -> {
                throw SafetensorsHeader.unread(file, name, type);
            });
            check.accept(shapes);
        });
    }

    /** As {@link #read(Path, Check)} of what another program wrote: tensors that are no weights are left out. */
    public static Map<String, Tensor> readForeign(Path file, ForeignCheck check) {
        try (FileChannel channel = RegularFile.read(file)) {
            SafetensorsHeader header = SafetensorsHeader.read(file, channel);
            Map<String, List<Integer>> shapes = new LinkedHashMap<>();
            Map<String, String> others = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.tensors()) {
                shapes.put(entry.name(), entry.shape());
                if (!entry.type().isWeight()) {
                    others.put(entry.name(), entry.type().name());
                }
            }
            check.accept(shapes, others);
            byte[] head = SafetensorsHeader.readBytes(channel, 0, (int) header.dataStart())
                    .array();
            int place = header.metadata().containsKey(Checksum.FIELD) ? Checksum.place(head) : -1;
            String expected = place < 0 ? null : Checksum.take(head, place);
            CRC32C sum = new CRC32C();
            sum.update(head);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (SafetensorsHeader.Entry entry : header.tensors()) {
                float[] values = values(channel, header.dataStart(), entry, sum);
                if (entry.type().isWeight()) {
                    tensors.put(entry.name(), new Tensor(entry.shape(), values));
                }
            }
            if (header.metadata().containsKey(Checksum.FIELD)
                    && !Checksum.text(sum).equals(expected)) {
                throw SafetensorsHeader.damaged(file, "its content is not that of its check sum");
            }
            return tensors;
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /**
     * The {@code __metadata__} of a file, empty where it has none.
     *
     * @throws LstmGpuException as {@link #read(Path)}
     */
    public static Map<String, String> metadata(Path file) {
        try (FileChannel channel = RegularFile.read(file)) {
            return SafetensorsHeader.read(file, channel).metadata();
        } catch (IOException failure) {
            throw IoErrors.unreadable(file, failure);
        }
    }

    /**
     * Replaces the file as a whole; float32, in the order of the map, with a check sum of all bytes.
     *
     * @return the check sum
     */
    public static String write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
        Map<String, String> sealed = new LinkedHashMap<>(metadata);
        sealed.put(Checksum.FIELD, Checksum.BLANK);
        byte[] header = header(tensors, sealed);
        CheckedOutputStream sum = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32C());
        AtomicFiles.write(file, out -> {
            write(sum, header, tensors);
            Checksum.put(Checksum.text((CRC32C) sum.getChecksum()), header, Checksum.place(header));
            write(out, header, tensors);
        });
        return Checksum.text((CRC32C) sum.getChecksum());
    }

    /**
     * The check sum that a file written here says it has; empty where it has none.
     *
     * @throws LstmGpuException as {@link #read(Path)}
     */
    public static String checksum(Path file) {
        return metadata(file).getOrDefault(Checksum.FIELD, "");
    }

    private static void write(OutputStream out, byte[] header, Map<String, Tensor> tensors) throws IOException {
        out.write(littleEndian(Long.BYTES).putLong(header.length).array());
        out.write(header);
        ByteBuffer block = littleEndian(BLOCK_BYTES);
        for (Tensor tensor : tensors.values()) {
            write(out, tensor.values(), block);
        }
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
        ObjectNode root = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            metadata.forEach(root.putObject(SafetensorsHeader.METADATA)::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException(SafetensorsHeader.METADATA + " is no name for a tensor");
            }
            ObjectNode tensor = root.putObject(entry.getKey()).put("dtype", StoredType.F32.name());
            entry.getValue().shape().forEach(tensor.putArray("shape")::add);
            long end = offset + (long) Float.BYTES * entry.getValue().values().length;
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        String json = root.toString();
        int padding = -json.getBytes(StandardCharsets.UTF_8).length & (ALIGNMENT - 1);
        return (json + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    }

    private static void write(OutputStream out, float[] values, ByteBuffer block) throws IOException {
        for (int at = 0; at < values.length; ) {
            int count = Math.min(values.length - at, BLOCK_BYTES / Float.BYTES);
            block.asFloatBuffer().put(values, at, count);
            out.write(block.array(), 0, count * Float.BYTES);
            at += count;
        }
    }

    private static float[] values(FileChannel channel, long dataStart, SafetensorsHeader.Entry entry, CRC32C sum)
            throws IOException {
        boolean wanted = entry.type().isWeight();
        float[] values = new float[wanted ? entry.length() : 0];
        ByteBuffer block = littleEndian(Math.clamp(entry.end() - entry.begin(), 1, BLOCK_BYTES));
        int done = 0;
        for (long at = entry.begin(); at < entry.end(); at += block.limit()) {
            block.clear().limit((int) Math.min(block.capacity(), entry.end() - at));
            while (block.hasRemaining()) {
                if (channel.read(block, dataStart + at + block.position()) < 0) {
                    throw new IOException("the file became shorter while it was read");
                }
            }
            block.flip();
            sum.update(block.duplicate());
            while (wanted && block.hasRemaining()) {
                values[done++] = entry.type().read(block);
            }
        }
        return values;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
