package lstmgpu.backend.cuda;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Of tests each of which finds the stand-in without faults and other settings, and leaves it so. */
public interface OnTheStandIn {
    @BeforeEach
    default void load() {
        Cudasim.load();
    }

    @AfterEach
    default void reset() {
        Cudasim.reset();
    }
}
