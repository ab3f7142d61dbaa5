package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import org.junit.jupiter.api.Test;

/** In short what {@code tests/serve/load} does at length. */
class SoakTest {
    @Test
    void noRequestIsLostBesideClientsThatVanishStallAndSendRubbish() throws Exception {
        try (TestServer server = TestServer.of(ServedModels.text())) {
            ProcessCounts process = new ProcessCounts(ProcessHandle.current().pid(), false);
            String said = new Soak(URI.create(server.server.address()), process).run(200, 32);
            assertTrue(said.contains("whole and as they were alone"), said);
        }
    }

    @Test
    void clientsCountWhatTheServerSends() throws Exception {
        try (TestServer server = TestServer.of(ServedModels.text())) {
            LoadRun.Seen seen = new LoadRun(server.port(), 20).measure(2, 0.2, 0.5, 5);
            assertEquals(2, seen.clients());
            assertTrue(seen.rate() > 0, seen.toString());
            assertTrue(seen.requests() > 0 && seen.p50() > 0 && seen.p95() >= seen.p50(), seen.toString());
        }
    }
}
