package lstmgpu.backend.opencl;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.kernels.ContentHash;
import lstmgpu.backend.kernels.KeptChoice;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.KernelSources;
import lstmgpu.backend.kernels.Product;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shape of the product kernel is the fastest on a device: tried out at the first product, then read from the
 * cache.
 */
final class GemmTuning {
    private static final Logger LOG = LoggerFactory.getLogger(GemmTuning.class);
    private static final Product NARROW = new Product(64, 512, 256, false, true, Precision.FP32);
    private static final Product WIDE = new Product(256, 512, 256, false, true, Precision.FP32);
    private static final int RUNS = 3;

    private final OpenClDevice device;
    private final OpenClProducts products;
    private final KeptChoice kept;
    private GemmShape narrow;
    private GemmShape wide;

    /** @param cache a folder, which need not be there */
    GemmTuning(OpenClDevice device, OpenClProducts products, OpenClUnit unit, Path cache) {
        this.device = device;
        this.products = products;
        byte[] identity = unit.identity().getBytes(StandardCharsets.UTF_8);
        String key = ContentHash.of(KernelSources.of("gemm").identity(), identity);
        kept = new KeptChoice(cache.resolve(key + ".tuning"));
    }

    /** For products of few rows or columns. */
    GemmShape narrow() {
        choose();
        return narrow;
    }

    /** For the others. */
    GemmShape wide() {
        choose();
        return wide;
    }

    private void choose() {
        if (narrow == null || wide == null) {
            read();
        }
        if (narrow == null || wide == null) {
            device.immediately(() -> {
                narrow = fastest(NARROW);
                wide = fastest(WIDE);
            });
            LOG.info("products of few rows take the shape {}, the others {}", narrow, wide);
            kept.keep(narrow + " " + wide);
        }
    }

    private void read() {
        String[] names = kept.read().split(" ", -1);
        if (names.length == 2) {
            narrow = GemmShape.of(names[0]);
            wide = GemmShape.of(names[1]);
        }
    }

    /** A shape that the device does not take is left out; where it takes none, the last refusal is the answer. */
    private GemmShape fastest(Product product) {
        GemmShape best = null;
        long least = Long.MAX_VALUE;
        LstmGpuException refusal = null;
        try (KernelBuffer a = device.alloc(ElementType.FLOAT32, (long) product.rows() * product.depth());
                KernelBuffer b = device.alloc(ElementType.FLOAT32, (long) product.columns() * product.depth());
                KernelBuffer c = device.alloc(ElementType.FLOAT32, (long) product.rows() * product.columns())) {
            for (GemmShape shape : GemmShape.ALL) {
                try {
                    long nanoseconds = time(shape, product, a, b, c);
                    if (nanoseconds < least) {
                        least = nanoseconds;
                        best = shape;
                    }
                } catch (LstmGpuException unfit) {
                    refusal = unfit;
                }
            }
        }
        if (best == null) {
            throw refusal;
        }
        return best;
    }

    private long time(GemmShape shape, Product product, KernelBuffer a, KernelBuffer b, KernelBuffer c) {
        long least = Long.MAX_VALUE;
        for (int run = 0; run <= RUNS; run++) {
            device.synchronize();
            long start = System.nanoTime();
            products.multiply(shape, product, a, b, false, c);
            device.synchronize();
            least = run == 0 ? least : Math.min(least, System.nanoTime() - start);
        }
        return least;
    }
}
