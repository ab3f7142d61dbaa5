package lstmgpu.backend.counted;

import java.util.function.ToLongFunction;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Losses;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.Step;
import lstmgpu.backend.Texts;

/** The twin of a backend in the host's memory: operations take none, and a text is read where it lies. */
public final class CountedBackend implements Backend {
    private final Backend like;
    private final int floatBytes;
    private final MemoryCount count = new MemoryCount(bytes -> bytes);
    private final Texts texts = new CountedTexts();
    private final Layers layers;
    private final Losses losses = new CountedLosses();
    private final Optimisation optimisation = new CountedOptimisation();
    private final Drawing drawing;
    private final Recurrence recurrence;

    /**
     * @param floatBytes of an element of FLOAT32
     * @param composes whether a bidirectional stack is a {@link lstmgpu.backend.BidirectionalPlan}
     * @param planBytes what a plan of its own holds
     * @param linearBytes what the backend keeps for linear layers once they were computed
     */
    public CountedBackend(
            Backend like,
            int floatBytes,
            boolean composes,
            ToLongFunction<RnnSpec> planBytes,
            LinearBytes linearBytes) {
        this.like = like;
        this.floatBytes = floatBytes;
        layers = new CountedLayers(count, linearBytes);
        drawing = new CountedDrawing(like.drawing(), count);
        recurrence = new CountedRecurrence(this, like.recurrence(), floatBytes, composes, planBytes);
    }

    @Override
    public DeviceInfo device() {
        return like.device();
    }

    @Override
    public void require(Precision precision) {
        like.require(precision);
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return CountedBuffer.in(count, type, length, type == ElementType.FLOAT32 ? floatBytes : type.bytes());
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {}

    @Override
    public void upload(int[] source, DeviceBuffer target) {}

    @Override
    public void download(DeviceBuffer source, float[] target) {}

    @Override
    public void download(DeviceBuffer source, int[] target) {}

    @Override
    public void fill(DeviceBuffer target, float value) {}

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {}

    @Override
    public void synchronize() {}

    @Override
    public long allocatedBytes() {
        return count.most();
    }

    @Override
    public long freeBytes() {
        return like.freeBytes();
    }

    @Override
    public Backend counting() {
        return like.counting();
    }

    @Override
    public Step capture(Runnable body) {
        body.run(); // What operations take at their first use counts too.
        return nothing();
    }

    /** What any sequence of operations is when it is captured. */
    static Step nothing() {
        return Step.of(() -> {});
    }

    @Override
    public Texts texts() {
        return texts;
    }

    @Override
    public Layers layers() {
        return layers;
    }

    @Override
    public Losses losses() {
        return losses;
    }

    @Override
    public Optimisation optimisation() {
        return optimisation;
    }

    @Override
    public Drawing drawing() {
        return drawing;
    }

    @Override
    public Recurrence recurrence() {
        return recurrence;
    }

    @Override
    public void close() {}
}
