package lstmgpu.backend.reference;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleSupplier;
import lstmgpu.backend.DeviceBuffer;

/** Central differences of a loss by every element of a buffer. */
record FiniteDifferences(ReferenceBackend backend, DoubleSupplier loss) {
    private static final double STEP = 1e-5;
    private static final double TOLERANCE = 5e-6;

    /**
     * Fails unless {@code gradient} is the slope of the loss by {@code point}, relative in norm.
     */
    void check(String name, DeviceBuffer point, DeviceBuffer gradient) {
        double[] at = values(point);
        double[] claimed = values(gradient);
        double error = 0;
        double norm = 0;
        for (int i = 0; i < at.length; i++) {
            double slope = (lossWith(point, at, i, STEP) - lossWith(point, at, i, -STEP)) / (2 * STEP);
            error += (slope - claimed[i]) * (slope - claimed[i]);
            norm += slope * slope;
        }
        double relative = Math.sqrt(error / norm);
        assertTrue(norm > 0, name + " has no slope at all");
        assertTrue(relative <= TOLERANCE, name + " is off by " + relative);
    }

    private double lossWith(DeviceBuffer point, double[] at, int i, double change) {
        double[] moved = at.clone();
        moved[i] += change;
        backend.upload(moved, point);
        double result = loss.getAsDouble();
        backend.upload(at, point);
        return result;
    }

    private double[] values(DeviceBuffer buffer) {
        double[] values = new double[(int) buffer.length()];
        backend.download(buffer, values);
        return values;
    }
}
