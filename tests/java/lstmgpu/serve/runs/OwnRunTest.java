package lstmgpu.serve.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import lstmgpu.serve.http.ApiError;
import org.junit.jupiter.api.Test;

class OwnRunTest {
    private final OwnRun run = new OwnRun();
    private final AtomicInteger stops = new AtomicInteger();

    @Test
    void aRunIsStoppedAndGoesOn() throws Exception {
        run.begins(stops::incrementAndGet);
        assertTrue(run.state().running() && run.state().canStop());
        run.stop();
        assertEquals(1, stops.get());
        assertThrows(ApiError.class, run::resume, "it has not stopped yet");
        run.ended(true);
        assertTrue(run.state().canResume());
        assertThrows(ApiError.class, run::stop);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(this::awaitResume);
        run.resume();
        assertTrue(waiting.get(10, TimeUnit.SECONDS));
        assertThrows(ApiError.class, run::resume, "asked for twice");
    }

    private boolean awaitResume() {
        try {
            return run.awaitResume();
        } catch (InterruptedException unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }

    @Test
    void whatIsOverIsNotResumed() {
        run.begins(stops::incrementAndGet);
        run.ended(false);
        assertFalse(run.state().canResume());
        assertThrows(ApiError.class, run::resume);
    }

    @Test
    void theEndStopsARunThatIsJustBeginning() throws Exception {
        run.end();
        run.begins(stops::incrementAndGet);
        assertEquals(1, stops.get());
        run.ended(true);
        assertFalse(run.awaitResume());
    }
}
