package lstmgpu.serve;

import java.io.ByteArrayOutputStream;
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
 * here: what a slow client has not taken yet becomes one longer piece, and is at most what it asked for.
 */
final class CompletionInbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<Waiting> choices = new ArrayList<>();
    private boolean something;

    /**
     * What has come of one text since the last look.
     *
     * @param choice its number
     * @param prompt the prompt's tokens, if they came now; otherwise empty
     * @param text that may be shown
     * @param tokens that were drawn
     * @param end null while there is more to come
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Piece(int choice, List<LaneToken> prompt, byte[] text, List<LaneToken> tokens, LaneEnd end) {}

    /** Of one text. */
    private final class Waiting implements LaneListener {
        private List<LaneToken> prompt = List.of();
        private ByteArrayOutputStream text = new ByteArrayOutputStream();
        private List<LaneToken> tokens = new ArrayList<>();
        private LaneEnd end;
        private boolean changed;

        @Override
        public void prompt(List<LaneToken> tokens) {
            put(() -> prompt = tokens, false);
        }

        @Override
        public void token(LaneToken token) {
            put(() -> tokens.add(token), false); // goes with the text that shows it
        }

        @Override
        public void text(byte[] bytes) {
            put(() -> text.writeBytes(bytes), true);
        }

        @Override
        public void end(LaneEnd last) {
            put(() -> end = last, true);
        }

        private void put(Runnable change, boolean shown) {
            lock.lock();
            try {
                change.run();
                if (shown) {
                    changed = true;
                    something = true;
                    arrived.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        private Piece take(int number) {
            Piece piece = new Piece(number, prompt, text.toByteArray(), tokens, end);
            prompt = List.of();
            text = new ByteArrayOutputStream();
            tokens = new ArrayList<>();
            changed = false;
            return piece;
        }
    }

    /** Whoever writes the next text tells it to this one. */
    LaneListener listener() {
        lock.lock();
        try {
            Waiting waiting = new Waiting();
            choices.add(waiting);
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** What has come, in the order of the texts, after a while at the latest; empty where nothing has. */
    List<Piece> take(long millis) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!something && left > 0) {
                left = arrived.awaitNanos(left);
            }
            something = false;
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < choices.size(); i++) {
                if (choices.get(i).changed) {
                    pieces.add(choices.get(i).take(i));
                }
            }
            return pieces;
        } finally {
            lock.unlock();
        }
    }
}
