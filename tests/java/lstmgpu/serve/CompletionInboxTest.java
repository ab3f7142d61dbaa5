package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.generate.GeneratedText;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneListener;
import lstmgpu.generate.LaneToken;
import org.junit.jupiter.api.Test;

class CompletionInboxTest {
    private static final long LONG_MILLIS = 20_000;
    private static final long MILLI = 1_000_000;
    private static final LaneEnd END = new LaneEnd(
            LaneEnd.Reason.LENGTH, new GeneratedText("", new byte[0], new int[0], new float[0], false), null, null);

    private final CompletionInbox inbox = new CompletionInbox(true);

    private static void write(LaneListener text, int token) {
        text.token(new LaneToken(token, -1f, List.of()));
        text.text((token + " ").getBytes(StandardCharsets.UTF_8));
    }

    private static String text(List<CompletionPiece> pieces, int choice) {
        StringBuilder text = new StringBuilder();
        pieces.stream()
                .filter(piece -> piece.choice() == choice)
                .forEach(piece -> text.append(new String(piece.text(), StandardCharsets.UTF_8)));
        return text.toString();
    }

    private static String numbers(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i).append(' ');
        }
        return text.toString();
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    @Test
    void whoWaitsForTheFirstTokenHasItAtOnce() throws InterruptedException {
        LaneListener text = inbox.listener();
        long start = System.nanoTime();
        Thread.ofVirtual().start(() -> {
            pause(20);
            write(text, 0);
        });
        List<CompletionPiece> pieces = inbox.take(start, LONG_MILLIS);
        assertEquals("0 ", text(pieces, 0));
        assertTrue(millisSince(start) < LONG_MILLIS / 4, "it waited for more");
    }

    @Test
    void tokensAreGatheredUntilTheInstantAndNoLonger() throws InterruptedException {
        LaneListener text = inbox.listener();
        long start = System.nanoTime();
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = 0; i < 5; i++) {
                write(text, i);
                pause(5);
            }
        });
        List<CompletionPiece> pieces = inbox.take(start + 200 * MILLI, LONG_MILLIS);
        double waited = millisSince(start);
        assertTrue(waited >= 200 && waited < LONG_MILLIS / 4, "after " + waited + " ms");
        writer.join();
        assertEquals(5, pieces.size(), "each token is a piece of its own");
        assertEquals(numbers(5), text(pieces, 0));
    }

    @Test
    void theEndOfATextWaitsForNothing() throws InterruptedException {
        LaneListener text = inbox.listener();
        write(text, 0);
        long start = System.nanoTime();
        Thread.ofVirtual().start(() -> {
            pause(20);
            write(text, 1);
            text.end(END);
        });
        List<CompletionPiece> pieces = inbox.take(start + Long.MAX_VALUE / 2, LONG_MILLIS);
        assertTrue(millisSince(start) < LONG_MILLIS / 4, "it waited for the instant");
        assertEquals(numbers(2), text(pieces, 0));
        assertEquals(END, pieces.getLast().end());
        assertNull(pieces.getFirst().end());
    }

    @Test
    void whatComesAfterALookIsGivenAtTheNext() throws InterruptedException {
        LaneListener text = inbox.listener();
        write(text, 0);
        assertEquals("0 ", text(inbox.take(System.nanoTime(), LONG_MILLIS), 0));
        text.end(END);
        List<CompletionPiece> pieces = inbox.take(System.nanoTime(), 100);
        assertEquals(1, pieces.size(), "the end is lost");
        assertEquals(END, pieces.getFirst().end());
    }

    @Test
    void whereNothingComesNothingIsGiven() throws InterruptedException {
        inbox.listener();
        long start = System.nanoTime();
        assertTrue(inbox.take(start, 30).isEmpty());
        assertTrue(inbox.take(start + Long.MAX_VALUE / 2, 30).isEmpty());
        assertTrue(millisSince(start) >= 60);
    }

    @Test
    void nothingIsLostNorTurnedRoundWhileBothSidesAreBusy() throws InterruptedException {
        int count = 20_000;
        LaneListener first = inbox.listener();
        LaneListener second = inbox.listener();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < count; i++) {
                write(first, i);
                if (i % 2 == 0) {
                    write(second, i / 2);
                }
            }
            first.end(END);
            second.end(END);
        });
        List<CompletionPiece> all = new ArrayList<>();
        for (int ends = 0; ends < 2; ) {
            List<CompletionPiece> pieces = inbox.take(System.nanoTime() + MILLI, LONG_MILLIS);
            ends += (int) pieces.stream().filter(piece -> piece.end() != null).count();
            all.addAll(pieces);
        }
        writer.join();
        assertEquals(numbers(count), text(all, 0));
        assertEquals(numbers(count / 2), text(all, 1));
        assertEquals(
                count + count / 2, all.stream().mapToInt(CompletionPiece::drawn).sum());
    }

    @Test
    void whatNobodyTakesBecomesFewLongPieces() throws InterruptedException {
        int count = 50_000;
        LaneListener first = inbox.listener();
        LaneListener second = inbox.listener();
        for (int i = 0; i < count; i++) {
            write(i < 5 ? second : first, i < 5 ? i : i - 5);
        }
        first.end(END);
        List<CompletionPiece> pieces = inbox.take(System.nanoTime(), LONG_MILLIS);
        assertTrue(pieces.size() <= CompletionInbox.MOST_PIECES, pieces.size() + " pieces");
        assertEquals(numbers(count - 5), text(pieces, 0));
        assertEquals(numbers(5), text(pieces, 1));
        int[] tokens = pieces.stream()
                .filter(piece -> piece.choice() == 0)
                .flatMap(piece -> piece.tokens().stream())
                .mapToInt(LaneToken::id)
                .toArray();
        assertEquals(count - 5, tokens.length);
        assertEquals(count - 6, tokens[count - 6]);
        assertNotNull(pieces.getLast().end());
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
