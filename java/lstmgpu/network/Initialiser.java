package lstmgpu.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import lstmgpu.backend.CellTensor;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.Philox;

/**
 * Computes the weights a run starts from, on the host, so that every backend starts from the same bits.
 *
 * <p>The embedding is normal with mean 0 and variance 1, as PyTorch's {@code nn.Embedding}, and the output layer
 * uniform in ±1/√R of the R numbers that a layer shows (H, or P of a projection),
 * as its {@code nn.Linear}, and so, in ±1/√I of the I numbers that it reads, every matrix of an
 * adaptive softmax's clusters; tied, the embedding starts like the output layer, because the other way
 * round the first logits would be √H times too large. Input and recurrent matrices are as {@link Initialisation}
 * says; their biases are uniform in ±1/√H with {@link Initialisation#UNIFORM} and {@link
 * Initialisation#CHRONO}, otherwise 0, and so are peepholes. Some gates start with a
 * number of their own ({@link CellTensor#beginning}), gains of a normalisation with 1.
 */
final class Initialiser {
    private static final int FIRST_STREAM = 0x100;
    private static final int WORDS = 4;

    private final NetworkConfig config;
    private final long seed;
    private final Initialisation initialisation;
    private final int steps;
    private final Map<String, CellTensor> recurrent = new HashMap<>();

    /** @param steps T of the longest sequence */
    Initialiser(NetworkConfig config, long seed, Initialisation initialisation, int steps) {
        this.config = config;
        this.seed = seed;
        this.initialisation = initialisation;
        this.steps = steps;
        for (int layer = 0; layer < config.layers(); layer++) {
            for (CellTensor tensor : config.rnnShape().tensors()) {
                recurrent.put(NetworkConfig.RNN_PREFIX + tensor.in(layer, false), tensor);
                recurrent.put(NetworkConfig.RNN_PREFIX + tensor.in(layer, true), tensor);
            }
        }
    }

    /** A flat buffer's content. */
    float[] values(ParameterLayout layout) {
        float[] values = new float[Math.toIntExact(layout.length())];
        int stream = FIRST_STREAM;
        for (ParameterLayout.Slot slot : layout.slots()) {
            initialise(slot, new Numbers(seed, stream++), values);
        }
        return values;
    }

    private void initialise(ParameterLayout.Slot slot, Numbers numbers, float[] values) {
        int offset = Math.toIntExact(slot.offset());
        int length = Math.toIntExact(slot.length());
        boolean ofCluster = slot.name().startsWith(Head.TAIL) || slot.name().startsWith(InputPart.Tokens.TAIL);
        CellTensor tensor = recurrent.get(slot.name());
        int width = tensor == null ? config.rnnShape().shownSize() : config.hiddenSize();
        double bound = 1 / Math.sqrt(ofCluster ? slot.shape().getLast() : width);
        if (slot.name().equals(InputPart.Tokens.EMBEDDING) && !config.tieWeights()) {
            for (int i = 0; i < length; i++) {
                values[offset + i] = (float) numbers.normal();
            }
        } else if (tensor == null || isUniform()) {
            fillUniform(numbers, bound, values, offset, length);
        } else if (tensor.isMatrix()) {
            int blocks = Math.max(1, tensor.rows(config.cell()));
            int rows = slot.shape().get(0) / blocks;
            initialiseBlocks(numbers, blocks, rows, slot.shape().get(1), values, offset);
        }
        if (tensor != null) {
            begin(tensor, values, offset);
            if (initialisation == Initialisation.CHRONO && tensor.isBias()) {
                spreadMemory(tensor, numbers, values, offset);
            }
        }
    }

    private boolean isUniform() {
        return initialisation == Initialisation.UNIFORM || initialisation == Initialisation.CHRONO;
    }

