package lstmgpu.backend.cuda.nccl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.backend.cuda.CudaRig;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.CudaBuffer;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import lstmgpu.backend.cuda.libraries.CudaLibrary;
import org.junit.jupiter.api.Test;

/** One rank by itself; {@code tests/mpi/run gpus} has several, each a process. */
class NcclCommunicatorTest implements OnTheStandIn {
    private static final int INTERNAL_ERROR = 3;
    private static final long SEED = 21;

    private static CudaLibrary library() {
        return CudaLibraries.in(Cudasim.folder()).nccl();
    }

    private static NcclCommunicator alone(CudaRig rig) {
        return new NcclCommunicator(rig.device, library(), 1, 0, NcclCommunicator.newId(rig.device, library()));
    }

    private static float[] values(int length) {
        Random random = new Random(SEED);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Test
    void theSumOverOneRankIsWhatItHas() {
        float[] own = values(1001);
        try (CudaRig rig = new CudaRig();
                NcclCommunicator ranks = alone(rig)) {
            CudaBuffer numbers = rig.device.own(rig.floats(own));
            long before = Cudasim.calls("ncclAllReduce");
            ranks.allReduce(numbers);
            assertArrayEquals(own, rig.read(numbers));
            assertEquals(before + 1, Cudasim.calls("ncclAllReduce"));
            assertNull(ranks.problem());
        }
    }

    @Test
    void aRoundedSumOfAnOddNumberOfNumbers() {
        float[] own = values(1001);
        float[] rounded = own.clone();
        RoundedWeights.BF16.round(rounded, 0, rounded.length);
        try (CudaRig rig = new CudaRig();
                NcclCommunicator ranks = alone(rig)) {
            CudaBuffer numbers = rig.device.own(rig.floats(own));
            new RoundedSum(rig.device, ranks, numbers).put();
            assertArrayEquals(rounded, rig.read(numbers));
        }
    }

    @Test
    void everyStretchGoesWhereItBelongs() {
        float[] own = values(64);
        try (CudaRig rig = new CudaRig();
                NcclCommunicator ranks = alone(rig)) {
            CudaBuffer out = rig.device.own(rig.floats(own));
            CudaBuffer in = rig.device.own(rig.device.alloc(ElementType.FLOAT32, own.length));
            ranks.exchange(out, in);
            assertArrayEquals(own, rig.read(in));
            CudaBuffer all = rig.device.own(rig.device.alloc(ElementType.FLOAT32, own.length));
            ranks.allGather(in, all);
            assertArrayEquals(own, rig.read(all));
        }
    }

    @Test
    void twoRanksOfOneGpuAreToldWhatHelps() {
        try (CudaRig rig = new CudaRig()) {
            byte[] id = NcclCommunicator.newId(rig.device, library());
            Cudasim.fail("ncclCommInitRank", 1, NcclFunctions.INVALID_USAGE);
            LstmGpuException refused =
                    assertThrows(LstmGpuException.class, () -> new NcclCommunicator(rig.device, library(), 2, 0, id));
            assertEquals(ExitCode.FAILED, refused.exitCode());
            assertTrue(refused.getMessage().contains("each has a GPU of its own"), refused::getMessage);
            assertTrue(refused.getMessage().contains("invalid usage"), refused::getMessage);
        }
    }

    @Test
    void everyCallThatFailsIsTold() {
        for (String function : new String[] {"ncclGroupStart", "ncclAllReduce", "ncclGroupEnd"}) {
            try (CudaRig rig = new CudaRig();
                    NcclCommunicator ranks = alone(rig)) {
                CudaBuffer numbers = rig.device.own(rig.floats(1, 2));
                Cudasim.fail(function, 1, INTERNAL_ERROR);
                LstmGpuException told = assertThrows(LstmGpuException.class, () -> ranks.allReduce(numbers), function);
                assertTrue(told.getMessage().contains("NCCL reports internal error"), told::getMessage);
            }
        }
    }

    @Test
    void withoutAnIdNobodyBegins() {
        try (CudaRig rig = new CudaRig()) {
            Cudasim.fail("ncclGetUniqueId", 1, INTERNAL_ERROR);
            LstmGpuException told =
                    assertThrows(LstmGpuException.class, () -> NcclCommunicator.newId(rig.device, library()));
            assertTrue(told.getMessage().contains("internal error"), told::getMessage);
        }
    }

    @Test
    void whatIsGivenUpIsNoProblemAnyMore() {
        try (CudaRig rig = new CudaRig();
                NcclCommunicator ranks = alone(rig)) {
            assertNotNull(ranks);
            ranks.abort();
            ranks.abort();
            assertNull(ranks.problem());
        }
    }
}
