package lstmgpu.backend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import lstmgpu.backend.reference.ReferenceBackend;

/**
 * Buffers that lie between guards. Afterwards the guards must be as they were, and so must every
 * input; outputs are full of NaN before the call, so that an element left out fails every
 * comparison.
 */
final class GuardedMemory implements AutoCloseable {
    private static final int GUARD = ParameterLayout.ALIGNMENT;
    private static final float REAL_GUARD = -12345.75f;
    private static final int INTEGER_GUARD = 0x5EA15EA1;

    /** Fills integer outputs before a call. */
    private static final int POISON = Integer.MIN_VALUE;

    private record Stretch(String name, DeviceBuffer whole, DeviceBuffer inner, Runnable check) {}

    private final Backend backend;
    private final List<Stretch> stretches = new ArrayList<>();
    private final Outcome outcome = new Outcome();

    GuardedMemory(Backend backend) {
        this.backend = backend;
    }

    /** A buffer that the call may not change. */
    DeviceBuffer input(String name, float[] values) {
        return add(name, values, inner -> requireUnchanged(name, values, floats(inner)));
    }

    DeviceBuffer input(String name, int[] values) {
        return add(name, values, inner -> requireUnchanged(name, values, integers(inner)));
    }

    /** A buffer that the call changes; it is a result. */
    DeviceBuffer updated(String name, float[] values, boolean backward) {
        return add(name, values, inner -> outcome.put(name, read(inner), backward));
    }

    DeviceBuffer updated(String name, int[] values) {
        return add(name, values, inner -> outcome.put(name, integers(inner)));
    }

    /** A buffer that the call overwrites whole; it is a result. */
    DeviceBuffer output(String name, int length, boolean backward) {
        float[] poison = new float[length];
        Arrays.fill(poison, Float.NaN);
        return updated(name, poison, backward);
    }

    DeviceBuffer integerOutput(String name, int length) {
        int[] poison = new int[length];
        Arrays.fill(poison, POISON);
        return updated(name, poison);
    }

    /** A buffer that the case looks at itself, with {@link #record}. */
    DeviceBuffer scratch(String name, float[] values) {
        return add(name, values, inner -> {});
    }

    /** Takes what a buffer holds now as a result. */
    void record(String name, DeviceBuffer buffer, boolean backward) {
        outcome.put(name, read(buffer), backward);
    }

    void record(String name, float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        outcome.put(name, widened, false);
    }

    void record(String name, StepClock clock) {
        outcome.put(name, integers(clock.counters()));
    }

    /** Checks guards and inputs, and gives the results. */
    Outcome finish() {
        for (Stretch stretch : stretches) {
            requireGuards(stretch);
            stretch.check().run();
        }
        return outcome;
    }

    @Override
    public void close() {
        stretches.forEach(stretch -> stretch.whole().close());
    }

    private DeviceBuffer add(String name, float[] values, Consumer<DeviceBuffer> check) {
        float[] whole = new float[values.length + 2 * GUARD];
        Arrays.fill(whole, REAL_GUARD);
        System.arraycopy(values, 0, whole, GUARD, values.length);
        DeviceBuffer buffer = backend.alloc(ElementType.FLOAT32, whole.length);
        backend.upload(whole, buffer);
        return add(name, buffer, values.length, check);
    }

    private DeviceBuffer add(String name, int[] values, Consumer<DeviceBuffer> check) {
        int[] whole = new int[values.length + 2 * GUARD];
        Arrays.fill(whole, INTEGER_GUARD);
        System.arraycopy(values, 0, whole, GUARD, values.length);
        DeviceBuffer buffer = backend.alloc(ElementType.INT32, whole.length);
        backend.upload(whole, buffer);
        return add(name, buffer, values.length, check);
    }

    private DeviceBuffer add(String name, DeviceBuffer whole, int length, Consumer<DeviceBuffer> check) {
        DeviceBuffer inner = whole.slice(GUARD, length);
        stretches.add(new Stretch(name, whole, inner, () -> check.accept(inner)));
        return inner;
    }

    private void requireGuards(Stretch stretch) {
        int length = (int) stretch.whole().length();
        for (long start : new long[] {0, length - GUARD}) {
            DeviceBuffer guard = stretch.whole().slice(start, GUARD);
            boolean intact =
                    stretch.whole().type() == ElementType.FLOAT32 ? isFullOf(floats(guard)) : isFullOf(integers(guard));
            if (!intact) {
                String side = start == 0 ? "before" : "after";
                throw new AssertionError("something was written " + side + " " + stretch.name());
            }
        }
    }

    private static boolean isFullOf(float[] guard) {
        for (float value : guard) {
            if (value != REAL_GUARD) {
                return false;
            }
        }
        return true;
    }

    private static boolean isFullOf(int[] guard) {
        return Arrays.stream(guard).allMatch(value -> value == INTEGER_GUARD);
    }

    private static void requireUnchanged(String name, float[] before, float[] after) {
        if (!Arrays.equals(before, after)) {
            throw new AssertionError("the input " + name + " was changed at " + Arrays.mismatch(before, after));
        }
    }

    private static void requireUnchanged(String name, int[] before, int[] after) {
        if (!Arrays.equals(before, after)) {
            throw new AssertionError("the input " + name + " was changed at " + Arrays.mismatch(before, after));
        }
    }

    private double[] read(DeviceBuffer buffer) {
        double[] values = new double[(int) buffer.length()];
        if (backend instanceof ReferenceBackend exact) {
            exact.download(buffer, values);
            return values;
        }
        float[] rounded = floats(buffer);
        for (int i = 0; i < values.length; i++) {
            values[i] = rounded[i];
        }
        return values;
    }

    private float[] floats(DeviceBuffer buffer) {
        float[] values = new float[(int) buffer.length()];
        backend.download(buffer, values);
        return values;
    }

    private int[] integers(DeviceBuffer buffer) {
        int[] values = new int[(int) buffer.length()];
        backend.download(buffer, values);
        return values;
    }
}
