package lstmgpu.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults planted in the whole-sequence kernels: an order of events, or a late block, must show each of them. */
class SequenceFaultTest {
    private static final SequenceSplit FORWARD = SequenceRig.forward("64 16 8 0 4 1 1");
    private static final SequenceSplit COLUMNS = SequenceRig.backward("64 16 8 1 0 1 1 1");
    private static final SequenceSplit SUMS = SequenceRig.backward("64 16 16 4 0 4 0 1");
    private static final SequenceSplit GRID = SequenceRig.backward("128 16 8 2 0 2 1 2");
    private static final SequenceSplit WIDE = SequenceRig.forward("128 32 8 0 4 1 2");
    private static final SequenceSplit GRU_FORWARD = SequenceRig.forward(Cell.GRU, "128 32 8 1 2 1 1");
    private static final SequenceSplit GRU_BACKWARD = SequenceRig.backward(Cell.GRU, "128 32 8 2 0 4 2 1");
    private static final SequenceSplit TANH_FORWARD = SequenceRig.forward(Cell.RNN_TANH, "128 32 8 2 2 1 1");
    private static final SequenceSplit TANH_BACKWARD = SequenceRig.backward(Cell.RNN_TANH, "128 32 8 4 2 8 1 1");
    private static final SequenceSplit RELU_FORWARD = SequenceRig.forward(Cell.RNN_RELU, "64 64 8 0 4 1 1");
    private static final SequenceSplit RELU_BACKWARD = SequenceRig.backward(Cell.RNN_RELU, "64 64 8 1 0 4 1 1");
    private static final SequenceSplit IN_CLUSTERS = SequenceRig.forward("64 16 8 2 4 1 1");
    private static final SequenceSplit SUMS_IN_CLUSTERS = SequenceRig.backward("64 16 8 4 2 4 0 1");
    private static final String NOTHING = "";
    private static final Map<List<SequenceSplit>, float[][]> SOUND = new HashMap<>();

