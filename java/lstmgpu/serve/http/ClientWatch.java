package lstmgpu.serve.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends the wait of threads for clients that neither send nor read: such a thread is interrupted, which closes its
 * connection. A client costs a thread of its own only, so the others never notice.
 */
public final class ClientWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 250;

    private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
    private final Thread watcher;

    public ClientWatch() {
        watcher = Thread.ofVirtual().name("client-watch").start(this::watch);
    }

    /** One wait of the thread that began it; closed when it is over. */
    public final class Wait implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final long end;
        private boolean over;
        private boolean tooLong;

        private Wait(Duration longest) {
            end = System.nanoTime() + longest.toNanos();
        }

        private synchronized void look(long now) {
            if (!over && now - end >= 0 && !tooLong) {
                tooLong = true;
                thread.interrupt();
            }
        }

        /** Whether it was ended from here. */
        public synchronized boolean tooLong() {
            return tooLong;
        }

        @Override
        public synchronized void close() {
            over = true;
            waits.remove(this);
            if (tooLong) {
                Thread.interrupted(); // meant for this wait only
            }
        }
    }

    /** Begins a wait of this thread. */
    public Wait begin(Duration longest) {
        Wait wait = new Wait(longest);
        waits.add(wait);
        return wait;
    }

    /** Waits that are looked after. */
    int count() {
        return waits.size();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_MILLIS);
                long now = System.nanoTime();
                waits.removeIf(wait -> !wait.thread.isAlive()); // its connection broke off before it was over
                waits.forEach(wait -> wait.look(now));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
