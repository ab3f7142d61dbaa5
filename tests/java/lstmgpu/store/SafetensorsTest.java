package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    private static final long HEADER_OF_10_GB = 10L << 30;

    @TempDir
    private Path folder;

    @Test
    void readingUndoesWriting() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            Map<String, Tensor> tensors = randomTensors(random);
            Map<String, String> metadata = i % 2 == 0 ? Map.of() : Map.of("format", "pt", "é\"", "\n👍");
            Path file = folder.resolve("round.safetensors");
            Safetensors.write(file, tensors, metadata);
            Map<String, Tensor> read = Safetensors.read(file);
            assertEquals(tensors.keySet(), read.keySet(), "seed " + seed);
            tensors.forEach((name, tensor) -> {
                assertEquals(tensor.shape(), read.get(name).shape(), "seed " + seed);
                assertArrayEquals(tensor.values(), read.get(name).values(), 0f, "seed " + seed);
            });
            Map<String, String> found = new java.util.LinkedHashMap<>(Safetensors.metadata(file));
            assertTrue(found.remove("crc32c").matches("[0-9a-f]{8}"));
            assertEquals(metadata, found);
        }
    }

    @Test
    void theBytesAreThoseOfTheFormat() throws IOException {
        Path file = folder.resolve("bytes.safetensors");
        Safetensors.write(file, Map.of("a", new Tensor(List.of(2, 1), new float[] {1f, -2f})), Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong();
        String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
        assertEquals(
                "{\"__metadata__\":{\"crc32c\":\"2c999815\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}",
                json.strip());
        assertEquals(0, header % 8);
        assertEquals(1f, bytes.getFloat(8 + header));
        assertEquals(-2f, bytes.getFloat(12 + header));
        assertEquals(16 + header, bytes.capacity());
    }

    @Test
    void otherFloatTypesAreConverted() throws IOException {
        String header = "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[8,12]},"
                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[12,16]}}";
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putShort((short) 0x3C00).putShort((short) 0xC100);
        data.putShort((short) 0x3FC0).putShort((short) 0xBF80);
        Map<String, Tensor> read = Safetensors.read(file(header, data.array()));
        assertArrayEquals(new float[] {0.1f}, read.get("d").values());
        assertArrayEquals(new float[] {1f, -2.5f}, read.get("h").values());
        assertArrayEquals(new float[] {1.5f, -1f}, read.get("b").values());
    }

    /** Each file has 16 bytes of data; the message must hold the words behind the bar. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\1',
            value = {
                "[]|no JSON object",
                "{\"a\"|no JSON",
                "{} x|no JSON",
                "{}|data",
                "{'a':3}|'a' has the dtype ''",
                "{'a':{'shape':[4],'data_offsets':[0,16]}}|'a' has the dtype",
                "{'a':{'dtype':'I8','shape':[16],'data_offsets':[0,16]}}|'a' has the dtype 'I8'",
                "{'a':{'dtype':'F32','data_offsets':[0,16]}}|'a' has no shape",
                "{'a':{'dtype':'F32','shape':4,'data_offsets':[0,16]}}|'a' has no shape",
                "{'a':{'dtype':'F32','shape':[-4],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':[4.0],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':['4'],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':[4294967296,1073741824],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':[65536,65536,65536,65536],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':[2147483647,2147483647,4],'data_offsets':[0,16]}}|'a' has the shape",
                "{'a':{'dtype':'F32','shape':[4]}}|'a' has no data_offsets",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0]}}|'a' has no data_offsets",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16,32]}}|'a' has no data_offsets",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':['0','16']}}|'a' has no data_offsets",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,18446744073709551632]}}|'a' has no data_offsets",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,9223372036854775807]}}|'a' lies at",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[-16,0]}}|'a' lies at",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[16,0]}}|'a' lies at",
                "{'a':{'dtype':'F32','shape':[5],'data_offsets':[0,20]}}|'a' lies at",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,16]}}|'a' has 16 bytes",
                "{'a':{'dtype':'F32','shape':[0,7],'data_offsets':[0,16]}}|'a' has 16 bytes",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[2,14]}}|'a' starts at 2",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[4,16]}}|'a' starts at 4, which leaves a gap",
                "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,12]}}|end at byte 12",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},"
                        + "'b':{'dtype':'F32','shape':[1],'data_offsets':[8,12]}}"
                        + "|'b' starts at 8, which overlaps the tensor 'a'",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},"
                        + "'b':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}|overlaps",
                "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]},"
                        + "'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}|Duplicate",
                "{'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}|__metadata__.x"
            })
    void brokenHeadersAreRefusedWithTheTensorOrField(String header, String words) throws IOException {
        assertRefused(file(header.replace('\'', '"'), new byte[16]), words);
    }

    @Test
    void headersThatClaimMoreThanTheFileAreRefusedWithoutMemory() throws IOException {
        for (long claim : new long[] {HEADER_OF_10_GB, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1000, 16, 9, 0, 1}) {
            Path file = folder.resolve("claim.safetensors");
            Files.write(
                    file,
                    ByteBuffer.allocate(16)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(claim)
                            .array());
            assertRefusedCheaply(file, "header");
        }
        for (long claim : new long[] {HEADER_OF_10_GB, 20 << 20}) {
            Path sparse = folder.resolve("sparse.safetensors");
            try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
                file.write(ByteBuffer.allocate(8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(claim)
                        .array());
                file.setLength(claim + 100);
            }
            assertRefusedCheaply(sparse, "header of %,d bytes".formatted(claim));
        }
    }

    @Test
    void theCheckComesBeforeTheValues() throws IOException {
        long bytes = 2L << 30;
        String header =
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}".formatted(bytes / 4, bytes);
        Path sparse = file(header, new byte[0]);
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(file.length() + bytes);
        }
        long before = allocated();
        assertThrows(
                LstmGpuException.class,
                () -> Safetensors.read(sparse, shapes -> {
                    throw LstmGpuException.data("no room for %s", shapes);
                }));
        assertTrue(allocated() - before < 8 << 20);
    }

    @Test
    void everyFileCutShortIsRefused() throws IOException {
        Path file = folder.resolve("whole.safetensors");
        Safetensors.write(file, randomTensors(new Random(1)), Map.of());
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(2);
        for (int i = 0; i < 300; i++) {
            int length = i < 100 ? i : random.nextInt(whole.length);
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertRefused(file, "whole.safetensors");
        }
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
        assertRefused(file, "end at byte");
    }

    @Test
    void randomDamageNeverEndsInAnythingButAnAnswer() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path file = folder.resolve("fuzz.safetensors");
        Map<String, Tensor> small = new LinkedHashMap<>();
        small.put("one", new Tensor(List.of(2, 3), new float[6]));
        small.put("two", new Tensor(List.of(), new float[1]));
        Safetensors.write(file, small, Map.of("format", "pt"));
        byte[] whole = Files.readAllBytes(file);
        String alphabet = "0123456789[]{},:\"-.eFBI ";
        for (int i = 0; i < 3000; i++) {
            byte[] damaged = whole.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = random.nextBoolean()
                        ? (byte) alphabet.charAt(random.nextInt(alphabet.length()))
                        : (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                Safetensors.read(file);
            } catch (LstmGpuException failure) {
                assertEquals(ExitCode.DATA, failure.exitCode(), () -> "seed " + seed);
            } catch (RuntimeException | Error failure) {
                throw new AssertionError("seed " + seed + ", round " + i, failure);
            }
        }
    }

    @Test
    void aMissingFileIsNamed() {
        assertRefused(folder.resolve("none.safetensors"), "none.safetensors");
        assertRefused(folder, folder.toString());
    }

    static Map<String, Tensor> randomTensors(Random random) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            List<Integer> shape = new ArrayList<>();
            int length = 1;
            for (int rank = random.nextInt(4); rank > 0; rank--) {
                int size = List.of(0, 1, 7, 33, 65).get(random.nextInt(random.nextInt(8) == 0 ? 5 : 4) % 5);
                shape.add(size);
                length *= size;
            }
            float[] values = new float[length];
            for (int k = 0; k < length; k++) {
                values[k] = Float.intBitsToFloat(random.nextInt());
            }
            tensors.put("tensor." + i + "é", new Tensor(shape, values));
        }
        float[] large = new float[600_001];
        large[600_000] = 3;
        tensors.put("large", new Tensor(List.of(600_001), large));
        return tensors;
    }

    private Path file(String header, byte[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json).put(data);
        return Files.write(folder.resolve("made.safetensors"), bytes.array());
    }

    private static void assertRefusedCheaply(Path file, String words) {
        long before = allocated();
        assertRefused(file, words);
        long used = allocated() - before;
        assertTrue(used < 8 << 20, () -> "%,d bytes were allocated".formatted(used));
    }

    private static void assertRefused(Path file, String words) {
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> Safetensors.read(file));
        assertEquals(ExitCode.DATA, failure.exitCode());
        assertTrue(failure.getMessage().contains(words), () -> words + " is not in: " + failure.getMessage());
        assertTrue(failure.getMessage().contains(file.getFileName().toString()), failure::getMessage);
        assertFalse(failure.getMessage().contains("\n"), failure::getMessage);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
