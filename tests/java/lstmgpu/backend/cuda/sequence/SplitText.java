package lstmgpu.backend.cuda.sequence;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lstmgpu.backend.Cell;

/** Splits from the numbers of a line of images.txt, SHARED left out. */
public final class SplitText {
    private static final Pattern NAMED = Pattern.compile("(\\w+)=(\\w+)");

    private SplitText() {}

    /** HIDDEN UNITS SEQUENCES EXCHANGE ROW_WARPS HELD CHUNKS. */
    public static SequenceSplit forward(Cell cell, String numbers) {
        int[] n = numbers(numbers);
        return new SequenceSplit(cell, n[0], n[1], n[2], 0, exchange(n[3]), n[4], n[5], n[6]);
    }

    /** HIDDEN UNITS SEQUENCES PARTS EXCHANGE ROW_WARPS HELD CHUNKS. */
    public static SequenceSplit backward(Cell cell, String numbers) {
        int[] n = numbers(numbers);
        return new SequenceSplit(cell, n[0], n[1], n[2], n[3], exchange(n[4]), n[5], n[6], n[7]);
    }

    /** An LSTM's. */
    public static SequenceSplit forward(String numbers) {
        return forward(Cell.LSTM, numbers);
    }

    /** An LSTM's. */
    public static SequenceSplit backward(String numbers) {
        return backward(Cell.LSTM, numbers);
    }

    /** Of a whole line. */
    static SequenceSplit ofLine(String line) {
        Cell cell = Cell.valueOf(
                NAMED.matcher(line).results().findFirst().orElseThrow().group(2));
        String numbers = NAMED.matcher(line)
                .results()
                .filter(constant -> !constant.group(1).matches("CELL|SHARED"))
                .map(constant -> constant.group(2))
                .collect(Collectors.joining(" "));
        return line.contains("PARTS=") ? backward(cell, numbers) : forward(cell, numbers);
    }

    private static Exchange exchange(int number) {
        return Arrays.stream(Exchange.values())
                .filter(exchange -> exchange.number() == number)
                .findAny()
                .orElseThrow();
    }

    private static int[] numbers(String line) {
        return Arrays.stream(line.strip().split(" +"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }
}
