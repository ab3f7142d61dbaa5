package lstmgpu.data.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.airlift.compress.v3.zstd.ZstdJavaOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;
import lstmgpu.LstmGpuException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PackingTest {
    /** What {@code echo 'the cat' | zstd -19} writes, with its check sum. */
    private static final String ZSTD = "28b52ffd0468410000746865206361740a1e7cc9eb";

    @TempDir
    Path folder;

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static byte[] pack(Packing packing, byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out =
                packing == Packing.GZIP ? new GZIPOutputStream(packed) : new ZstdJavaOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private static byte[] read(Path file) throws IOException {
        try (InputStream in = InputFiles.open(file)) {
            return in.readAllBytes();
        }
    }

    private static byte[] text() {
        SplittableRandom random = new SplittableRandom(7);
        byte[] text = new byte[300_000];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(1 + i % 9));
        }
        return text;
    }

    @ParameterizedTest
    @EnumSource(Packing.class)
    void aPackedFileIsItsTextAndSoAreSeveralBehindEachOther(Packing packing) throws IOException {
        byte[] text = text();
        byte[] packed = pack(packing, text);
        assertArrayEquals(text, read(write("text" + packing.ending(), packed)));
        byte[] twice = Arrays.copyOf(packed, 2 * packed.length);
        System.arraycopy(packed, 0, twice, packed.length, packed.length);
        byte[] read = read(write("twice" + packing.ending(), twice));
        assertEquals(2 * text.length, read.length);
        assertArrayEquals(text, Arrays.copyOfRange(read, text.length, read.length));
        assertArrayEquals(packed, read(write("text.bin", packed)));
        assertEquals(0, read(write("empty" + packing.ending(), new byte[0])).length);
    }

    /** Right behind, and where the block that is read at a time ends between; zeros may stand there. */
    @Test
    void whatStandsBehindTheLastMemberIsNotPassedOver() throws IOException {
        byte[] text = text();
        byte[] member = pack(Packing.GZIP, text);
        byte[] noise = new byte[2 << 16];
        new Random(3).nextBytes(noise);
        for (int room = -12; room <= 12; room++) {
            // The end of the member is moved about the end of a block by the length of a stored text.
            byte[] packed = pack(Packing.GZIP, Arrays.copyOf(noise, 2 * (1 << 16) - 60 + room));
            for (byte[] behind : List.of(new byte[] {'x'}, new byte[] {0, 0, 1}, Arrays.copyOf(member, 6), noise)) {
                Path file = write("trash.gz", joined(packed, behind));
                IOException refused = assertThrows(IOException.class, () -> read(file), behind.length + " at " + room);
                assertTrue(refused.getMessage().contains("damaged or cut short"), refused.getMessage());
            }
            assertEquals(
                    2 * (1 << 16) - 60 + room + text.length, read(write("more.gz", joined(packed, member))).length);
            assertEquals(2 * (1 << 16) - 60 + room, read(write("zeros.gz", joined(packed, new byte[700]))).length);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    @Test
    void whereNothingIsPackedAFileIsEmpty() throws IOException {
        Path nothing = write("nothing.gz", pack(Packing.GZIP, new byte[0]));
        LstmGpuException refused = assertThrows(LstmGpuException.class, () -> InputFiles.check(List.of(nothing)));
        assertTrue(refused.getMessage().contains("is empty (nothing is packed in it)"), refused.getMessage());
        assertEquals(List.of(nothing), InputFiles.empty(List.of(nothing, write("a.gz", pack(Packing.GZIP, text())))));
    }

    @Test
    void whatTheZstdProgramWritesIsRead() throws IOException {
        Path file = write("cat.zst", HexFormat.of().parseHex(ZSTD));
        assertEquals("the cat\n", new String(read(file), StandardCharsets.UTF_8));
    }

    /** Wherever it is cut and whichever bits are others, it is refused in words or read; nothing else comes out. */
    @ParameterizedTest
    @EnumSource(Packing.class)
    void damageIsSaid(Packing packing) throws IOException {
        byte[] packed = pack(packing, Arrays.copyOf(text(), 20_000));
        for (int length : new int[] {5, 9, packed.length / 2, packed.length - 1}) {
            Path cut = write("cut" + packing.ending(), Arrays.copyOf(packed, length));
            IOException refused = assertThrows(IOException.class, () -> read(cut), "cut at " + length);
            assertTrue(refused.getMessage().contains("damaged or cut short"), refused.getMessage());
        }
        SplittableRandom random = new SplittableRandom(11);
        int refusals = 0;
        for (int i = 0; i < 400; i++) {
            byte[] broken = packed.clone();
            broken[4 + random.nextInt(broken.length - 4)] ^= (byte) (1 << random.nextInt(8));
            Path file = write("broken" + packing.ending(), broken);
            try {
                read(file);
            } catch (IOException refused) {
                assertTrue(refused.getMessage().contains("damaged or cut short"), refused.getMessage());
                refusals++;
            }
        }
        assertTrue(refusals > 200, refusals + " of 400");
        Path other = write("other" + packing.ending(), "plain text".getBytes(StandardCharsets.UTF_8));
        assertTrue(
                assertThrows(IOException.class, () -> read(other)).getMessage().contains("give it another name"));
    }
}
