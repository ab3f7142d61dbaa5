package lstmgpu.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import lstmgpu.generate.LaneEnd;
import lstmgpu.generate.LaneListener;
import lstmgpu.generate.LaneToken;

/**
 * Where the lanes leave what they have written for one request, which its own thread takes out. The lanes never wait
 * here, and wake that thread only where it waits for what they bring. What a slow client has not taken yet becomes,
 * from {@value #MOST_PIECES} pieces on, one longer piece of each text, and is at most what it asked for.
 */
final class CompletionInbox {
    /** Pieces that wait singly. */
    static final int MOST_PIECES = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition ended = lock.newCondition();
    private final boolean keepsTokens;
    private List<CompletionPiece> pieces = new ArrayList<>();
    private int texts;
    private int takes;
    private boolean someEnded;

    /** @param keepsTokens whether it matters which tokens were drawn, beside the text and their number */
    CompletionInbox(boolean keepsTokens) {
        this.keepsTokens = keepsTokens;
    }

    /** Puts in what comes of one text. All but {@link #newest} is for the one thread that tells it. */
    private final class Teller implements LaneListener {
        private final int number;
        private CompletionPiece next;
        private CompletionPiece newest;
        private int among;

        Teller(int number) {
            this.number = number;
            this.next = new CompletionPiece(number);
        }

        @Override
        public void prompt(List<LaneToken> tokens) {
            next.setPrompt(tokens);
        }

        /** A token goes with the text that shows it. */
        @Override
        public void token(LaneToken token) {
            next.draw(keepsTokens ? token : null);
        }

        @Override
        public void text(byte[] bytes) {
            next.show(bytes);
            put(false);
        }

        @Override
        public void end(LaneEnd last) {
            next.setEnd(last);
            put(true);
        }

        private void put(boolean last) {
            lock.lock();
            try {
                if (newest != null && among == takes && (last || pieces.size() >= MOST_PIECES)) {
                    newest.join(next);
                } else {
                    pieces.add(next);
                    newest = next;
                    among = takes;
                }
                arrived.signal();
                if (last) {
                    someEnded = true;
                    ended.signal();
                }
            } finally {
                lock.unlock();
            }
            next = new CompletionPiece(number);
        }
    }

    /** Whoever writes the next text tells it to this one. */
    LaneListener listener() {
        return new Teller(texts++);
    }

    /**
     * What has come, in the order in which it came; empty where nothing has. Waits until then, and before some instant
     * for nothing but the end of a text.
     *
     * @param notBefore that instant, by {@link System#nanoTime}
     * @param millis longest wait in all
     */
    List<CompletionPiece> take(long notBefore, long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long quiet = end - notBefore < 0 ? end : notBefore;
        lock.lockInterruptibly();
        try {
            for (long left = quiet - System.nanoTime(); left > 0 && !someEnded; ) {
                left = ended.awaitNanos(left);
            }
            for (long left = end - System.nanoTime(); left > 0 && pieces.isEmpty(); ) {
                left = arrived.awaitNanos(left);
            }
            someEnded = false;
            List<CompletionPiece> taken = pieces;
            pieces = new ArrayList<>();
            takes++;
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
