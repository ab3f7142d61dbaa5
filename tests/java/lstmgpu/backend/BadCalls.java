package lstmgpu.backend;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Calls that must be refused, by what is wrong with them. */
final class BadCalls {
    static final int ROWS = 6;
    static final int INPUTS = 5;
    static final int OUTPUTS = 4;

    final Backend backend;
    final StepClock clock;
    final Map<String, Runnable> calls = new LinkedHashMap<>();

    BadCalls(Backend backend) {
        this.backend = backend;
        this.clock = new StepClock(backend);
    }

    DeviceBuffer floats(int length) {
        return backend.alloc(ElementType.FLOAT32, length);
    }

    DeviceBuffer ints(int length) {
        return backend.alloc(ElementType.INT32, length);
    }

    /** Of ROWS sequences, one step each. */
    DeviceBuffer lengths() {
        DeviceBuffer lengths = ints(ROWS);
        int[] ones = new int[ROWS];
        Arrays.fill(ones, 1);
        backend.upload(ones, lengths);
        return lengths;
    }

    /** Right buffers with one of them short or of the other type, for every one of them. */
    void addEach(String operation, Call call, DeviceBuffer... right) {
        call.with(right);
        for (int place = 0; place < right.length; place++) {
            DeviceBuffer good = right[place];
            boolean real = good.type() == ElementType.FLOAT32;
            DeviceBuffer[] other = right.clone();
            other[place] = backend.alloc(real ? ElementType.INT32 : ElementType.FLOAT32, good.length());
            calls.put(operation + ", buffer " + place + " of the wrong type", () -> call.with(other));
        }
    }

    /** Right buffers with one of them an element short, for those at the given places. */
    void addShort(String operation, Call call, DeviceBuffer[] right, int... places) {
        for (int place : places) {
            DeviceBuffer[] cut = right.clone();
            cut[place] = right[place].slice(0, right[place].length() - 1);
            calls.put(operation + ", buffer " + place + " too short", () -> call.with(cut));
        }
    }

    void add(String operation, Call call, DeviceBuffer[] right, int... sizedPlaces) {
        addEach(operation, call, right);
        addShort(operation, call, right, sizedPlaces);
    }

    /** An operation on its buffers. */
    interface Call {
        void with(DeviceBuffer... buffers);
    }

    static DeviceBuffer[] buffers(DeviceBuffer... all) {
        return all;
    }
}
