package lstmgpu.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.network.WeightGroup;
import lstmgpu.train.OptimiserSettings;
import org.junit.jupiter.api.Test;

/** Flags beside a preset that pulls its matrices towards zero. */
class PresetTest {
    private static final OptimiserSettings SMALL =
            Preset.SMALL.settings(Cell.DEFAULT, false, 2).optimisation();

    private static OptimiserSettings chosen(OptimizerSpec.Kind optimizer, Float decay, List<WeightGroup> only) {
        return new OptimisationChoice(optimizer, null, null, decay, only, null, null, null, null, null)
                .optimisation(SMALL);
    }

    @Test
    void onlyMatricesArePulledUnlessAFlagSaysMore() {
        assertEquals(SMALL, chosen(null, null, null));
        assertEquals(OptimizerSpec.Kind.ADAMW, SMALL.optimizer());
        assertEquals(List.of(WeightGroup.MATRICES), SMALL.decayOnly());
        OptimiserSettings more = chosen(null, 0.1f, List.of(WeightGroup.OUTPUT));
        assertEquals(0.1f, more.weightDecay());
        assertEquals(List.of(WeightGroup.OUTPUT), more.decayOnly());
        assertEquals(0, chosen(null, 0f, null).weightDecay());
    }

    /** A decay that suits AdamW would undo what SGD learns. */
    @Test
    void anotherOptimiserHasTheDecayThatItIsGiven() {
        OptimiserSettings sgd = chosen(OptimizerSpec.Kind.SGD, null, null);
        assertEquals(0, sgd.weightDecay());
        assertEquals(List.of(), sgd.decayOnly());
        assertEquals(1e-6f, chosen(OptimizerSpec.Kind.SGD, 1e-6f, null).weightDecay());
    }

    @Test
    void otherPresetsPullNothing() {
        assertEquals(
                0, Preset.TINY.settings(Cell.DEFAULT, false, 2).optimisation().weightDecay());
        assertEquals(
                OptimizerSpec.Kind.ADAM,
                Preset.TINY.settings(Cell.DEFAULT, false, 2).optimisation().optimizer());
    }

    @Test
    void whatBearsLessHasARateOfItsOwn() {
        float rate = SMALL.learningRate();
        for (Cell cell : List.of(Cell.LSTM, Cell.LSTM_PEEPHOLE, Cell.LSTM_LAYER_NORM)) {
            assertEquals(
                    rate, Preset.SMALL.settings(cell, false, 2).optimisation().learningRate(), cell.word());
        }
        for (Cell cell : List.of(Cell.GRU, Cell.RNN_TANH, Cell.RNN_RELU, Cell.LSTM_COUPLED)) {
            assertEquals(
                    3e-3f, Preset.SMALL.settings(cell, false, 2).optimisation().learningRate(), cell.word());
        }
        assertEquals(
                3e-3f, Preset.SMALL.settings(Cell.LSTM, true, 2).optimisation().learningRate());
    }
}
