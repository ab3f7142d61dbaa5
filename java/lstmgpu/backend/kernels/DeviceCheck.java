package lstmgpu.backend.kernels;

import lstmgpu.LstmGpuException;

/**
 * Whether a device still works. After an error that loses it, every further call fails with the text of that first one.
 */
public abstract class DeviceCheck {
    private final String device;
    private LstmGpuException lost;

    /** @param device as a person names it */
    protected DeviceCheck(String device) {
        this.device = device;
    }

    /** As a person names it. */
    public final String device() {
        return device;
    }

    /** Throws the error that lost the device, if there was one. */
    public final void alive() {
        if (lost != null) {
            throw new LstmGpuException(lost.exitCode(), lost.getMessage(), lost);
        }
    }

    /** Whether no error has lost it. */
    public final boolean isAlive() {
        return lost == null;
    }

    /** Remembers an error that loses the device, and returns it. */
    protected final LstmGpuException lose(LstmGpuException failure) {
        lost = failure;
        return failure;
    }
}
