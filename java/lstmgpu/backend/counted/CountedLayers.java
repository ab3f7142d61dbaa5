package lstmgpu.backend.counted;

import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.DropoutSpec;
import lstmgpu.backend.Layers;
import lstmgpu.backend.LinearSpec;
import lstmgpu.backend.Pooling;
import lstmgpu.backend.StepClock;

/** {@link Layers} that takes no memory and computes nothing. */
final class CountedLayers implements Layers {
    private final MemoryCount count;
    private final LinearBytes linearBytes;
    private long held;

    CountedLayers(MemoryCount count, LinearBytes linearBytes) {
        this.count = count;
        this.linearBytes = linearBytes;
    }

    /** What is kept grows with the largest layer. */
    private void take(LinearSpec spec, boolean gradient) {
        long more = linearBytes.of(spec, gradient) - held;
        if (more > 0) {
            held += count.take(more);
        }
    }

    @Override
    public void embed(DeviceBuffer table, DeviceBuffer tokens, int embeddingSize, DeviceBuffer out) {}

    @Override
    public void embedGrad(DeviceBuffer dOut, DeviceBuffer tokens, int embeddingSize, DeviceBuffer dTable) {}

    @Override
    public void linear(DeviceBuffer x, DeviceBuffer w, DeviceBuffer b, LinearSpec spec, DeviceBuffer y) {
        take(spec, false);
    }

    @Override
    public void linearGrad(
            DeviceBuffer x,
            DeviceBuffer w,
            DeviceBuffer dy,
            LinearSpec spec,
            DeviceBuffer dx,
            boolean addToDx,
            DeviceBuffer dw,
            DeviceBuffer db) {
        take(spec, true);
    }

    @Override
    public void dropout(DeviceBuffer x, DropoutSpec mask, StepClock clock, DeviceBuffer y) {}

    @Override
    public void tokenMask(DeviceBuffer tokens, DropoutSpec mask, StepClock clock, DeviceBuffer factors) {}

    @Override
    public void reverse(
            DeviceBuffer x,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            boolean addToY,
            DeviceBuffer y) {}

    @Override
    public void joinDirections(
            DeviceBuffer f,
            DeviceBuffer r,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer y) {}

    @Override
    public void splitDirections(
            DeviceBuffer dy,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer df,
            DeviceBuffer dr) {}

    @Override
    public void pool(
            Pooling pooling,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer out) {}

    @Override
    public void poolGrad(
            Pooling pooling,
            DeviceBuffer dOut,
            DeviceBuffer y,
            DeviceBuffer lengths,
            int steps,
            int sequences,
            int width,
            DeviceBuffer dy) {}
}