    /** What is written instead of what, and where. */
    enum Fault {
        FORWARD_WAIT_MISSING(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "if (THREAD < BLOCKS) wait_until(group_flags + THREAD, start + step);",
                NOTHING),
        FORWARD_WAIT_FOR_THE_STEP_BEFORE(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "group_flags + THREAD, start + step);",
                "group_flags + THREAD, start + step - 1);"),
        FORWARD_WAIT_COUNTS_FROM_ZERO(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "const uint32 start = EXCHANGE == FLAGS ? group_flags[BLOCK_X] : 0;",
                "const uint32 start = 0;"),
        FORWARD_SAID_TOO_EARLY(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "BARRIER();\n        if (EXCHANGE == FLAGS && THREAD == 0) publish",
                "if (THREAD == 0) publish"),
        FORWARD_NOT_SAID(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "if (EXCHANGE == FLAGS && THREAD == 0) publish(group_flags + BLOCK_X, start + step + 1);",
                NOTHING),
        GATES_SWAPPED(FORWARD, COLUMNS, "cells.h", "gate == 2 ?", "gate == 1 ?"),
        ROWS_SWAPPED(
                FORWARD,
                COLUMNS,
                "rnn_sequence_forward.cu",
                "(long64)(row / UNITS) * HIDDEN",
                "(long64)(3 - row / UNITS) * HIDDEN"),
        COPY_NOT_AWAITED(FORWARD, COLUMNS, "tile.h", "await_copies<0>();", NOTHING),
        CHUNK_NOT_AWAITED(WIDE, GRID, "tile.h", "await_copies<1>();", "await_copies<2>();"),
        CHUNK_OVERWRITTEN(
                WIDE,
                GRID,
                "tile.h",
                "chunk % 2 * BUFFER_LENGTH, chunk);\n        BARRIER();",
                "chunk % 2 * BUFFER_LENGTH, chunk);"),
        BACKWARD_WAIT_MISSING(
                COLUMNS,
                FORWARD,
                "rnn_sequence_backward.cu",
                "if (THREAD < ROW_SHARES) wait_until(gate_flags + THREAD * PARTS + part, start + done);",
                NOTHING),
        SUMS_WAIT_MISSING(
                SUMS,
                SequenceRig.forward("64 16 16 1 4 1 1"),
                "rnn_sequence_backward.cu",
                "if (THREAD < PARTS) wait_until(row_flags + THREAD, n);",
                NOTHING),
        SUMS_SAID_TOO_EARLY(
                SUMS,
                SequenceRig.forward("64 16 16 1 4 1 1"),
                "rnn_sequence_backward.cu",
                "BARRIER();\n    if (THREAD == 0) publish(row_flags",
                "if (THREAD == 0) publish(row_flags"),
        ONE_SET_OF_SUMS(
                SUMS,
                SequenceRig.forward("64 16 16 1 4 1 1"),
                "rnn_sequence_backward.cu",
                "done % 2 * (long64)BLOCKS_Y",
                "0 * (long64)BLOCKS_Y"),
        SUMS_OF_ANOTHER_COLUMN(
                GRID, WIDE, "rnn_sequence_backward.cu", "ROWS + part * UNITS + pairs.share", "ROWS + pairs.share"),
        SHOWN_NOT_LOOKED_FOR(
                SequenceRig.forward("64 16 16 1 4 1 1"),
                SUMS,
                "shown.h",
                "pair - 0x00010001u) & ~pair & 0x80008000u) != 0",
                "pair - 0x00010001u) & ~pair & 0x80008000u) == 1"),
        ONE_HALF_LOOKED_AT(
                SequenceRig.forward("64 16 16 1 4 1 1"),
                SUMS,
                "shown.h",
                "& ~pair & 0x80008000u)",
                "& ~pair & 0x00008000u)"),
        GIVEN_NOT_AWAITED(
                IN_CLUSTERS,
                SUMS_IN_CLUSTERS,
                "rnn_sequence_forward.cu",
                "        await_cluster();\n        if",
                "        if"),
        GIVEN_BEFORE_IT_IS_THERE(
                IN_CLUSTERS,
                SUMS_IN_CLUSTERS,
                "rnn_sequence_forward.cu",
                "BARRIER();\n        if (EXCHANGE == FLAGS && THREAD == 0) publish",
                "if (THREAD == 0) publish"),
        ONE_PLACE_FOR_WHAT_IS_GIVEN(
                IN_CLUSTERS,
                SUMS_IN_CLUSTERS,
                "rnn_sequence_forward.cu",
                "#include \"cuda/shown.h\"",
                "#include \"cuda/shown.h\"\n#define BUFFER_LENGTH 0"),
        NOT_GIVEN_TO_ALL(
                IN_CLUSTERS,
                SUMS_IN_CLUSTERS,
                "rnn_sequence_forward.cu",
                "PIECES * (BLOCKS - 1)",
                "PIECES * (BLOCKS - 2)"),
        SUMS_GIVEN_NOT_AWAITED(
                SUMS_IN_CLUSTERS,
                IN_CLUSTERS,
                "rnn_sequence_backward.cu",
                "    arrive_in_cluster();\n    await_cluster();\n    UNROLL",
                "    arrive_in_cluster();\n    UNROLL"),
        ONE_SET_OF_GIVEN_SUMS(
                SUMS_IN_CLUSTERS,
                IN_CLUSTERS,
                "rnn_sequence_backward.cu",
                "given + done % 2 * (PARTS",
                "given + 0 * (PARTS"),
        CARRIED_LOST(COLUMNS, FORWARD, "cells.h", "carried = dc * forget;", "carried = 0.0f * forget;"),
        GRU_RESET_MISSING(GRU_FORWARD, GRU_BACKWARD, "cells.h", "FMA(a[0], a[3], a[2])", "(a[3] + a[2])"),
        GRU_UPDATE_SWAPPED(GRU_FORWARD, GRU_BACKWARD, "cells.h", "FMA(a[1], h - a[2], a[2])", "FMA(a[1], a[2] - h, h)"),
        GRU_STATE_ROUNDED(
                GRU_FORWARD,
                GRU_BACKWARD,
                "cells.h",
                "h = FMA(a[1], h - a[2], a[2])",
                "h = float_of(round_to_bfloat16(FMA(a[1], h - a[2], a[2])))"),
        GRU_BIAS_BESIDE_THE_RESET(
                GRU_FORWARD,
                GRU_BACKWARD,
                "rnn_sequence_forward.cu",
                "bias[hidden_side(gate)] += recurrent_bias",
                "bias[gate] += recurrent_bias"),
        GRU_CARRIED_LOST(GRU_BACKWARD, GRU_FORWARD, "cells.h", "whole = dh + carried", "whole = dh"),
        GRU_SIDES_SWAPPED(
                GRU_BACKWARD,
                GRU_FORWARD,
                "rnn_sequence_backward.cu",
                "gate * HIDDEN, d[hidden_side(gate)]);",
                "gate * HIDDEN, d[gate]);"),
        TANH_OF_THE_STEP_BEFORE(
                TANH_BACKWARD,
                TANH_FORWARD,
                "rnn_sequence_backward.cu",
                "of.before, state, of.dy",
                "state, of.before, of.dy"),
        RELU_ALWAYS_ON(RELU_BACKWARD, RELU_FORWARD, "cells.h", "d[0] = h > 0.0f ? dh", "d[0] = h >= 0.0f ? dh"),
        NONE(FORWARD, COLUMNS, "tile.h", "sums", "sums");

