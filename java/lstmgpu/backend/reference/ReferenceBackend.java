package lstmgpu.backend.reference;

import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DeviceInfo;
import lstmgpu.backend.Drawing;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Layers;
import lstmgpu.backend.Losses;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.Recurrence;
import lstmgpu.backend.Step;
import lstmgpu.backend.Texts;
import lstmgpu.backend.counted.CountedBackend;

/** The contract in plain loops and float64; slow, and what the other backends are compared with. */
public class ReferenceBackend implements Backend {
    final ReferenceMemory memory = new ReferenceMemory();
    private final Texts texts = new ReferenceTexts(memory);
    private final Layers layers = new ReferenceLayers(memory);
    private final Losses losses = new ReferenceLosses(memory);
    private final Optimisation optimisation = new ReferenceOptimisation(memory);
    private final Drawing drawing = new ReferenceDrawing(memory);
    private final Recurrence recurrence = new ReferenceRecurrence(memory);

    @Override
    public DeviceInfo device() {
        return memory.device();
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        return memory.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        memory.write(ReferenceArrays.toDoubles(source), target);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        memory.write(source, target);
    }

    /** Unrounded. */
    public void upload(double[] source, DeviceBuffer target) {
        memory.write(source, target);
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        double[] exact = new double[target.length];
        memory.read(source, exact);
        System.arraycopy(ReferenceArrays.toFloats(exact), 0, target, 0, target.length);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        memory.read(source, target);
    }

    /** {@link #download(DeviceBuffer, float[])}, unrounded. */
    public void download(DeviceBuffer source, double[] target) {
        memory.read(source, target);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        memory.fill(target, value);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        memory.copy(source, target);
    }

    @Override
    public void synchronize() {
        memory.requireOpen();
    }

    @Override
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    @Override
    public Backend counting() {
        return new CountedBackend(this, Double.BYTES, false, ReferenceLayer::bytes, (_, _) -> 0);
    }

    @Override
    public Step capture(Runnable body) {
        return memory.capture(body);
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
        memory.close();
    }
}
