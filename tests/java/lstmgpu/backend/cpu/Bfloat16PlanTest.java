package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tolerance of bfloat16 would also let a recurrent stack pass that rounds nothing: it has to be seen to round. */
class Bfloat16PlanTest {
    private static final RnnShape SHAPE = new RnnShape(Cell.LSTM, 1, 33, 33);
    private static final int STEPS = 7;
    private static final int SEQUENCES = 33;

    /** 2^-8 is how far a factor is rounded at most; float32's sums differ by a ten-thousandth of that. */
    private static final double SEEN = 1e-4;

    static Stream<Bfloat16Unit> units() {
        return Bfloat16Unit.present().stream();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("units")
    void aStacksFactorsAreRounded(Bfloat16Unit unit) {
        float[] exact = outputs(unit, Precision.FP32);
        float[] rounded = outputs(unit, Precision.BF16);
        double largest = 0;
        for (int i = 0; i < exact.length; i++) {
            largest = Math.max(largest, Math.abs(exact[i] - rounded[i]));
        }
        assertTrue(largest > SEEN, "outputs differ by " + largest);
        assertTrue(largest < 0.05, "outputs differ by " + largest);
    }

    private static float[] outputs(Bfloat16Unit unit, Precision precision) {
        try (Backend backend = new CpuBackend(1, unit)) {
            DeviceBuffer weights = numbers(
                    backend,
                    Math.toIntExact(backend.recurrence().rnnLayout(SHAPE).length()),
                    0.2f);
            DeviceBuffer x = numbers(backend, STEPS * SEQUENCES * SHAPE.inputSize(), 1);
            RnnSpec spec = RnnSpec.training(SHAPE, STEPS, SEQUENCES, precision);
            try (RnnPlan plan = backend.recurrence().newRnnPlan(spec, null)) {
                DeviceBuffer y = plan.forward(weights, new RnnInput.Features(x, null, null));
                float[] values = new float[STEPS * SEQUENCES * SHAPE.hiddenSize()];
                backend.download(y, values);
                return values;
            }
        }
    }

    private static DeviceBuffer numbers(Backend backend, int length, float size) {
        float[] values = new float[length];
        Random random = new Random(3);
        for (int i = 0; i < length; i++) {
            values[i] = size * (float) random.nextGaussian();
        }
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, length);
        backend.upload(values, buffer);
        return buffer;
    }
}
