package lstmgpu.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Files that were cut, flipped, stuffed, given other numbers, or exchanged with those of another folder. */
final class FileDamage {
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
    private static final List<String> NUMBERS =
            List.of("-1", "0", "1e308", "-1e308", "99999999999999999999", "2147483647", "null", "{}", "\"\u202e\"");

    private final Random random;

    FileDamage(Random random) {
        this.random = random;
    }

    /**
     * Damages a file.
     *
     * @param other its namesake, which may be missing
     * @return what was done
     */
    String put(Path place, Path other) throws IOException {
        byte[] whole = Files.readAllBytes(place);
        int at = whole.length == 0 ? 0 : random.nextInt(whole.length);
        byte[] head = Arrays.copyOf(whole, at);
        byte[] tail = Arrays.copyOfRange(whole, at, whole.length);
        int kind = random.nextInt(7);
        byte[] damaged =
                switch (kind) {
                    case 0 -> head;
                    case 1 -> joined(head, noise(1), tail);
                    case 2 -> joined(head, noise(random.nextInt(5000)), tail);
                    case 3 -> joined(head, new byte[tail.length], new byte[0]);
                    case 4 -> joined(head, "[".repeat(100_000).getBytes(StandardCharsets.UTF_8), tail);
                    case 5 -> Files.exists(other) ? Files.readAllBytes(other) : whole;
                    default -> otherNumber(whole);
                };
        Files.write(place, damaged);
        return "damage %d at %d".formatted(kind, at);
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }

    /** One of the numbers in a text becomes another value, or several. */
    private byte[] otherNumber(byte[] whole) {
        String content = new String(whole, StandardCharsets.ISO_8859_1);
        List<int[]> numbers = new ArrayList<>();
        NUMBER.matcher(content).results().forEach(found -> numbers.add(new int[] {found.start(), found.end()}));
        if (numbers.isEmpty()) {
            return new byte[0];
        }
        int[] number = numbers.get(random.nextInt(numbers.size()));
        String value = NUMBERS.get(random.nextInt(NUMBERS.size()));
        return (content.substring(0, number[0]) + value + content.substring(number[1]))
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