    /** The gate that keeps begins with log u, u uniform in [1, T−1), the one that takes in with −log u. */
    private void spreadMemory(CellTensor tensor, Numbers numbers, float[] values, int offset) {
        int hidden = config.hiddenSize();
        for (int unit = 0; unit < hidden; unit++) {
            double u = 1 + numbers.uniform() * Math.max(0, steps - 2);
            float bias = tensor == CellTensor.INPUT_BIAS ? (float) StrictMath.log(u) : 0;
            for (int gate = 0; gate < config.cell().gates(); gate++) {
                switch (config.cell().rows().get(gate).signal()) {
                    case FORGET, UPDATE -> values[offset + gate * hidden + unit] = bias;
                    case INPUT -> values[offset + gate * hidden + unit] = 0 - bias;
                    default -> {} // as it is
                }
            }
        }
    }

    /** The gates whose rows begin with one number. */
    private void begin(CellTensor tensor, float[] values, int offset) {
        int hidden = config.hiddenSize();
        for (int gate = 0; gate < tensor.rows(config.cell()); gate++) {
            Float beginning = tensor.beginning(config.cell().rows().get(gate));
            if (beginning != null) {
                Arrays.fill(values, offset + gate * hidden, offset + (gate + 1) * hidden, beginning);
            }
        }
    }

    /** Each gate's rows are a matrix of their own. */
    private void initialiseBlocks(Numbers numbers, int blocks, int rows, int inputs, float[] values, int offset) {
        int length = Math.multiplyExact(rows, inputs);
        for (int block = 0; block < blocks; block++) {
            int start = offset + block * length;
            if (initialisation == Initialisation.XAVIER) {
                fillUniform(numbers, Math.sqrt(6.0 / (inputs + rows)), values, start, length);
            } else {
                fillOrthogonal(numbers, rows, inputs, values, start);
            }
        }
    }

    private static void fillUniform(Numbers numbers, double bound, float[] values, int offset, int length) {
        for (int i = 0; i < length; i++) {
            values[offset + i] = (float) ((2 * numbers.uniform() - 1) * bound);
        }
    }

    /** Orthonormal rows, or columns where there are more rows than columns. */
    private static void fillOrthogonal(Numbers numbers, int rows, int columns, float[] values, int offset) {
        int count = Math.min(rows, columns);
        int size = Math.max(rows, columns);
        double[][] vectors = new double[count][size];
        for (double[] vector : vectors) {
            for (int i = 0; i < size; i++) {
                vector[i] = numbers.normal();
            }
        }
        orthonormalise(vectors);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double value = rows <= columns ? vectors[row][column] : vectors[column][row];
                values[offset + row * columns + column] = (float) value;
            }
        }
    }

    /** Gram and Schmidt's method, each vector twice, which keeps it accurate. */
    private static void orthonormalise(double[][] vectors) {
        for (int k = 0; k < vectors.length; k++) {
            for (int pass = 0; pass < 2; pass++) {
                for (int earlier = 0; earlier < k; earlier++) {
                    subtract(vectors[k], vectors[earlier], dot(vectors[k], vectors[earlier]));
                }
                scale(vectors[k], 1 / Math.sqrt(dot(vectors[k], vectors[k])));
            }
        }
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    private static void subtract(double[] target, double[] direction, double amount) {
        for (int i = 0; i < target.length; i++) {
            target[i] -= amount * direction[i];
        }
    }

    private static void scale(double[] target, double factor) {
        for (int i = 0; i < target.length; i++) {
            target[i] *= factor;
        }
    }

    /** The numbers of one stream, one after the other. */
    private static final class Numbers {
        private final long seed;
        private final int stream;
        private final int[] words = new int[WORDS];
        private long next;

        Numbers(long seed, int stream) {
            this.seed = seed;
            this.stream = stream;
        }

        /** In (0, 1), never an end. */
        double uniform() {
            int word = (int) (next % WORDS);
            if (word == 0) {
                Philox.block(seed, stream, 0, next / WORDS, words, 0);
            }
            next++;
            return ((words[word] & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
        }

        /** Box and Muller's method; StrictMath, because its bits are the same everywhere. */
        double normal() {
            double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
            return radius * StrictMath.cos(2 * StrictMath.PI * uniform());
        }
    }
}
