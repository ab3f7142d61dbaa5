package lstmgpu.backend.cuda.driver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.kernels.KernelBuffer;
import lstmgpu.backend.kernels.MemoryPool;
import org.junit.jupiter.api.Test;

/** Device memory: its sizes, its reuse, its end, and the way into it and out. */
class CudaMemoryTest {
    private static final int BLOCK = 1 << 20;

    @Test
    void sizesAreFewAndNeverTooSmall() {
        assertEquals(512, MemoryPool.capacity(0));
        assertEquals(512, MemoryPool.capacity(512));
        assertEquals(1024, MemoryPool.capacity(513));
        assertEquals(9 << 17, MemoryPool.capacity((1 << 20) + 1));
        assertEquals((1L << 40) + (2 << 20), MemoryPool.capacity((1L << 40) + 1));
        for (long bytes = 1; bytes < 1L << 41; bytes = bytes * 9 / 8 + 1) {
            long capacity = MemoryPool.capacity(bytes);
            assertTrue(capacity >= bytes && capacity <= Math.max(bytes + 512, bytes * 9 / 8), bytes + " " + capacity);
        }
    }

    @Test
    void freedBlocksAreReusedAndZero() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer first = rig.floats(1, 2, 3);
            long before = Cudasim.calls("cuMemAlloc_v2");
            long held = rig.device.allocatedBytes();
            first.close();
            assertEquals(held - 12, rig.device.allocatedBytes());
            KernelBuffer second = rig.device.alloc(ElementType.FLOAT32, 5);
            assertEquals(before, Cudasim.calls("cuMemAlloc_v2"), "asked the driver again");
            assertArrayEquals(new float[5], rig.read(second));
            first.close();
            assertEquals(held + 8, rig.device.allocatedBytes(), "a second close freed the next holder's block");
            assertThrows(IllegalStateException.class, () -> rig.read(first));
        }
    }

    @Test
    void aThousandRoundsLeaveNothingBehind() {
        try (CudaRig rig = new CudaRig()) {
            rig.floats(1).close();
            long live = Cudasim.liveAllocations();
            long held = rig.device.allocatedBytes();
            for (int round = 0; round < 1000; round++) {
                KernelBuffer buffer = rig.floats(1);
                rig.scale(buffer, 2, buffer);
                buffer.close();
            }
            assertEquals(live, Cudasim.liveAllocations());
            assertEquals(held, rig.device.allocatedBytes());
        }
    }

    @Test
    void aReusedBlockWaitsForTheSecondQueue() {
        for (int seed = 1; seed <= 40; seed++) {
            try (CudaRig rig = new CudaRig()) {
                Cudasim.schedule(seed);
                KernelBuffer source = rig.floats(7);
                KernelBuffer old = rig.floats(1);
                rig.device.beside();
                rig.scale(source, 2, old);
                rig.device.back();
                old.close();
                KernelBuffer next = rig.device.alloc(ElementType.FLOAT32, 1);
                assertArrayEquals(new float[1], rig.read(next), "order " + seed);
            }
        }
    }

    @Test
    void keptBlocksGoBackBeforeMemoryRunsOut() {
        try (CudaRig rig = new CudaRig()) {
            rig.device.alloc(ElementType.INT32, BLOCK).close();
            long live = Cudasim.liveAllocations();
            Cudasim.fail("cuMemAlloc_v2", 1, 2);
            KernelBuffer other = rig.device.alloc(ElementType.INT32, 3L * BLOCK);
            assertEquals(live, Cudasim.liveAllocations(), "the kept block was not given back");
            assertEquals(3L * BLOCK, other.length());
        }
    }

    @Test
    void tooLittleMemoryNamesTheNeedAndWhatIsFree() {
        try (CudaRig rig = new CudaRig()) {
            for (long length : new long[] {1L << 50, Long.MAX_VALUE}) {
                assertMemoryError(rig, length, "");
            }
            Cudasim.fail("cuMemAlloc_v2", 1, 2);
            assertMemoryError(rig, 3L * BLOCK, "12 MB more are needed");
            Cudasim.fail("cuMemAlloc_v2", 1, 1);
            LstmGpuException other =
                    assertThrows(LstmGpuException.class, () -> rig.device.alloc(ElementType.INT32, 5L * BLOCK));
            assertEquals(ExitCode.FAILED, other.exitCode());
            assertThrows(IllegalArgumentException.class, () -> rig.device.alloc(ElementType.INT32, -1));
        }
    }

    private static void assertMemoryError(CudaRig rig, long length, String part) {
        LstmGpuException error =
                assertThrows(LstmGpuException.class, () -> rig.device.alloc(ElementType.FLOAT32, length));
        assertEquals(ExitCode.MEMORY, error.exitCode());
        assertTrue(error.getMessage().contains(part), error.getMessage());
        assertTrue(error.getMessage().contains("MB are free; a smaller --batch-size"), error.getMessage());
    }

    @Test
    void largeArraysCrossInPieces() {
        int length = (9 << 20) / Float.BYTES + 5;
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = i;
        }
        try (CudaRig rig = new CudaRig();
                Arena arena = Arena.ofConfined()) {
            KernelBuffer buffer = rig.device.alloc(ElementType.FLOAT32, length + 1);
            rig.device.upload(new int[] {1, 2, 3}, rig.counters);
            rig.device.upload(values, buffer);
            values[0] = -1; // The upload has its own copy by now.
            float[] back = new float[length];
            rig.device.download(buffer.slice(1, length), back);
            for (int i = 0; i < length - 1; i++) {
                assertEquals(i + 1, back[i]);
            }
            assertEquals(0, back[length - 1]);
            assertArrayEquals(new float[] {0}, rig.read(buffer.slice(0, 1)));
            MemorySegment raw = arena.allocateFrom(ValueLayout.JAVA_INT, 4, 5);
            rig.device.upload(raw, rig.counters);
            int[] counters = new int[3];
            rig.device.download(rig.counters, counters);
            assertArrayEquals(new int[] {4, 5, 3}, counters);
        }
    }

    @Test
    void copiesStayInOrder() {
        try (CudaRig rig = new CudaRig()) {
            KernelBuffer x = rig.floats(1, 2, 3, 4);
            KernelBuffer y = rig.floats(9, 9, 9);
            rig.device.copy(x.slice(1, 2), y);
            rig.device.zero(x.slice(0, 3));
            rig.device.synchronize();
            assertArrayEquals(new float[] {2, 3, 9}, rig.read(y));
            assertArrayEquals(new float[] {0, 0, 0, 4}, rig.read(x));
            assertEquals(1, x.slice(1, 2).offset());
            assertEquals(x, x.slice(1, 2).root());
        }
    }

    @Test
    void whatIsClosedIsRefused() {
        CudaRig rig = new CudaRig();
        KernelBuffer x = rig.floats(1);
        rig.close();
        x.close();
        rig.device.close();
        assertThrows(IllegalStateException.class, () -> rig.read(x));
        assertThrows(IllegalStateException.class, () -> rig.device.alloc(ElementType.INT32, 1));
        assertThrows(IllegalStateException.class, rig.device::synchronize);
    }
}
