package lstmgpu.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import lstmgpu.parallel.Exchange;
import lstmgpu.parallel.Peers;

/**
 * A search by several processes. Each trains a run in a thread of its own, and all tell each other again and again what
 * they have come to; so they know the same, and decide the same about who trains what next, without one that they would
 * have to ask.
 */
final class SharedSearch implements AutoCloseable {
    private static final long BETWEEN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Search search;
    private final Climber climber;
    private final Peers peers;

    /** What processes are at, by their numbers. */
    private final Map<Integer, Halving.Job> busy = new LinkedHashMap<>();

    /** The run of this process; null where it has none. */
    private CompletableFuture<Trial> running;

    /** What its losses are measured on, once that is known. */
    private volatile News.Judged judged;

    private boolean stopping;
    private boolean over;

    SharedSearch(Search search, Climber climber, Peers peers) {
        this.search = search;
        this.climber = climber;
        this.peers = peers;
    }

    Search.End run() {
        search.save();
        while (true) {
            boolean changed = hear();
            if (stopping || over) {
                climber.requestStop();
            } else {
                changed |= assign();
            }
            if (busy.isEmpty()) {
                return end();
            }
            if (!changed) {
                LockSupport.parkNanos(BETWEEN_NANOS);
            }
        }
    }

    private Search.End end() {
        if (search.next(List.of()) == null) {
            return Search.End.COMPLETE;
        }
        search.save();
        return stopping ? Search.End.STOPPED : Search.End.TIME;
    }

    /** @return whether there was anything new */
    private boolean hear() {
        boolean stop = climber.stopRequested() && !over;
        boolean ended = running != null && running.isDone();
        News own = new News(stop, peers.rank() == 0 && search.timeOver(), judged, ended, ended ? outcome() : null);
        running = ended ? null : running;
        boolean changed = false;
        List<String> all = Exchange.texts(peers, own.text());
        for (int process = 0; process < all.size(); process++) {
            News news = News.of(all.get(process));
            stopping |= news.stop();
            over |= news.over() || news.ended() && news.trial() == null && !stopping;
            if (news.judged() != null) {
                search.require(news.judged().unit(), news.judged().what());
            }
            if (news.ended()) {
                changed = true;
                busy.remove(process);
                if (news.trial() != null) {
                    search.take(news.trial());
                }
            }
        }
        return changed;
    }

    private Trial outcome() {
        try {
            return running.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failure;
        }
    }

    /**
     * Gives work to those who have none. Until it is known what losses are measured on, one run is tried at a time.
     *
     * @return whether there was some
     */
    private boolean assign() {
        boolean given = false;
        for (int process = 0; process < peers.size(); process++) {
            boolean waits = search.record().judged().isEmpty() && !busy.isEmpty();
            Halving.Job job = busy.containsKey(process) || waits ? null : search.next(new ArrayList<>(busy.values()));
            if (job != null) {
                given = true;
                busy.put(process, job);
                search.put(job.trial());
                if (process == peers.rank()) {
                    begin(job);
                }
            }
        }
        if (given) {
            search.save();
        }
        return given;
    }

    private void begin(Halving.Job job) {
        boolean first = search.isFirst();
        SearchRecord known = search.record();
        judged = null;
        CompletableFuture<Trial> run = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("run " + job.trial().run()).start(() -> {
            try {
                run.complete(climber.climb(
                        job,
                        first,
                        (unit, what) -> {
                            known.requireComparable(unit, what);
                            judged = new News.Judged(unit, what);
                        },
                        search.listener().climbs(job)));
            } catch (RuntimeException | Error failure) {
                run.completeExceptionally(failure);
            }
        });
        running = run;
    }

    /** A run that still trains stops with a checkpoint. */
    @Override
    public void close() {
        if (running != null) {
            climber.requestStop();
            running.handle((_, _) -> null).join();
        }
    }
}
