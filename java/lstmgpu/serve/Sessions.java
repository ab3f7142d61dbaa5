package lstmgpu.serve;

import java.util.LinkedHashMap;
import java.util.Map;
import lstmgpu.serve.http.ApiError;

/**
 * Conversations that the server remembers under names of the clients' choice. Everybody with a key has his own names.
 * When there are too many, the one that was not used for longest is forgotten.
 *
 * @param <S> where a text is
 */
final class Sessions<S> {
    private static final int LONGEST_NAME = 200;

    private final int most;
    private final LinkedHashMap<Key, Kept<S>> kept = new LinkedHashMap<>(16, 0.75f, true);

    /** @param most conversations */
    Sessions(int most) {
        this.most = most;
    }

    private record Key(String caller, String model, String name) {}

    private static final class Kept<S> {
        private S state;
        private boolean busy;
    }

    /** A session while one request goes on with it; closed when that is over, whether or not it has left a state. */
    final class Turn implements AutoCloseable {
        private final Kept<S> own;

        private Turn(Kept<S> own) {
            this.own = own;
        }

        /** Where the text is; null at its beginning. */
        S state() {
            synchronized (kept) {
                return own.state;
            }
        }

        /** Keeps where it is now. */
        void keep(S state) {
            synchronized (kept) {
                own.state = state;
            }
        }

        @Override
        public void close() {
            synchronized (kept) {
                own.busy = false;
                kept.values().removeIf(one -> !one.busy && one.state == null);
            }
        }
    }

    /**
     * Takes a session, which is a new one where nothing has that name.
     *
     * @throws ApiError with status 400 if that is no name, 409 if another request goes on with it
     */
    Turn take(String caller, String model, String name) {
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            throw ApiError.invalid("session", "'session' must be a name of 1 to %d characters", LONGEST_NAME);
        }
        synchronized (kept) {
            Kept<S> own = kept.computeIfAbsent(new Key(caller, model, name), _ -> new Kept<>());
            if (own.busy) {
                throw new ApiError(
                        ApiError.Kind.CONFLICT,
                        "session_in_use",
                        "session",
                        "another request goes on with the session '%s'; wait for its end".formatted(name));
            }
            own.busy = true;
            forget();
            return new Turn(own);
        }
    }

    private void forget() {
        var oldest = kept.entrySet().iterator();
        while (kept.size() > most && oldest.hasNext()) {
            Map.Entry<Key, Kept<S>> entry = oldest.next();
            if (!entry.getValue().busy) {
                oldest.remove();
            }
        }
    }

    /** Conversations that are remembered. */
    int count() {
        synchronized (kept) {
            return kept.size();
        }
    }
}
