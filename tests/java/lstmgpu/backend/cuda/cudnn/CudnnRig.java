package lstmgpu.backend.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.kernels.Kernel;
import lstmgpu.backend.kernels.KernelBuffer;

/** A device of the stand-in and cuDNN's plans on it; closing it looks for what was left behind. */
public final class CudnnRig implements AutoCloseable {
    public final CudaDevice device;
    public final CudnnPlans plans;
    private final long objectsBefore;
    private final IdentityHashMap<KernelBuffer, KernelBuffer> copies = new IdentityHashMap<>();

    /** What was said of algorithms that are not used. */
    public final List<String> notices = new ArrayList<>();

    /** Without a folder to keep choices in. */
    public CudnnRig() {
        Cudasim.load();
        objectsBefore = Cudasim.liveObjects();
        device = CudaRig.open(0);
        plans = new CudnnPlans(device, Path.of("/dev/null"), this::copyOf, notices::add);
    }

    /** The rounded weights of the whole allocation. */
    private KernelBuffer copyOf(KernelBuffer weights) {
        KernelBuffer root = weights.root();
        KernelBuffer copy = copies.computeIfAbsent(root, all -> {
            KernelBuffer made = device.alloc(ElementType.BFLOAT16, all.length());
            device.call(Kernel.NARROW, ElementType.BFLOAT16)
                    .buffer(all)
                    .buffer(made)
                    .longInteger(all.length())
                    .launch(Kernel.NARROW.blocksFor(all.length()));
            return made;
        });
        return copy.slice(weights.offset(), weights.length());
    }

    @Override
    public void close() {
        plans.close();
        device.close();
        assertEquals(objectsBefore, Cudasim.liveObjects(), "handles and descriptors");
    }
}
