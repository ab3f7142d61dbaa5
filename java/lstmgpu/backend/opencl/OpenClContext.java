package lstmgpu.backend.opencl;

import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/** A device with its context and the one queue, in order. */
final class OpenClContext implements AutoCloseable {
    private final OpenClUnit unit;
    private final OpenClCheck check;
    private final cl_context handle;
    private final cl_command_queue queue;
    private boolean rehearsing;
    private boolean closed;

    @SuppressWarnings("deprecation") // The call that replaces it came with OpenCL 2.0; drivers for 1.2 do not have it.
    private OpenClContext(OpenClUnit unit, int index) {
        this.unit = unit;
        this.check = new OpenClCheck("%s (opencl:%d)".formatted(unit.name(), index));
        cl_context_properties properties = new cl_context_properties();
        properties.addProperty(CL.CL_CONTEXT_PLATFORM, unit.platformId());
        int[] status = new int[1];
        handle = CL.clCreateContext(properties, 1, new cl_device_id[] {unit.id()}, null, null, status);
        require(status[0]);
        queue = CL.clCreateCommandQueue(handle, unit.id(), 0, status);
        if (status[0] != CL.CL_SUCCESS) {
            CL.clReleaseContext(handle);
        }
        require(status[0]);
    }

    private void require(int status) {
        if (status != CL.CL_SUCCESS) {
            throw new LstmGpuException(
                    ExitCode.DEVICE, check.failure(status, "opening the device").getMessage());
        }
    }

    /** @throws LstmGpuException with exit code 4 if there is no such device or it cannot be used */
    static OpenClContext open(int index) {
        List<OpenClUnit> units = OpenClUnit.all();
        if (index >= units.size()) {
            throw new LstmGpuException(
                    ExitCode.DEVICE,
                    "opencl:%d is not there: this machine has %d OpenCL device%s, opencl:0 being %s"
                            .formatted(
                                    index,
                                    units.size(),
                                    units.size() == 1 ? "" : "s",
                                    units.getFirst().name()));
        }
        return new OpenClContext(units.get(index), index);
    }

    OpenClUnit unit() {
        return unit;
    }

    OpenClCheck check() {
        return check;
    }

    cl_context handle() {
        return handle;
    }

    cl_command_queue queue() {
        return queue;
    }

    /** Throws if the device is closed or lost. */
    void enter() {
        if (closed) {
            throw new IllegalStateException("the backend is closed");
        }
        check.alive();
    }

    boolean isClosed() {
        return closed;
    }

    /**
     * Runs the body with nothing taking effect, so that what it allocates and compiles at its first use is there
     * afterwards.
     */
    void rehearse(Runnable body) {
        refuseInRehearsal("capture another one");
        run(true, body);
    }

    /** Runs the body so that its work takes effect even in a rehearsal. */
    void immediately(Runnable body) {
        run(false, body);
    }

    private void run(boolean asRehearsal, Runnable body) {
        boolean before = rehearsing;
        rehearsing = asRehearsal;
        try {
            body.run();
        } finally {
            rehearsing = before;
        }
    }

    boolean isRehearsing() {
        return rehearsing;
    }

    void refuseInRehearsal(String what) {
        if (rehearsing) {
            throw new IllegalStateException("a captured step cannot " + what);
        }
    }

    /** Has the driver start on what was queued. */
    void flush() {
        check.status(CL.clFlush(queue), "starting what was queued");
    }

    /** Waits for everything queued. */
    void finish() {
        check.status(CL.clFinish(queue), "waiting for the device");
    }

    /** Errors are of no use any more: what is released here is gone either way. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CL.clReleaseCommandQueue(queue);
            CL.clReleaseContext(handle);
        }
    }
}
