package lstmgpu.backend.cuda.sequence;

import lstmgpu.backend.Cell;
import lstmgpu.backend.cuda.driver.KernelImages;

/** Faults to be planted in the whole-sequence kernels: what is written instead of what, and where. */
enum SequenceFault {
    FORWARD_WAIT_MISSING(
            Splits.FORWARD,
            Splits.COLUMNS,
            "hidden.h",
            "if (THREAD < BLOCKS) wait_until(group_flags + THREAD, n, patience);",
            ""),
    FORWARD_WAIT_FOR_THE_STEP_BEFORE(
            Splits.FORWARD,
            Splits.COLUMNS,
            "hidden.h",
            "group_flags + THREAD, n, patience);",
            "group_flags + THREAD, n - 1, patience);"),
    FORWARD_WAIT_COUNTS_FROM_ZERO(
            Splits.FORWARD,
            Splits.COLUMNS,
            "rnn_sequence_forward.cu",
            "const uint32 start = EXCHANGE == FLAGS ? group_flags[BLOCK_X] : 0;",
            "const uint32 start = 0;"),
    FORWARD_SAID_TOO_EARLY(
            Splits.FORWARD,
            Splits.COLUMNS,
            "rnn_sequence_forward.cu",
            "BARRIER();\n        if (EXCHANGE == FLAGS && THREAD == 0) store_release",
            "if (THREAD == 0) store_release"),
    FORWARD_NOT_SAID(
            Splits.FORWARD,
            Splits.COLUMNS,
            "rnn_sequence_forward.cu",
            "if (EXCHANGE == FLAGS && THREAD == 0) store_release(group_flags + BLOCK_X, start + step + 1);",
            ""),
    GATES_SWAPPED(Splits.FORWARD, Splits.COLUMNS, "cells.h", "gate == 2 ?", "gate == 1 ?"),
    ROWS_SWAPPED(
            Splits.FORWARD,
            Splits.COLUMNS,
            "rnn_sequence_forward.cu",
            "(long64)(row / UNITS) * HIDDEN",
            "(long64)(3 - row / UNITS) * HIDDEN"),
    COPY_NOT_AWAITED(Splits.FORWARD, Splits.COLUMNS, "tile.h", "await_copies<0>();", ""),
    CHUNK_NOT_AWAITED(Splits.WIDE, Splits.GRID, "tile.h", "await_copies<1>();", "await_copies<2>();"),
    CHUNK_OVERWRITTEN(
            Splits.WIDE,
            Splits.GRID,
            "tile.h",
            "chunk % 2 * BUFFER_LENGTH, chunk);\n        BARRIER();",
            "chunk % 2 * BUFFER_LENGTH, chunk);"),
    BACKWARD_WAIT_MISSING(
            Splits.COLUMNS,
            Splits.FORWARD,
            "rnn_sequence_backward.cu",
            "if (THREAD < ROW_SHARES) wait_until(gate_flags + THREAD * PARTS + part, n, patience);",
            ""),
    SUMS_WAIT_MISSING(
            Splits.SUMS,
            SplitText.forward("64 16 16 1 4 1 1"),
            "row_sums.h",
            "if (THREAD < PARTS) wait_until(row_flags + THREAD, n, patience);",
            ""),
    SUMS_SAID_TOO_EARLY(
            Splits.SUMS,
            SplitText.forward("64 16 16 1 4 1 1"),
            "row_sums.h",
            "BARRIER();\n    if (THREAD == 0) store_release(row_flags",
            "if (THREAD == 0) store_release(row_flags"),
    ONE_SET_OF_SUMS(
            Splits.SUMS,
            SplitText.forward("64 16 16 1 4 1 1"),
            "row_sums.h",
            "done % 2 * (long64)BLOCKS_Y",
            "0 * (long64)BLOCKS_Y"),
    SUMS_OF_ANOTHER_COLUMN(
            Splits.GRID, Splits.WIDE, "row_sums.h", "ROWS + part * UNITS + pairs.share", "ROWS + pairs.share"),
    SHOWN_NOT_LOOKED_FOR(
            SplitText.forward("64 16 16 1 4 1 1"),
            Splits.SUMS,
            "shown.h",
            "for (uint32 asked = 0; !is_shown(pieces[i]);) {",
            "for (uint32 asked = 0; false;) {"),
    THREE_PAIRS_LOOKED_AT(SplitText.forward("64 16 16 1 4 1 1"), Splits.SUMS, "shown.h", " && pairs.w != 0", ""),
    SHOWN_IN_HALVES(
            SplitText.forward("64 16 16 1 4 1 1"),
            Splits.SUMS,
            "hidden.h",
            "if (pairs.has(pair) && pairs.unit % 2 == 0) store_relaxed((uint32 *)to, both ? both : 0x80008000u);",
            "if (pairs.has(pair)) cudasim::cooperative->store_relaxed(to, value ? value : (bits16)0x8000);"),
    ABSENT_SEQUENCES_NOT_CLEARED(
            Splits.IN_CLUSTERS,
            Splits.SUMS_IN_CLUSTERS,
            "rnn_sequence_forward.cu",
            "if (EXCHANGE == CLUSTER) clear_absent((bits16 *)(memory + KEPT_BYTES) + BUFFER_LENGTH, pairs);",
            ""),
    GIVEN_NOT_AWAITED(
            Splits.IN_CLUSTERS,
            Splits.SUMS_IN_CLUSTERS,
            "rnn_sequence_forward.cu",
            "        await_cluster();\n        multiply_hidden",
            "        multiply_hidden"),
    GIVEN_BEFORE_IT_IS_THERE(
            Splits.IN_CLUSTERS,
            Splits.SUMS_IN_CLUSTERS,
            "rnn_sequence_forward.cu",
            "BARRIER();\n        if (EXCHANGE == FLAGS && THREAD == 0) store_release",
            "if (THREAD == 0) store_release"),
    ONE_PLACE_FOR_WHAT_IS_GIVEN(
            Splits.IN_CLUSTERS,
            Splits.SUMS_IN_CLUSTERS,
            "hidden.h",
            "#include \"cuda/shown.h\"",
            "#include \"cuda/shown.h\"\n#define BUFFER_LENGTH 0"),
    NOT_GIVEN_TO_ALL(
            Splits.IN_CLUSTERS, Splits.SUMS_IN_CLUSTERS, "hidden.h", "PIECES * (BLOCKS - 1)", "PIECES * (BLOCKS - 2)"),
    SUMS_GIVEN_NOT_AWAITED(
            Splits.SUMS_IN_CLUSTERS,
            Splits.IN_CLUSTERS,
            "row_sums.h",
            "    arrive_in_cluster();\n    await_cluster();\n    UNROLL",
            "    arrive_in_cluster();\n    UNROLL"),
    ONE_SET_OF_GIVEN_SUMS(
            Splits.SUMS_IN_CLUSTERS,
            Splits.IN_CLUSTERS,
            "row_sums.h",
            "given + (PLACES == 2 ? done % 2 : 0)",
            "given + 0"),
    PLACE_FILLED_BEFORE_IT_IS_FREE(
            Splits.MIXED,
            Splits.WIDE,
            "row_sums.h",
            "constexpr bool MEETS_BEFORE = PLACES == 1;",
            "constexpr bool MEETS_BEFORE = false;"),
    PLACE_FREED_BEFORE_IT_IS_READ(
            Splits.MIXED, Splits.WIDE, "row_sums.h", Splits.READ_GIVEN + Splits.FREE, Splits.FREE + Splits.READ_GIVEN),
    SUMS_OF_A_ROW_NOT_AWAITED(
            Splits.MIXED,
            Splits.WIDE,
            "row_sums.h",
            "    arrive_in_cluster();\n    await_cluster();\n    UNROLL",
            "    arrive_in_cluster();\n    UNROLL"),
    SUMS_GIVEN_TO_ANOTHER_PLACE(
            Splits.MIXED,
            Splits.WIDE,
            "row_sums.h",
            "given + (part * SEQUENCES + sequence) * UNITS + row % UNITS, row / UNITS,",
            "given + (part * SEQUENCES + sequence) * UNITS + row % UNITS, (row / UNITS + 1) % PARTS,"),
    CARRIED_LOST(Splits.COLUMNS, Splits.FORWARD, "cells.h", "carried = dc * forget;", "carried = 0.0f * forget;"),
    GRU_RESET_MISSING(Splits.GRU_FORWARD, Splits.GRU_BACKWARD, "cells.h", "FMA(a[0], a[3], a[2])", "(a[3] + a[2])"),
    GRU_UPDATE_SWAPPED(
            Splits.GRU_FORWARD, Splits.GRU_BACKWARD, "cells.h", "FMA(a[1], h - a[2], a[2])", "FMA(a[1], a[2] - h, h)"),
    GRU_STATE_ROUNDED(
            Splits.GRU_FORWARD,
            Splits.GRU_BACKWARD,
            "cells.h",
            "h = FMA(a[1], h - a[2], a[2])",
            "h = float_of(round_to_bfloat16(FMA(a[1], h - a[2], a[2])))"),
    GRU_BIAS_BESIDE_THE_RESET(
            Splits.GRU_FORWARD,
            Splits.GRU_BACKWARD,
            "rnn_sequence_forward.cu",
            "bias[hidden_side(gate)] += recurrent_bias",
            "bias[gate] += recurrent_bias"),
    GRU_CARRIED_LOST(Splits.GRU_BACKWARD, Splits.GRU_FORWARD, "cells.h", "whole = dh + carried", "whole = dh"),
    GRU_SIDES_SWAPPED(
            Splits.GRU_BACKWARD,
            Splits.GRU_FORWARD,
            "rnn_sequence_backward.cu",
            "gate * HIDDEN, d[hidden_side(gate)]);",
            "gate * HIDDEN, d[gate]);"),
    TANH_OF_THE_STEP_BEFORE(
            Splits.TANH_BACKWARD,
            Splits.TANH_FORWARD,
            "rnn_sequence_backward.cu",
            "of.before, state, of.dy",
            "state, of.before, of.dy"),
    RELU_ALWAYS_ON(
            Splits.RELU_BACKWARD, Splits.RELU_FORWARD, "cells.h", "d[0] = h > 0.0f ? dh", "d[0] = h >= 0.0f ? dh"),
    NONE(Splits.FORWARD, Splits.COLUMNS, "tile.h", "sums", "sums");

