package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients set out when they are whole, and all of them once. */
class SharedGradientsTest {
    record Case(HeadCase network, boolean onReference) {}

    static Stream<Case> cases() {
        return HeadCase.all().stream().flatMap(each -> Stream.of(new Case(each, false), new Case(each, true)));
    }

    private static RecordingPeers backward(Backend backend, Case test, long least, Regularisation regularisation) {
        NetworkConfig config = test.network().config();
        RecordingPeers recorder = new RecordingPeers(backend, least);
        try (Network network = new Network(backend, config, Precision.FP32);
                StepClock clock = new StepClock(backend);
                Pass pass = test.network().begin(network, clock, new Masks(clock, HeadCase.SEED, regularisation))) {
            SharedGradients shared = new SharedGradients(recorder, network, pass.gradients());
            for (int turn = 1; turn <= 2; turn++) {
                int before = recorder.begun().size();
                pass.differentiate(shared);
                shared.end();
                assertEquals(
                        turn * (recorder.begun().size() - before),
                        recorder.begun().size(),
                        "alike each time");
            }
            List<float[]> whole = new ArrayList<>();
            for (DeviceBuffer each : recorder.begun().reversed()) {
                whole.add(recorder.read(each));
            }
            float[] all = recorder.read(pass.gradients());
            int half = whole.size() / 2;
            assertArrayEquals(all, joined(whole.subList(0, half)), "all of them once, from the last");
            List<float[]> early = recorder.values().subList(half, 2 * half).reversed();
            assertArrayEquals(all, joined(early), "each stretch was whole");
        }
        return recorder;
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static Backend backend(Case test) {
        return test.onReference() ? new ReferenceBackend() : new CpuBackend(1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyStretchIsWholeWhenItSetsOut(Case test) {
        try (Backend backend = backend(test)) {
            RecordingPeers recorder = backward(backend, test, 1, Regularisation.NONE);
            int layers = test.network().config().layers();
            assertEquals(2 * (layers + 1), recorder.begun().size(), "the head, the layers, the first with the input");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void soItIsWhereWeightsAreDropped(Case test) {
        try (Backend backend = backend(test)) {
            Regularisation dropped = new Regularisation(0, 0, 0.5f, 0, false, 0, 0, 0);
            backward(backend, test, 1, dropped);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsSmallGoesWithTheRest(Case test) {
        try (Backend backend = backend(test)) {
            RecordingPeers recorder = backward(backend, test, Long.MAX_VALUE, Regularisation.NONE);
            assertEquals(2, recorder.begun().size(), "one for each backward pass");
        }
    }
}
