package lstmgpu.gaps;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import lstmgpu.backend.CellSignal;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.Gate;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * Chrono initialisation (Tallec and Ollivier 2018): the gate that keeps a unit's state begins so far open that the
 * units together forget over all times up to T: its b is log u, u uniform in [1, T−1], and that of a separate input gate
 * −log u. A cell without such a gate has nothing to set.
 */
final class ChronoBias {
    private ChronoBias() {}

    /** Sets b of a network that is to remember for so many steps. */
    static void set(Network network, int steps, RandomGenerator random) {
        NetworkConfig config = network.config();
        Map<String, Tensor> tensors = new LinkedHashMap<>(network.tensors());
        for (int layer = 0; layer < config.layers(); layer++) {
            double[] times = random.doubles(config.hiddenSize(), 1, Math.max(2, steps - 1))
                    .toArray();
            tensors.computeIfPresent(
                    NetworkConfig.RNN_PREFIX + CellTensor.INPUT_BIAS.in(layer),
                    (_, bias) -> opened(config.cell().rows(), bias, times));
        }
        network.load(tensors);
    }

    private static Tensor opened(List<Gate> gates, Tensor bias, double[] times) {
        float[] values = bias.values().clone();
        for (int gate = 0; gate < gates.size(); gate++) {
            int sign = sign(gates.get(gate).signal());
            for (int unit = 0; sign != 0 && unit < times.length; unit++) {
                values[gate * times.length + unit] = (float) (sign * Math.log(times[unit]));
            }
        }
        return new Tensor(bias.shape(), values);
    }

    /** Of what b begins with; 0 where it stays as it was. */
    private static int sign(CellSignal signal) {
        return switch (signal) {
            case FORGET, UPDATE -> 1;
            case INPUT -> -1;
            default -> 0;
        };
    }
}
