package lstmgpu.backend.cuda.libraries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Of which CUDA a cuDNN is, from its files alone: its name is the same for all, and what has been loaded cannot be
 * taken back. The part for recurrent layers opens cuBLAS's second library by a name that has the major in it.
 */
public final class CudnnFile {
    private static final String RECURRENT_PART = "libcudnn_adv.so.9";
    private static final Pattern OPENED = Pattern.compile("libcublasLt\\.so\\.(\\d+)");
    private static final String CONSTANTS = ".rodata";

    /** Offsets in the header of a 64-bit ELF file, and in the header of a section. */
    private static final int ELF_HEADER_BYTES = 64;

    private static final int SECTIONS_AT = 0x28;
    private static final int SECTION_BYTES_AT = 0x3a;
    private static final int SECTION_COUNT_AT = 0x3c;
    private static final int NAMES_SECTION_AT = 0x3e;
    private static final int OFFSET_AT = 0x18;
    private static final int SIZE_AT = 0x20;
    private static final long MOST_BYTES = 64L << 20;

    private CudnnFile() {}

    /** 12 or 13, for example; 0 if the files do not tell. */
    public static int cudaMajor(LibraryFile cudnn) {
        Path part = cudnn.neighbour(RECURRENT_PART).orElse(cudnn.path());
        try (FileChannel file = FileChannel.open(part)) {
            Matcher name = OPENED.matcher(constants(file));
            return name.find() ? Integer.parseInt(name.group(1)) : 0;
        } catch (IOException | IndexOutOfBoundsException unreadable) {
            return 0;
        }
    }

    /** The constants of a library, a character a byte; empty if it is no 64-bit ELF file. */
    private static String constants(FileChannel file) throws IOException {
        ByteBuffer header = read(file, 0, ELF_HEADER_BYTES);
        if (header.getInt(0) != 0x464c457f) {
            return "";
        }
        int bytes = header.getShort(SECTION_BYTES_AT);
        int count = Short.toUnsignedInt(header.getShort(SECTION_COUNT_AT));
        ByteBuffer sections = read(file, header.getLong(SECTIONS_AT), (long) bytes * count);
        int names = Short.toUnsignedInt(header.getShort(NAMES_SECTION_AT)) * bytes;
        String allNames = text(file, sections, names);
        for (int section = 0; section < count; section++) {
            if (allNames.startsWith(CONSTANTS + "\0", sections.getInt(section * bytes))) {
                return text(file, sections, section * bytes);
            }
        }
        return "";
    }

    private static String text(FileChannel file, ByteBuffer sections, int section) throws IOException {
        ByteBuffer content = read(file, sections.getLong(section + OFFSET_AT), sections.getLong(section + SIZE_AT));
        return new String(content.array(), StandardCharsets.ISO_8859_1);
    }

    private static ByteBuffer read(FileChannel file, long from, long bytes) throws IOException {
        if (from < 0 || bytes < 0 || bytes > MOST_BYTES || from + bytes > file.size()) {
            throw new IOException("a section lies outside of the file");
        }
        ByteBuffer content = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (content.hasRemaining() && file.read(content, from + content.position()) > 0) {}
        return content.flip();
    }
}
