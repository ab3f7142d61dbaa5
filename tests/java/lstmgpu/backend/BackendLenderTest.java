package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;

class BackendLenderTest {
    private final List<Backend> opened = new ArrayList<>();
    private final List<Backend> lent = new ArrayList<>();

    private Backend open() {
        Backend backend = new ReferenceBackend();
        opened.add(backend);
        return backend;
    }

    @Test
    void aBackendIsKeptUntilACaseFails() {
        try (BackendLender lender = new BackendLender(this::open)) {
            lender.lend(lent::add);
            assertThrows(
                    AssertionError.class,
                    () -> lender.lend(backend -> {
                        lent.add(backend);
                        throw new AssertionError("a fault");
                    }));
            lender.lend(lent::add);
        }
        assertSame(lent.get(0), lent.get(1));
        assertNotSame(lent.get(1), lent.get(2));
        assertEquals(2, opened.size());
    }
}
