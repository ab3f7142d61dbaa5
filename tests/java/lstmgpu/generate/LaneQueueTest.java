package lstmgpu.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.ByteTokenizer;
import lstmgpu.generate.LaneEnd.Reason;
import lstmgpu.generate.LaneRig.Heard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who comes in, who waits, who is refused, and how all ends. */
class LaneQueueTest {
    @Test
    void whoFindsNoPlaceIsRefusedAndWhoFailsFailsAlone() throws InterruptedException {
        try (Backend backend = new CpuBackend(1);
                LaneRig rig = new LaneRig(backend, Cell.LSTM);
                Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 1, 1)) {
            LaneTicket writing = lanes.submit(LaneRig.endless("one"), new Heard());
            LaneTicket waits = lanes.submit(LaneRig.endless("two"), new Heard());
            assertThrows(LanesFullException.class, () -> lanes.submit(LaneRig.endless("three"), new Heard()));
            waits.cancel();
            assertNull(waits.await().state());
            IllegalStateException thrown = new IllegalStateException("the listener's own");
            LaneTicket failing = lanes.submit(LaneRig.endless("four"), new LaneListener() {
                @Override
                public void token(LaneToken token) {
                    throw thrown;
                }

                @Override
                public void end(LaneEnd end) {
                    throw thrown;
                }
            });
            writing.cancel();
            assertEquals(Reason.CANCELLED, writing.await().reason());
            assertEquals(Reason.FAILED, failing.await().reason());
            assertSame(thrown, failing.await().failure());
            LaneRequest short_ = LaneRequest.of(LaneRig.tokens("one"), LaneRig.settings(3, 1, 1));
            assertEquals(
                    Reason.LENGTH, lanes.submit(short_, new Heard()).await().reason());
        }
    }

    /** Both lanes become free in one step, and nobody hands in or cancels anything after that. */
    @Test
    @Timeout(20)
    void whoWaitsComesInWhenAllOthersEndAtOnce() throws InterruptedException {
        try (Backend backend = new CpuBackend(1);
                LaneRig rig = new LaneRig(backend, Cell.LSTM);
                Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 2, 3)) {
            CountDownLatch submitted = new CountDownLatch(1);
            var _ = lanes.call(() -> await(submitted));
            LaneRequest request = LaneRequest.of(LaneRig.tokens("one"), LaneRig.settings(5, 1, 1));
            List<LaneTicket> tickets = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                tickets.add(lanes.submit(request, new Heard()));
            }
            submitted.countDown();
            for (LaneTicket ticket : tickets) {
                assertEquals(Reason.LENGTH, ticket.await().reason());
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsNotOfThisModelIsRefused() {
        try (Backend backend = new CpuBackend(1);
                LaneRig rig = new LaneRig(backend, Cell.LSTM);
                LaneRig other = new LaneRig(backend, Cell.GRU)) {
            assertThrows(LstmGpuException.class, () -> new Lanes(rig.model, new ByteTokenizer(), 1, 1));
            assertThrows(LstmGpuException.class, () -> new Lanes(rig.model, LaneRig.LETTERS, 0, 1));
            TextState foreign = TextState.empty(StateForm.of(other.model));
            Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 1, 1);
            try (lanes) {
                LaneRequest request = LaneRig.endless("one");
                assertThrows(LstmGpuException.class, () -> lanes.submit(request.from(foreign), new Heard()));
                LaneRequest stranger = LaneRequest.of(new int[] {999}, request.settings());
                assertThrows(IllegalArgumentException.class, () -> lanes.submit(stranger, new Heard()));
            }
            assertThrows(IllegalStateException.class, () -> lanes.submit(LaneRig.endless("one"), new Heard()));
        }
    }

    @Test
    void aFailureOfTheDeviceEndsEveryRequestWithIt() throws InterruptedException {
        Backend backend = new CpuBackend(1);
        try (LaneRig rig = new LaneRig(backend, Cell.LSTM);
                Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 1, 3)) {
            LaneTicket writing = lanes.submit(LaneRig.endless("one"), new Heard());
            LaneTicket waits = lanes.submit(LaneRig.endless("two"), new Heard());
            assertFalse(lanes.call(backend::close).isCancelled());
            assertEquals(Reason.FAILED, writing.await().reason());
            assertEquals(Reason.FAILED, waits.await().reason());
            assertSame(writing.await().failure(), waits.await().failure());
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> lanes.submit(LaneRig.endless("one"), new Heard()));
            assertSame(writing.await().failure(), refused.getCause());
        }
    }

    @Test
    void closingEndsWhatIsThere() throws InterruptedException, ExecutionException {
        try (Backend backend = new CpuBackend(1);
                LaneRig rig = new LaneRig(backend, Cell.LSTM)) {
            Lanes lanes = new Lanes(rig.model, LaneRig.LETTERS, 1, 3);
            CountDownLatch writes = new CountDownLatch(1);
            LaneTicket writing = lanes.submit(LaneRig.endless("one"), new LaneListener() {
                @Override
                public void token(LaneToken token) {
                    writes.countDown();
                }

                @Override
                public void end(LaneEnd end) {}
            });
            LaneTicket waits = lanes.submit(LaneRig.endless("two"), new Heard());
            writes.await();
            lanes.call(() -> assertEquals("lanes", Thread.currentThread().getName()))
                    .get();
            lanes.close();
            assertEquals(Reason.CLOSED, writing.await().reason());
            assertEquals(Reason.CLOSED, waits.await().reason());
            assertTrue(writing.await().text().tokens().length > 0);
        }
    }
}
