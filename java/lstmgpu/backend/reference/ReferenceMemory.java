package lstmgpu.backend.reference;

import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Step;
import lstmgpu.backend.StepClock;

/**
 * The buffers of one backend: allocation, copies, and the checks that every operation begins with.
 */
final class ReferenceMemory {
    private long bytes;
    private boolean closed;

    /** Of the heap, where all of it lies. */
    DeviceInfo device() {
        long bytes = Runtime.getRuntime().maxMemory();
        return new DeviceInfo("reference", "plain loops", "float64, one thread, for comparison only", bytes);
    }

    ReferenceBuffer alloc(ElementType type, long length) {
        requireOpen();
        if (type == ElementType.BFLOAT16) {
            throw new IllegalArgumentException("this backend has no BFLOAT16");
        }
        if (length < 0) {
            throw new IllegalArgumentException("a buffer cannot have " + length + " elements");
        }
        try {
            int elements = Math.toIntExact(length);
            ReferenceBuffer buffer = new ReferenceBuffer(new ReferenceBuffer.Storage(this, type, elements), elements);
            bytes += length * bytesOf(type);
            return buffer;
        } catch (ArithmeticException | OutOfMemoryError e) {
            throw new LstmGpuException(
                    ExitCode.MEMORY,
                    "The reference backend has no memory for " + length + " elements; use a smaller batch or model.",
                    e);
        }
    }

    Step capture(Runnable body) {
        requireOpen();
        return Step.of(body);
    }

    long allocatedBytes() {
        return bytes;
    }

    void released(ElementType type, long length) {
        bytes -= length * bytesOf(type);
    }

    private static long bytesOf(ElementType type) {
        return type == ElementType.FLOAT32 ? Double.BYTES : Integer.BYTES;
    }

    void close() {
        closed = true;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the reference backend is closed");
        }
    }

    void requireUsable(ReferenceBuffer buffer, String name) {
        requireOpen();
        if (buffer.isFree()) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    /** The buffer as ours, once it is known to hold at least {@code needed} reals. */
    ReferenceBuffer floats(DeviceBuffer buffer, long needed, String name) {
        return typed(buffer, ElementType.FLOAT32, needed, name);
    }

    ReferenceBuffer ints(DeviceBuffer buffer, long needed, String name) {
        return typed(buffer, ElementType.INT32, needed, name);
    }

    /** Null stays null: the operation may leave this buffer out. */
    ReferenceBuffer optionalFloats(DeviceBuffer buffer, long needed, String name) {
        return buffer == null ? null : floats(buffer, needed, name);
    }

    /** One of the numbers of a clock. */
    int counter(StepClock clock, int place) {
        return ints(clock.counters(), 3, "clock").getInt(place);
    }

    private ReferenceBuffer typed(DeviceBuffer buffer, ElementType type, long needed, String name) {
        if (!(buffer instanceof ReferenceBuffer own) || own.memory() != this) {
            throw new IllegalArgumentException(name + " is not a buffer of this backend");
        }
        requireUsable(own, name);
        if (own.type() != type) {
            throw new IllegalArgumentException(name + " holds " + own.type() + ", but " + type + " is needed");
        }
        if (own.length() < needed) {
            throw new IllegalArgumentException(
                    name + " holds " + own.length() + " elements, but " + needed + " are needed");
        }
        return own;
    }

    void write(double[] source, DeviceBuffer target) {
        ReferenceBuffer to = floats(target, source.length, "target");
        for (int i = 0; i < source.length; i++) {
            to.set(i, source[i]);
        }
    }

    void write(int[] source, DeviceBuffer target) {
        ReferenceBuffer to = ints(target, source.length, "target");
        for (int i = 0; i < source.length; i++) {
            to.setInt(i, source[i]);
        }
    }

    void read(DeviceBuffer source, double[] target) {
        ReferenceBuffer from = floats(source, target.length, "source");
        for (int i = 0; i < target.length; i++) {
            target[i] = from.get(i);
        }
    }

    void read(DeviceBuffer source, int[] target) {
        ReferenceBuffer from = ints(source, target.length, "source");
        for (int i = 0; i < target.length; i++) {
            target[i] = from.getInt(i);
        }
    }

    void fill(DeviceBuffer target, double value) {
        ReferenceBuffer to = floats(target, 0, "target");
        for (int i = 0; i < to.length(); i++) {
            to.set(i, value);
        }
    }

    void copy(DeviceBuffer source, DeviceBuffer target) {
        if (source.type() == ElementType.FLOAT32) {
            double[] values = new double[Math.toIntExact(source.length())];
            read(source, values);
            write(values, target);
        } else {
            int[] values = new int[Math.toIntExact(source.length())];
            read(source, values);
            write(values, target);
        }
    }
}
