package lstmgpu.backend.cpu;

import java.lang.foreign.MemorySegment;
import lstmgpu.Count;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.DevicePeak;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Losses;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.Precision;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.Step;
import lstmgpu.backend.Texts;
import lstmgpu.backend.counted.CountedBackend;

/**
 * All cores of this machine, in float32, of products also with bfloat16 factors: the large ones by OpenBLAS and by
 * {@code native/}, the rest by loops that the JIT compiler vectorises.
 */
public final class CpuBackend implements Backend {
    static final String NAME = "cpu";

    private final CpuMemory memory = new CpuMemory();
    private final WorkerPool pool;
    private final Texts texts = new CpuTexts();
    private final Bfloat16Unit unit;
    private final CpuLayers layers;
    private final Losses losses;
    private final Optimisation optimisation;
    private final Drawing drawing;
    private final Recurrence recurrence;

    /**
     * @param threads at least 1
     * @throws lstmgpu.LstmGpuException with exit code 1 if OpenBLAS cannot be loaded
     */
    public CpuBackend(int threads) {
        this(threads, Bfloat16Unit.fastest());
    }

    /**
     * The same with this unit for bfloat16.
     *
     * @param unit one that is present, or null for none
     */
    public CpuBackend(int threads, Bfloat16Unit unit) {
        if (threads < 1) {
            throw new IllegalArgumentException("at least one thread is needed, not " + threads);
        }
        OpenBlasFiles.load();
        this.unit = unit;
        pool = new WorkerPool(threads);
        layers = new CpuLayers(pool, memory, unit);
        losses = new CpuLosses(pool);
        optimisation = new CpuOptimisation(pool);
        drawing = new CpuDrawing(pool, memory, RowUnit.fastest());
        recurrence = new CpuRecurrence(this, memory, pool, unit);
    }

    @Override
    public DeviceInfo device() {
        String detail = "%s, OpenBLAS for %s, float32%s"
                .formatted(
                        Count.of(pool.size(), "thread"),
                        OpenBlas.processor(),
                        unit == null ? "" : " and bfloat16 by " + unit.title());
        return new DeviceInfo(NAME, CpuName.read(), detail, CpuMemory.totalBytes());
    }

    @Override
    public void require(Precision precision) {
        require(precision, unit);
    }

    /** @param unit multiplies in bfloat16; null where nothing does */
    static void require(Precision precision, Bfloat16Unit unit) {
        precision.requireOn(NAME);
        if (precision == Precision.BF16 && unit == null) {
            throw Bfloat16Unit.absence();
        }
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return memory.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        CpuArguments.floats(target, source.length, "target").write(source, 0, 0, source.length);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        CpuArguments.ints(target, source.length, "target").write(source, 0, 0, source.length);
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        CpuArguments.floats(source, target.length, "source").read(0, target, 0, target.length);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        CpuArguments.ints(source, target.length, "source").read(0, target, 0, target.length);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        CpuArguments.floats(target, 0, "target").fill(value);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        CpuBuffer from = CpuArguments.check(source, source.type(), source.length(), "source");
        from.copyTo(0, CpuArguments.check(target, source.type(), source.length(), "target"), 0, source.length());
    }

    @Override
    public MemorySegment hostMemory(DeviceBuffer buffer) {
        return CpuArguments.check(buffer, buffer.type(), buffer.length(), "buffer")
                .segment();
    }

    @Override
    public void synchronize() {
        // Every operation has ended when its call returns.
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        return memory.freeBytes();
    }

    @Override
    public DevicePeak measurePeak() {
        return PeakMeasurement.of(pool, memory, unit);
    }

    @Override
    public Backend counting() {
        return new CountedBackend(this, Float.BYTES, true, RnnWorkspace::bytes, Bfloat16Linear::bytes);
    }

    @Override
    public Step capture(Runnable body) {
        return Step.of(body);
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
    public void close() {
        layers.close();
        memory.close();
        pool.close();
    }
}
