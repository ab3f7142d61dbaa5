package lstmgpu.backend.cuda.driver;

import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Times what goes into the first queue by the GPU's own clock. */
public final class Stopwatch {
    private Stopwatch() {}

    /**
     * Milliseconds of one pass, the mean of some after one that is not timed.
     *
     * @param operation what an error names
     */
    public static double milliseconds(CudaDevice device, int runs, String operation, Runnable pass) {
        pass.run();
        device.synchronize();
        CudaCheck check = device.context().check();
        CUevent start = event(check, operation);
        CUevent end = event(check, operation);
        try {
            check.driver(JCudaDriver.cuEventRecord(start, device.queues().first()), operation);
            for (int run = 0; run < runs; run++) {
                pass.run();
            }
            check.driver(JCudaDriver.cuEventRecord(end, device.queues().first()), operation);
            check.driver(JCudaDriver.cuEventSynchronize(end), operation);
            float[] elapsed = new float[1];
            check.driver(JCudaDriver.cuEventElapsedTime(elapsed, start, end), operation);
            return elapsed[0] / runs;
        } finally {
            JCudaDriver.cuEventDestroy(start);
            JCudaDriver.cuEventDestroy(end);
        }
    }

    private static CUevent event(CudaCheck check, String operation) {
        CUevent event = new CUevent();
        check.driver(JCudaDriver.cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT), operation);
        return event;
    }
}
