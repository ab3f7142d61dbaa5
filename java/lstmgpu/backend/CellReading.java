package lstmgpu.backend;

import static lstmgpu.backend.CellSignal.CANDIDATE;
import static lstmgpu.backend.CellSignal.CELL;
import static lstmgpu.backend.CellSignal.FORGET;
import static lstmgpu.backend.CellSignal.HIDDEN;
import static lstmgpu.backend.CellSignal.INPUT;
import static lstmgpu.backend.CellSignal.OUTPUT;
import static lstmgpu.backend.CellSignal.RESET;
import static lstmgpu.backend.CellSignal.UPDATE;

import java.util.List;

/**
 * How a map of a cell's gates is read.
 *
 * @param signals in the order in which they come about
 * @param text with %1$s for what an open gate is drawn as; a word with a colon begins what the word is about
 */
record CellReading(List<CellSignal> signals, String text) {
    private static final String REMEMBERED = " Remember: the cell state c, drawn as tanh(c). Use: where the output"
            + " gate o is %1$s, the network sees it as h.";

    static final CellReading KEPT_BESIDE = new CellReading(
            List.of(FORGET, INPUT, CANDIDATE, CELL, OUTPUT, HIDDEN),
            "Forget: where the forget gate f is %1$s, the unit keeps its cell state. Learn: where the input gate i is"
                    + " %1$s, it adds the candidate to it." + REMEMBERED);

    static final CellReading NORMALISED = new CellReading(
            KEPT_BESIDE.signals, KEPT_BESIDE.text.replace("sees it as h", "sees it, normalised over the layer, as h"));

    static final CellReading COUPLED = new CellReading(
            List.of(INPUT, CANDIDATE, CELL, OUTPUT, HIDDEN),
            "Learn: where the input gate i is %1$s, the candidate takes the place of the cell state, elsewhere the unit"
                    + " keeps it." + REMEMBERED);

    static final CellReading KEPT_IN_PLACE = new CellReading(
            List.of(RESET, CANDIDATE, UPDATE, HIDDEN),
            "The reset gate r says how much of the state goes into the candidate; where the update gate z is %1$s, the"
                    + " unit keeps its state h, elsewhere it takes the candidate.");

    static final CellReading PLAIN =
            new CellReading(List.of(HIDDEN), "A plain recurrent unit has no gates; its state h is all there is.");
}
