package lstmgpu.inspect;

import java.util.Map;
import lstmgpu.backend.CellTensor;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/** A layer of a {@link GradientTrace}, forward and back; it keeps no state, and threads share it. */
final class GradientLayer {
    private final int rows;
    private final int inputs;
    private final Product input;
    private final Product recurrent;
    private final Product inputBack;
    private final Product recurrentBack;
    private final LayerFormula formula;

    GradientLayer(NetworkConfig config, Map<String, Tensor> tensors, int layer) {
        Tensor inputWeight = LayerFormula.tensor(tensors, CellTensor.INPUT_WEIGHT, layer);
        Tensor recurrentWeight = LayerFormula.tensor(tensors, CellTensor.RECURRENT_WEIGHT, layer);
        this.rows = inputWeight.shape().get(0);
        this.inputs = inputWeight.shape().get(1);
        this.input = Product.of(inputWeight);
        this.recurrent = Product.of(recurrentWeight);
        this.inputBack = Product.ofTransposed(inputWeight);
        this.recurrentBack = Product.ofTransposed(recurrentWeight);
        this.formula = new LayerFormula(config, tensors, layer);
    }

    /** The states of a sequence that begins, or gradients by them: zero. */
    double[][] zeros() {
        return formula.zeros();
    }

    /** A step from these states on. */
    LayerFormula.Step step(double[] x, double[][] before) {
        double[] fromInput = new double[rows];
        double[] fromState = new double[rows];
        input.add(x, fromInput);
        recurrent.add(before[0], fromState);
        return formula.forward(fromInput, fromState, before);
    }

    /**
     * The way back through a step.
     *
     * @param dStates gradients by the states after it; becomes those by the states before it
     * @return those by what it read
     */
    double[] back(LayerFormula.Step step, double[][] dStates) {
        LayerFormula.Slopes slopes = formula.back(step, dStates);
        recurrentBack.add(slopes.recurrent(), dStates[0]);
        double[] dx = new double[inputs];
        inputBack.add(slopes.input(), dx);
        return dx;
    }
}
