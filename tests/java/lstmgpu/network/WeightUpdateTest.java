package lstmgpu.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.StepClock;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.backend.cuda.CudaTestBackend;
import lstmgpu.backend.opencl.OpenClTestBackend;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Weight decay pulls the weights that it is to pull and no others, bit for bit. */
class WeightUpdateTest {
    private static final NetworkConfig CONFIG = config(false);

    private static NetworkConfig config(boolean tied) {
        return NetworkConfig.ofTokens(Cell.LSTM, 9, tied ? 10 : 7, 10, 2, 0, tied);
    }

    @TestFactory
    Stream<DynamicTest> onlyWhatIsInAGroupIsPulled() {
        Map<String, Supplier<Backend>> backends = Map.of(
                "reference",
                ReferenceBackend::new,
                "cpu",
                () -> new CpuBackend(2),
                "cuda",
                CudaTestBackend::open,
                "opencl",
                OpenClTestBackend::open);
        return backends.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    try (Backend backend = each.getValue().get()) {
                        for (OptimizerSpec.Kind kind : OptimizerSpec.Kind.values()) {
                            check(backend, kind);
                        }
                    }
                }));
    }

    private static void check(Backend backend, OptimizerSpec.Kind kind) {
        OptimizerSpec rule = OptimizerSpec.of(kind, 0.9f, 0.1f, 1);
        Map<String, Tensor> all = step(backend, WeightUpdate.Spec.of(rule));
        Map<String, Tensor> none = step(backend, WeightUpdate.Spec.of(rule.withoutDecay()));
        for (List<WeightGroup> groups : List.of(
                List.of(WeightGroup.RECURRENT),
                List.of(WeightGroup.EMBEDDING, WeightGroup.OUTPUT),
                List.of(WeightGroup.BIASES),
                List.of(WeightGroup.MATRICES))) {
            Set<String> pulled = names(CONFIG, groups);
            step(backend, new WeightUpdate.Spec(rule, groups, null)).forEach((name, tensor) -> {
                float[] with = all.get(name).values();
                float[] without = none.get(name).values();
                assertFalse(Arrays.equals(with, without), "the check would prove nothing");
                assertArrayEquals(pulled.contains(name) ? with : without, tensor.values(), groups + " and " + name);
            });
        }
    }

    /** The weights after one step from the same weights by the same gradients. */
    private static Map<String, Tensor> step(Backend backend, WeightUpdate.Spec spec) {
        try (Network model = new Network(backend, CONFIG, Precision.FP32);
                DeviceBuffer gradients =
                        backend.alloc(ElementType.FLOAT32, model.layout().length());
                StepClock clock = new StepClock(backend);
                WeightUpdate update = new WeightUpdate(model, gradients, spec)) {
            model.initialise(1, Initialisation.UNIFORM);
            float[] rates = new float[StepClock.RATES];
            Arrays.fill(rates, 0.1f);
            clock.setRates(rates);
            clock.set(0, 0, 0);
            Random random = new Random(2);
            float[] slopes = new float[Math.toIntExact(gradients.length())];
            for (int i = 0; i < slopes.length; i++) {
                slopes[i] = (float) random.nextGaussian();
            }
            backend.upload(slopes, gradients);
            update.apply(clock);
            float[] left = new float[slopes.length];
            backend.download(gradients, left);
            assertArrayEquals(new float[slopes.length], left, "gradients are zero after a step");
            return model.tensors();
        }
    }

    private static SortedSet<String> names(NetworkConfig config, List<WeightGroup> groups) {
        SortedSet<String> names = new TreeSet<>();
        try (Backend backend = new ReferenceBackend();
                Network model = new Network(backend, config, Precision.FP32)) {
            model.layout().slots().stream()
                    .filter(slot -> groups.stream().anyMatch(group -> group.has(slot, config.tieWeights())))
                    .forEach(slot -> names.add(slot.name()));
        }
        return names;
    }

    private static String named(boolean tied, WeightGroup group) {
        return String.join(" ", names(config(tied), List.of(group)));
    }

    @Test
    void groupsAreWhatTheyAreCalled() {
        assertEquals("rnn.weight_ih_l0 rnn.weight_ih_l1", named(false, WeightGroup.INPUT));
        assertEquals("rnn.weight_hh_l0 rnn.weight_hh_l1", named(false, WeightGroup.RECURRENT));
        assertEquals("output.weight", named(false, WeightGroup.OUTPUT));
        assertEquals("embedding.weight", named(false, WeightGroup.EMBEDDING));
        assertEquals(
                "output.bias rnn.bias_hh_l0 rnn.bias_hh_l1 rnn.bias_ih_l0 rnn.bias_ih_l1",
                named(false, WeightGroup.BIASES));
        assertEquals(
                "output.weight rnn.weight_hh_l0 rnn.weight_hh_l1 rnn.weight_ih_l0 rnn.weight_ih_l1",
                named(false, WeightGroup.MATRICES));
        assertEquals("embedding.weight", named(true, WeightGroup.OUTPUT));
        assertEquals("rnn.weight_hh_l0 rnn.weight_hh_l1", named(true, WeightGroup.RECURRENT));
    }
}
