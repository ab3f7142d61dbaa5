package lstmgpu.inspect;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.backend.CellSignal;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.TextAssembler;

/**
 * What some units showed while they read a text.
 *
 * @param texts what each token adds to the text, as it is shown
 * @param signals gates and states, in the order of the cell
 * @param values [units][signals][tokens]; a cell state as tanh(c)
 */
@SuppressWarnings("ArrayRecordComponent")
public record GateReading(
        List<String> texts, List<UnitSearch.Unit> units, List<CellSignal> signals, float[][][] values) {
    /** The trace begins anew. */
    public static GateReading of(GateTrace trace, Tokenizer tokenizer, int[] ids, List<UnitSearch.Unit> units) {
        List<CellSignal> signals = trace.config().cell().signals();
        return new GateReading(texts(tokenizer, ids), units, signals, values(trace, ids, units, signals));
    }

    private static List<String> texts(Tokenizer tokenizer, int... ids) {
        List<String> texts = new ArrayList<>();
        Tokenizer.Decoder decoder = tokenizer.decoder();
        TextAssembler assembler = new TextAssembler();
        for (int id : ids) {
            String text = assembler.append(decoder.next(id));
            texts.add(Page.visible(text.replace("\n", "↵").replace("\t", "⇥")));
        }
        return texts;
    }

    private static float[][][] values(
            GateTrace trace, int[] ids, List<UnitSearch.Unit> units, List<CellSignal> signals) {
        float[][][] values = new float[units.size()][signals.size()][ids.length];
        trace.reset();
        for (int t = 0; t < ids.length; t++) {
            trace.read(ids[t]);
            for (int u = 0; u < units.size(); u++) {
                UnitSearch.Unit unit = units.get(u);
                for (int s = 0; s < signals.size(); s++) {
                    double value = trace.value(unit.layer(), signals.get(s), unit.index());
                    values[u][s][t] = (float) (signals.get(s) == CellSignal.CELL ? Math.tanh(value) : value);
                }
            }
        }
        return values;
    }
}
