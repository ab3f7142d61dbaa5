package lstmgpu.backend;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import lstmgpu.backend.reference.PlantedFault;
import lstmgpu.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The conformance suite notices what it is there for. */
class MutationTest {
    @TestFactory
    Stream<DynamicTest> everyFaultInAPlanIsNoticed() {
        List<DynamicTest> tests = new ArrayList<>();
        for (PlantedFault fault : PlantedFault.all()) {
            for (Cell cell : fault.cells()) {
                tests.add(DynamicTest.dynamicTest(fault + " in " + cell, () -> {
                    RnnCase test = plan(cell, fault.layers(), fault.projects() ? 9 : 0);
                    requireRight(test);
                    requireNoticed(fault.open(), test);
                }));
            }
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> everyFaultInAPlanWhoseUnitsKeepWhatTheyHadIsNoticed() {
        return Stream.of(true, false)
                .flatMap(drawn -> PlantedFault.ofZoneout(drawn).stream()
                        .flatMap(fault -> fault.cells().stream()
                                .map(cell -> DynamicTest.dynamicTest(
                                        fault + " in " + cell + (drawn ? "" : ", not drawn"), () -> {
                                            float kept = cell.hasCellState() ? 0.4f : 0;
                                            RnnCase test =
                                                    plan(cell, 1, 0).keeping(new Zoneout(kept, 0.2f, drawn, 9, 0));
                                            requireRight(test);
                                            requireNoticed(fault.open(), test);
                                        }))));
    }

    @TestFactory
    Stream<DynamicTest> everyFaultInAPlanOfBoundedSequencesIsNoticed() {
        return PlantedFault.ofBounded().stream()
                .flatMap(fault -> fault.cells().stream()
                        .map(cell -> DynamicTest.dynamicTest(fault + " in " + cell, () -> {
                            RnnShape shape = new RnnShape(cell, fault.layers(), 7, 33, true);
                            BoundedRnnCase test = new BoundedRnnCase(shape, 7, 7, 0.3f, true, 0, TestData.SEED);
                            requireRight(test);
                            requireNoticed(fault.open(), test);
                        })));
    }

    @TestFactory
    Stream<DynamicTest> everyFaultInAnOperationIsNoticed() {
        return OperationFault.all().stream()
                .map(fault -> DynamicTest.dynamicTest(fault.name(), () -> {
                    requireRight(fault.test());
                    requireNoticed(fault.open().get(), fault.test());
                }));
    }

    /** Of a share of a batch, as that of every odd seed is. */
    private static RnnCase plan(Cell cell, int layers, int projection) {
        RnnShape shape = new RnnShape(cell, layers, 7, 33).withProjection(projection);
        return new RnnCase(shape, 7, 7, 0.3f, true, 0, TestData.SEED | 1);
    }

    private static void requireRight(ConformanceCase test) {
        try (Backend right = new ReferenceBackend()) {
            ConformanceTest.check(right, test);
        }
    }

    private static void requireNoticed(Backend faulty, ConformanceCase test) {
        try (faulty) {
            AssertionError error = assertThrows(
                    AssertionError.class, () -> ConformanceTest.check(faulty, test), "nothing was noticed");
            assertInstanceOf(AssertionError.class, error.getCause(), "a crash is no comparison");
        }
    }
}
