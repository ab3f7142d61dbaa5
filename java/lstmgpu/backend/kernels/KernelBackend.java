package lstmgpu.backend.kernels;

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

/** All operations as launches of the portable kernels, on any {@link KernelDevice}. */
public final class KernelBackend implements Backend {
    private final KernelDevice device;
    private final RnnPlans plans;
    private final WeightCopies weights;
    private final Fill fill;
    private final Texts texts;
    private final Layers layers;
    private final Losses losses;
    private final Optimisation optimisation;
    private final Drawing drawing;
    private final Recurrence recurrence;

    /** @param device closed with the backend */
    public KernelBackend(KernelDevice device, RnnPlans plans) {
        this.device = device;
        this.plans = plans;
        weights = new WeightCopies(device);
        fill = new Fill(device);
        Batch batch = new Batch(device);
        SumOfSquares sumOfSquares = new SumOfSquares(device);
        texts = new KernelTexts(device, batch);
        layers = new KernelLayers(device, weights);
        losses = new KernelLosses(device, sumOfSquares);
        optimisation = new KernelOptimisation(device, weights, batch, sumOfSquares);
        drawing = new KernelDrawing(this, plans);
        recurrence = new KernelRecurrence(this, plans);
    }

    /** What the operations run on, for plans. */
    public KernelDevice kernelDevice() {
        return device;
    }

    /** The rounded copies of this backend's weights, for plans. */
    public WeightCopies weightCopies() {
        return weights;
    }

    @Override
    public DeviceInfo device() {
        return device.info();
    }

    @Override
    public DeviceBuffer alloc(ElementType type, long length) {
        weights.releaseClosed();
        return device.alloc(type, length);
    }

    @Override
    public void upload(float[] source, DeviceBuffer target) {
        KernelBuffer to = KernelArguments.floats(target, source.length, "target");
        device.upload(source, to);
        weights.refresh(to);
    }

    @Override
    public void upload(int[] source, DeviceBuffer target) {
        device.upload(source, KernelArguments.ints(target, source.length, "target"));
    }

    @Override
    public void download(DeviceBuffer source, float[] target) {
        device.download(KernelArguments.floats(source, target.length, "source"), target);
    }

    @Override
    public void download(DeviceBuffer source, int[] target) {
        device.download(KernelArguments.ints(source, target.length, "source"), target);
    }

    @Override
    public void fill(DeviceBuffer target, float value) {
        KernelBuffer to = KernelArguments.floats(target, 0, "target");
        fill.with(to, value);
        weights.refresh(to);
    }

    @Override
    public void copy(DeviceBuffer source, DeviceBuffer target) {
        KernelBuffer from = KernelArguments.check(source, source.type(), 0, "source");
        KernelBuffer to = KernelArguments.check(target, source.type(), source.length(), "target");
        device.copy(from, to);
        if (to.type() == ElementType.FLOAT32) {
            weights.refresh(to);
        }
    }

    @Override
    public void synchronize() {
        device.synchronize();
    }

    @Override
    public long allocatedBytes() {
        weights.releaseClosed();
        return device.allocatedBytes();
    }

    @Override
    public long freeBytes() {
        return device.freeBytes();
    }

    @Override
    public Backend counting() {
        return new KernelBackend(new CountedDevice(device), plans.counting());
    }

    @Override
    public Step capture(Runnable body) {
        return device.capture(body);
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

    /** Frees everything: the device knows all that was allocated. */
    @Override
    public void close() {
        device.close();
    }
}
