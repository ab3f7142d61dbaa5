package lstmgpu.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Tensor;

/**
 * What a safetensors file says of its tensors, every number checked against the file before anything is allocated for
 * it.
 *
 * @param tensors in the order of their data
 * @param dataStart offset of the first tensor's first byte in the file
 */
record SafetensorsHeader(List<Entry> tensors, Map<String, String> metadata, long dataStart) {
    static final String METADATA = "__metadata__";

    /** Far more than thousands of tensors need; the format itself allows 100 MB. */
    private static final long BYTES_AT_MOST = 16L << 20;

    private static final int MOST_VALUES = Integer.MAX_VALUE - 8;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * A tensor in the file.
     *
     * @param begin offset of its first byte from {@link #dataStart}
     */
    record Entry(String name, StoredType type, List<Integer> shape, long begin, long end) {
        int length() {
            return Math.toIntExact(Tensor.elements(shape));
        }
    }

    /**
     * @throws LstmGpuException with exit code 3, naming the tensor or the field that is wrong
     */
    static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw damaged(file, "it has %,d bytes, and the length of the header alone takes 8".formatted(size));
        }
        long length =
                readBytes(channel, 0, Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > size - Long.BYTES) {
            throw damaged(
                    file,
                    "it claims a header of %s bytes but has only %,d bytes"
                            .formatted(Long.toUnsignedString(length), size));
        }
        if (length > BYTES_AT_MOST) {
            throw damaged(
                    file, "its header of %,d bytes is longer than the %,d read here".formatted(length, BYTES_AT_MOST));
        }
        JsonNode root = parse(file, readBytes(channel, Long.BYTES, (int) length).array());
        return new Parser(file, size - Long.BYTES - length).header(root, Long.BYTES + length);
    }

    private static JsonNode parse(Path file, byte[] header) throws IOException {
        try {
            if (header[0] == '{') {
                return JSON.readTree(header);
            }
        } catch (JsonProcessingException failure) {
            throw damaged(file, "its header is no JSON: " + failure.getOriginalMessage());
        }
        throw damaged(file, "its header is no JSON object");
    }

    static ByteBuffer readBytes(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }

    static LstmGpuException damaged(Path file, String what) {
        return LstmGpuException.data("%s is damaged: %s; restore it from a copy", file, what);
    }

    static LstmGpuException unread(Path file, String tensor, String type) {
        return damaged(
                file, "the tensor '%s' has the dtype '%s'; F32, F64, F16 and BF16 are read".formatted(tensor, type));
    }

    /** @param dataBytes what follows the header */
    private record Parser(Path file, long dataBytes) {
        SafetensorsHeader header(JsonNode root, long dataStart) {
            Map<String, String> metadata = new LinkedHashMap<>();
            List<Entry> entries = new ArrayList<>();
            for (Map.Entry<String, JsonNode> field : root.properties()) {
                if (field.getKey().equals(METADATA)) {
                    field.getValue().properties().forEach(pair -> metadata.put(pair.getKey(), text(pair)));
                } else {
                    entries.add(entry(field.getKey(), field.getValue()));
                }
            }
            entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            checkContiguous(entries);
            return new SafetensorsHeader(List.copyOf(entries), metadata, dataStart);
        }

        private Entry entry(String name, JsonNode node) {
            StoredType type = StoredType.of(node.path("dtype").asText());
            if (type == null) {
                throw unread(file, name, node.path("dtype").asText());
            }
            List<Integer> shape = shape(name, node.path("shape"));
            JsonNode offsets = node.path("data_offsets");
            boolean numbers = offsets.isArray()
                    && offsets.size() == 2
                    && offsets.get(0).isIntegralNumber()
                    && offsets.get(0).canConvertToLong()
                    && offsets.get(1).isIntegralNumber()
                    && offsets.get(1).canConvertToLong();
            if (!numbers) {
                throw wrong(name, "has no data_offsets of two whole numbers");
            }
            long begin = offsets.get(0).longValue();
            long end = offsets.get(1).longValue();
            if (begin < 0 || begin > end || end > dataBytes) {
                throw wrong(name, "lies at [%d, %d), outside the %,d bytes of data".formatted(begin, end, dataBytes));
            }
            if (type.isWeight() && begin % type.bytes() != 0) {
                throw wrong(name, "starts at %d, no multiple of its %d bytes a value".formatted(begin, type.bytes()));
            }
            long needed = Tensor.elements(shape) * type.bytes();
            if (end - begin != needed) {
                throw wrong(name, "has %,d bytes where its shape %s needs %,d".formatted(end - begin, shape, needed));
            }
            return new Entry(name, type, shape, begin, end);
        }

        private List<Integer> shape(String name, JsonNode node) {
            if (!node.isArray()) {
                throw wrong(name, "has no shape");
            }
            List<Integer> shape = new ArrayList<>();
            boolean empty = false;
            for (JsonNode size : node) {
                if (!size.isInt() || size.intValue() < 0) {
                    throw wrong(name, "has the shape %s, whose sizes do not fit".formatted(node));
                }
                shape.add(size.intValue());
                empty |= size.intValue() == 0;
            }
            long elements = 1;
            for (int size : shape) {
                // Each factor is below 2^31 and so is the product so far: it cannot overflow.
                elements *= empty ? 0 : size;
                if (elements > MOST_VALUES) {
                    throw wrong(name, "has the shape %s, more than %,d values".formatted(node, MOST_VALUES));
                }
            }
            return shape;
        }

        private void checkContiguous(List<Entry> entries) {
            long end = 0;
            String before = "the beginning of the data";
            for (Entry entry : entries) {
                if (entry.begin() != end) {
                    String fault = entry.begin() < end ? "overlaps" : "leaves a gap after";
                    throw wrong(
                            entry.name(),
                            "starts at %d, which %s %s, where byte %d is next"
                                    .formatted(entry.begin(), fault, before, end));
                }
                end = entry.end();
                before = "the tensor '" + entry.name() + "'";
            }
            if (end != dataBytes) {
                throw damaged(file, "its tensors end at byte %,d of %,d bytes of data".formatted(end, dataBytes));
            }
        }

        private String text(Map.Entry<String, JsonNode> pair) {
            if (!pair.getValue().isTextual()) {
                throw damaged(file, "the field %s.%s is no text".formatted(METADATA, pair.getKey()));
            }
            return pair.getValue().textValue();
        }

        private LstmGpuException wrong(String tensor, String what) {
            return damaged(file, "the tensor '%s' %s".formatted(tensor, what));
        }
    }
}