        private final SequenceSplit planted;
        private final SequenceSplit other;
        private final String file;
        private final String text;
        private final String instead;

        /** @param planted whose kernel the fault is in */
        Fault(SequenceSplit planted, SequenceSplit other, String file, String text, String instead) {
            this.planted = planted;
            this.other = other;
            this.file = file;
            this.text = text;
            this.instead = instead;
        }

        /** Whether it is in what a cell computes, so that the distance from the fused plan has to show it. */
        boolean isOfCell() {
            return file.equals("cells.h") || planted.cell() != Cell.LSTM;
        }

        SequenceRig rig(KernelImages images) {
            SequenceSplit forward = planted.isForward() ? planted : other;
            SequenceSplit backward = planted.isForward() ? other : planted;
            SequenceRig rig = new SequenceRig(images, forward, backward, 1, true);
            return this == GRU_STATE_ROUNDED ? rig.thatHardlyForgets() : rig;
        }
    }

    private static FaultyKernels kernels;

    @BeforeAll
    static void plantAll() throws IOException, InterruptedException {
        kernels = new FaultyKernels("planted-sequences");
        for (Fault fault : Fault.values()) {
            SequenceSplit split = fault.planted;
            kernels.plant(fault, fault.file, fault.text, fault.instead, split.file(), split.constants());
        }
        kernels.finish();
    }

    @AfterAll
    static void removeAll() throws IOException {
        kernels.close();
    }

    @BeforeEach
    void load() {
        Cudasim.load();
    }

    @AfterEach
    void reset() {
        Cudasim.reset();
    }

    /** What the splits compute without a fault. */
    private static float[][] sound(Fault fault) {
        return SOUND.computeIfAbsent(
                List.of(fault.planted, fault.other),
                _ -> fault.rig(SequenceRig.images()).train(false));
    }

    private static boolean isNoticed(Fault fault) {
        float[][] expected = sound(fault);
        SequenceRig rig = fault.rig(kernels.of(fault));
        for (int seed = 1; seed < 6; seed++) {
            Cudasim.reset();
            Cudasim.quiet();
            Cudasim.schedule(seed);
            Cudasim.lateBlock(seed % 4 - 1);
            try {
                if (!Arrays.deepEquals(expected, rig.train(false))) {
                    return true;
                }
            } catch (LstmGpuException fails) {
                return true;
            }
        }
        return false;
    }

    /** Other bits are not enough: what SequenceLoopTest allows would not notice them. */
    private static boolean isFarOff(Fault fault, KernelImages images) {
        float[][] expected = fault.rig(images).fused().train(false);
        float[][] actual = fault.rig(images).train(false);
        return IntStream.range(0, expected.length)
                .anyMatch(part -> !(SequenceRig.distance(expected[part], actual[part]) <= SequenceRig.TOLERANCE));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyFaultIsNoticed(Fault fault) {
        if (fault.isOfCell()) {
            assertFalse(isFarOff(fault, SequenceRig.images()), "far off without the fault " + fault);
            assertTrue(isFarOff(fault, kernels.of(fault)), "nobody noticed " + fault);
        } else {
            assertTrue(isNoticed(fault), "nobody noticed " + fault);
        }
    }

    @Test
    void withoutAFaultNothingIsNoticed() {
        assertFalse(isNoticed(Fault.NONE));
    }

    @Test
    void blocksThatWaitForeverAreAFailureWithAReason() {
        Cudasim.quiet();
        SequenceRig rig = Fault.FORWARD_NOT_SAID.rig(kernels.of(Fault.FORWARD_NOT_SAID));
        LstmGpuException failure = assertThrows(LstmGpuException.class, () -> rig.train(false));
        assertTrue(Cudasim.lastLine().contains("a block waits for what no other block says"), Cudasim.lastLine());
        assertTrue(failure.getMessage().contains("--resume"), failure.getMessage());
    }
}
