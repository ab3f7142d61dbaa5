package lstmgpu.backend.cuda.sequence;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RnnInput;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.RnnShape;
import lstmgpu.backend.RnnSpec;
import lstmgpu.backend.cuda.CudaBackend;
import lstmgpu.backend.cuda.Cudasim;
import lstmgpu.backend.cuda.FaultyKernels;
import lstmgpu.backend.cuda.OnTheStandIn;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.libraries.CudaLibraries;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults planted in the whole-sequence kernels: an order of events, or a late block, must show each of them. */
class SequenceFaultTest implements OnTheStandIn {
    private static final Map<List<SequenceSplit>, float[][]> SOUND = new HashMap<>();

    private static FaultyKernels kernels;

    @BeforeAll
    static void plantAll() throws IOException, InterruptedException {
        kernels = new FaultyKernels("planted-sequences");
        for (SequenceFault fault : SequenceFault.values()) {
            SequenceSplit split = fault.planted;
            kernels.plant(fault, fault.file, fault.text, fault.instead, split.file(), split.constants());
        }
        kernels.finish();
    }

    @AfterAll
    static void removeAll() throws IOException {
        kernels.close();
    }

    /** What the splits compute without a fault. */
    private static float[][] sound(SequenceFault fault) {
        return SOUND.computeIfAbsent(
                List.of(fault.planted, fault.other),
                _ -> fault.rig(SequenceRig.images()).train(false));
    }

    private static boolean isNoticed(SequenceFault fault) {
        float[][] expected = sound(fault);
        SequenceRig rig = fault.rig(kernels.of(fault));
        return FaultyKernels.shows(seed -> seed % 4 - 1, () -> !Arrays.deepEquals(expected, rig.train(false)));
    }

    /** Other bits are not enough: what SequenceLoopTest allows would not notice them. */
    private static boolean isFarOff(SequenceFault fault, KernelImages images) {
        float[][] expected = fault.rig(images).fused().train(false);
        float[][] actual = fault.rig(images).train(false);
        return IntStream.range(0, expected.length)
                .anyMatch(part -> !(SequenceRig.distance(expected[part], actual[part]) <= SequenceRig.TOLERANCE));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFaultIsNoticed(SequenceFault fault) {
        if (fault.isOfCell()) {
            assertFalse(isFarOff(fault, SequenceRig.images()), "far off without the fault " + fault);
            assertTrue(isFarOff(fault, kernels.of(fault)), "nobody noticed " + fault);
        } else {
            assertTrue(isNoticed(fault), "nobody noticed " + fault);
        }
    }

    @Test
    void withoutAFaultNothingIsNoticed() {
        assertFalse(isNoticed(SequenceFault.NONE));
    }

    @Test
    void blocksThatWaitForeverAreAFailureWithAReason() {
        Cudasim.quiet();
        SequenceRig rig = SequenceFault.FORWARD_NOT_SAID.rig(kernels.of(SequenceFault.FORWARD_NOT_SAID));
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> rig.train(false));
        String line = "a block waits for what no other block says, and would trap after 2000 ms";
        assertTrue(Cudasim.lastLine().contains(line), Cudasim.lastLine());
        assertTrue(failure.getMessage().contains("--resume"), failure.getMessage());
    }

    /** Images of no other split of the layer than the one with the fault. */
    private static KernelImages only(SequenceFault fault, Path folder) throws IOException {
        Path planted = Cudasim.folder().resolveSibling("planted-sequences").resolve(fault + "/kernels");
        String image = fault.planted.image();
        Files.createDirectories(folder.resolve(image).getParent());
        Files.copy(planted.resolve(image), folder.resolve(image));
        try (Stream<Path> files = Files.list(planted)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return new KernelImages(CudaLibraries.in(Cudasim.folder()), folder);
    }

    @Test
    void aPlanWaitsLongerThanATrial(@TempDir Path folder) throws IOException {
        Cudasim.quiet();
        KernelImages images = only(SequenceFault.FORWARD_NOT_SAID, folder);
        RnnShape shape = new RnnShape(Cell.LSTM, 1, 16, 64);
        RnnSpec spec = RnnSpec.forward(shape, 3, 8, Precision.BF16).by(RnnImplementation.SEQUENCE);
        try (Backend backend = CudaBackend.open(0, CudaLibraries.in(Cudasim.folder()), images, _ -> {})) {
            // Trials that compute nothing come to an end.
            Cudasim.idle();
            RnnPlan plan = backend.recurrence().newRnnPlan(spec, null);
            Cudasim.reset();
            Cudasim.quiet();
            long length = backend.recurrence().rnnLayout(shape).length();
            DeviceBuffer parameters = backend.alloc(ElementType.FLOAT32, length);
            DeviceBuffer x = backend.alloc(ElementType.FLOAT32, spec.tokens() * 16L);
            plan.forward(parameters, new RnnInput.Features(x, null));
            assertThrows(LstmGpuException.class, backend::synchronize);
            assertTrue(Cudasim.lastLine().contains("would trap after 30000 ms"), Cudasim.lastLine());
        }
    }
}