    final SequenceSplit planted;
    final SequenceSplit other;
    final String file;
    final String text;
    final String instead;

    /** @param planted whose kernel the fault is in */
    SequenceFault(SequenceSplit planted, SequenceSplit other, String file, String text, String instead) {
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

    /** A split's kernel is small enough for the stand-in and large enough for what the fault breaks. */
    private static final class Splits {
        static final SequenceSplit FORWARD = SplitText.forward("64 16 8 0 4 1 1");
        static final SequenceSplit COLUMNS = SplitText.backward("64 16 8 1 0 1 1 1");
        static final SequenceSplit SUMS = SplitText.backward("64 16 16 4 0 4 0 1");
        static final SequenceSplit GRID = SplitText.backward("128 16 8 2 0 2 1 2");
        static final String FREE = "    if (MEETS_BEFORE) arrive_in_cluster();\n";
        static final String READ_GIVEN = """
                UNROLL for (int pair = 0; pair < PAIRS; pair++) {
                    dh[pair] = 0.0f;
                    if (pairs.slot(pair) >= SEQUENCES) continue;
                    UNROLL for (int other = 0; other < PARTS; other++) {
                        dh[pair] += given[(other * SEQUENCES + pairs.slot(pair)) * UNITS + pairs.share];
                    }
                }
            """;
        static final SequenceSplit MIXED = SplitText.backward("128 16 8 4 3 4 0 2");
        static final SequenceSplit WIDE = SplitText.forward("128 32 8 0 4 1 2");
        static final SequenceSplit GRU_FORWARD = SplitText.forward(Cell.GRU, "128 32 8 1 2 1 1");
        static final SequenceSplit GRU_BACKWARD = SplitText.backward(Cell.GRU, "128 32 8 2 0 4 2 1");
        static final SequenceSplit TANH_FORWARD = SplitText.forward(Cell.RNN_TANH, "128 32 8 2 2 1 1");
        static final SequenceSplit TANH_BACKWARD = SplitText.backward(Cell.RNN_TANH, "128 32 8 4 2 8 1 1");
        static final SequenceSplit RELU_FORWARD = SplitText.forward(Cell.RNN_RELU, "64 64 8 0 4 1 1");
        static final SequenceSplit RELU_BACKWARD = SplitText.backward(Cell.RNN_RELU, "64 64 8 1 0 4 1 1");
        static final SequenceSplit IN_CLUSTERS = SplitText.forward("64 16 8 2 4 1 1");
        static final SequenceSplit SUMS_IN_CLUSTERS = SplitText.backward("64 16 8 4 2 4 0 1");
    }
}
