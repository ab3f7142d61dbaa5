package lstmgpu.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import lstmgpu.backend.BatchSpec;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.model.GenerationStep;
import lstmgpu.model.Initialisation;
import lstmgpu.model.LanguageModel;
import lstmgpu.model.ModelConfig;
import lstmgpu.model.TrainingStep;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Neither a training step nor a drawn token makes garbage, on any thread, and closing gives all native memory back. */
class CpuAllocationTest {
    private static final int VOCABULARY = 20;
    private static final int STEPS = 40;
    private static final int WARM_UP = 100;
    /** What the measurement itself may take; a step that allocated one object a call would take several times as much. */
    private static final long SLACK_BYTES = 2_000;

    @ParameterizedTest
    @CsvSource({"LSTM,12", "GRU,12", "RNN_TANH,300", "RNN_RELU,12"})
    void aTrainingStepAllocatesNothing(Cell cell, int vocabulary) {
        try (CpuBackend backend = new CpuBackend(2);
                Arena arena = Arena.ofShared();
                LanguageModel model = model(backend, cell, vocabulary)) {
            MemorySegment tokens = arena.allocate(2_000);
            for (long i = 0; i < tokens.byteSize(); i++) {
                tokens.set(ValueLayout.JAVA_BYTE, i, (byte) (i * i % 11));
            }
            BatchSpec batch = new BatchSpec(9, 5, 0, 300, 9, false, 0, 0);
            OptimizerSpec adam = OptimizerSpec.of(OptimizerSpec.Kind.ADAM, 0, 0, 1);
            TrainingStep.Spec spec = new TrainingStep.Spec(batch, adam, true, 20, 1);
            try (TrainingStep step = new TrainingStep(model, backend.corpus(tokens, 1), spec)) {
                long bytes = allocatedBy(step::run);
                assertTrue(bytes <= SLACK_BYTES, () -> STEPS + " steps allocated " + bytes + " bytes");
            }
        }
    }

    @Test
    void aDrawnTokenAllocatesNothing() {
        SamplingSpec sampling = new SamplingSpec(0.8f, 5, 0.9f, 0.01f, 1.1f, 1);
        try (CpuBackend backend = new CpuBackend(2);
                LanguageModel model = model(backend, Cell.LSTM, VOCABULARY);
                GenerationStep step =
                        new GenerationStep(model, new GenerationStep.Spec(1, sampling, 8, 10_000, false, false))) {
            step.prompt(new int[] {1});
            int[] drawn = new int[1];
            long bytes = allocatedBy(() -> step.draw(1, drawn));
            assertTrue(bytes <= SLACK_BYTES, () -> STEPS + " draws allocated " + bytes + " bytes");
        }
    }

    @Test
    void closingFreesEverything() {
        try (CpuBackend backend = new CpuBackend(1)) {
            LanguageModel model = model(backend, Cell.GRU, VOCABULARY);
            GenerationStep step = new GenerationStep(
                    model, new GenerationStep.Spec(2, new SamplingSpec(1, 0, 1, 0, 1, 1), 8, 100, true, false));
            assertTrue(backend.allocatedBytes() > 0);
            step.close();
            model.close();
            assertEquals(0, backend.allocatedBytes());
        }
    }

    private static LanguageModel model(CpuBackend backend, Cell cell, int vocabulary) {
        LanguageModel model =
                new LanguageModel(backend, new ModelConfig(cell, vocabulary, 8, 16, 2, 0.2f, false), Precision.FP32);
        model.initialise(1, Initialisation.UNIFORM);
        return model;
    }

    private static long allocatedBy(Runnable call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            call.run();
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getTotalThreadAllocatedBytes();
            for (int i = 0; i < STEPS; i++) {
                call.run();
            }
            least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
        }
        return least;
    }
}
