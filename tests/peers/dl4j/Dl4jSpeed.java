import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Prints the median tokens a second of a language model in Deeplearning4j, for {@code speed_dl4j.py}. */
public final class Dl4jSpeed {
    private static final int VOCABULARY = 96;
    private static final int WARM_UP = 3;
    private static final int LEAST_CALLS = 5;
    /** A single token is too short to time. */
    private static final int DRAWS = 64;

    private static final Random RANDOM = new Random(1);

    private Dl4jSpeed() {}

    public static void main(String[] arguments) {
        if (arguments.length != 4 || !List.of("train", "generate").contains(arguments[0])) {
            System.err.println("usage: Dl4jSpeed train|generate LAYERSxHIDDENxSEQUENCESxSTEPS SECONDS THREADS");
            System.exit(2);
        }
        int[] shape = Arrays.stream(arguments[1].split("x"))
                .mapToInt(Integer::parseInt)
                .toArray();
        double seconds = Double.parseDouble(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        Nd4j.getEnvironment().setMaxThreads(threads);
        Nd4j.getEnvironment().setMaxMasterThreads(threads);
        MultiLayerNetwork network = network(shape[0], shape[1]);
        boolean training = arguments[0].equals("train");
        System.out.println(training ? train(network, shape[2], shape[3], seconds) : generate(network, seconds));
    }

    private static MultiLayerNetwork network(int layers, int hidden) {
        NeuralNetConfiguration.ListBuilder list = new NeuralNetConfiguration.Builder()
                .seed(1)
                .dataType(DataType.FLOAT)
                .updater(new Adam(1e-3))
                // It has none by the norm of all gradients together.
                .gradientNormalization(GradientNormalization.ClipL2PerLayer)
                .gradientNormalizationThreshold(1)
                .list();
        for (int i = 0; i < layers; i++) {
            int inputs = i == 0 ? VOCABULARY : hidden;
            list.layer(new LSTM.Builder()
                    .nIn(inputs)
                    .nOut(hidden)
                    .activation(Activation.TANH)
                    .build());
        }
        list.layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(hidden)
                .nOut(VOCABULARY)
                .activation(Activation.SOFTMAX)
                .build());
        MultiLayerNetwork network = new MultiLayerNetwork(list.build());
        network.init();
        return network;
    }

    /** One-hot [sequences,vocabulary,steps], with a step's values together, as the layers themselves keep theirs. */
    private static INDArray randomTokens(int sequences, int steps) {
        INDArray tokens = Nd4j.create(DataType.FLOAT, new long[] {sequences, VOCABULARY, steps}, 'f');
        for (int b = 0; b < sequences; b++) {
            for (int t = 0; t < steps; t++) {
                tokens.putScalar(b, RANDOM.nextInt(VOCABULARY), t, 1);
            }
        }
        return tokens;
    }

    private static double train(MultiLayerNetwork network, int sequences, int steps, double seconds) {
        INDArray inputs = randomTokens(sequences, steps);
        INDArray targets = randomTokens(sequences, steps);
        List<Double> losses = new ArrayList<>();
        double speed = measure(sequences * steps, seconds, () -> {
            network.fit(inputs, targets);
            losses.add(network.score() / steps); // The score is a sum over the steps.
        });
        double first = losses.get(0);
        double last = losses.get(losses.size() - 1);
        System.err.println("loss " + first + ", after " + losses.size() + " steps on the same batch " + last);
        if (!(last < first)) {
            System.exit(1); // Whatever it did so fast, it was not training.
        }
        return speed;
    }

    private static double generate(MultiLayerNetwork network, double seconds) {
        INDArray input = Nd4j.create(DataType.FLOAT, 1, VOCABULARY, 1);
        int[] token = {0};
        return measure(DRAWS, seconds, () -> {
            for (int i = 0; i < DRAWS; i++) {
                input.putScalar(token[0], 1);
                INDArray probabilities = network.rnnTimeStep(input);
                input.putScalar(token[0], 0);
                token[0] = draw(probabilities.data().asFloat());
            }
        });
    }

    private static int draw(float[] probabilities) {
        if (probabilities.length != VOCABULARY) {
            throw new IllegalStateException(probabilities.length + " probabilities");
        }
        float left = RANDOM.nextFloat();
        int token = 0;
        while (token < VOCABULARY - 1 && left >= probabilities[token]) {
            left -= probabilities[token++];
        }
        return token;
    }

    private static double measure(int tokens, double seconds, Runnable work) {
        for (int i = 0; i < WARM_UP; i++) {
            work.run();
        }
        List<Long> times = new ArrayList<>();
        long begin = System.nanoTime();
        while (times.size() < LEAST_CALLS || System.nanoTime() - begin < seconds * 1e9) {
            long start = System.nanoTime();
            work.run();
            times.add(System.nanoTime() - start);
        }
        long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
        return tokens / ((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2e9);
    }
}
