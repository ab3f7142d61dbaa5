package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Tensor;
import lstmgpu.parallel.Peers;
import lstmgpu.parallel.ThreadPeers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedStatesTest {
    private static final int LAYERS = 2;
    private static final int BATCH = 7;
    private static final int UNITS = 3;

    /** What the state of a unit is, so that it tells where it belongs. */
    private static float state(int layer, int sequence, int unit) {
        return 100 * layer + 10 * sequence + unit;
    }

    private static float[] states(int first, int count) {
        float[] states = new float[LAYERS * count * UNITS];
        for (int i = 0; i < states.length; i++) {
            int row = i / UNITS;
            states[i] = state(row / count, first + row % count, i % UNITS);
        }
        return states;
    }

    private static SharedStates of(Peers peers) {
        return new SharedStates(peers, LAYERS, peers.share(BATCH), peers.sequences(BATCH), UNITS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void allSeeTheStatesOfAllSequencesAndFindTheirOwn(int processes) {
        ThreadPeers.run(processes, () -> new CpuBackend(1), (_, peers) -> {
            float[] own = states(peers.share(BATCH).first(), peers.sequences(BATCH));
            Tensor whole = of(peers).whole(own);
            assertEquals(List.of(LAYERS, BATCH, UNITS), whole.shape());
            assertArrayEquals(states(0, BATCH), whole.values());
            assertArrayEquals(own, of(peers).own(whole));
            return null;
        });
    }
}
