package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import org.junit.jupiter.api.Test;

class CpuMemoryTest {
    /** None of this memory is touched, so the system goes on to call it available. */
    @Test
    void allAllocationsTogetherStayBelowWhatWasFree() {
        CpuMemory memory = new CpuMemory();
        long part = CpuMemory.availableBytes() / CpuBuffer.ELEMENT_BYTES / 4;
        List<CpuBuffer> buffers = new ArrayList<>();
        LstmGpuException refusal = assertThrows(LstmGpuException.class, () -> {
            for (int i = 0; i < 6; i++) {
                buffers.add(memory.alloc(ElementType.FLOAT32, part));
            }
        });
        assertEquals(ExitCode.MEMORY, refusal.exitCode());
        assertTrue(buffers.size() >= 3, () -> "only " + buffers.size() + " of four parts could be had");
        buffers.forEach(CpuBuffer::close);
        assertEquals(0, memory.allocatedBytes());
    }
}
