package lstmgpu.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.TestText;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.network.Evaluation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;
import lstmgpu.network.WeightUpdate;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.Safetensors;
import lstmgpu.store.WeightsOrigin;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The model of a run with averages is the average of its weights, in all that comes of it. */
class AveragedRunTest {
    private static final int STEPS = 10;
    private static final int LONGER = 20;

    /** Where the mean begins in such a run, by its losses. */
    private static final int BEGINS = 18;

    private static final float DECAY = 0.8f;
    private static final NetworkConfig CONFIG = Runs.config(Cell.LSTM, 0);

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();
    private final Runs.Observer observer = new Runs.Observer() {
        @Override
        public void notice(String message) {
            notices.add(message);
        }
    };

    static TrainingSettings exponential(int steps) {
        return averaged(steps, new Averaging(Averaging.Kind.EMA, DECAY, 5));
    }

    /** At such a rate the loss soon rises: the mean begins early. */
    static TrainingSettings mean(int steps) {
        TrainingSettings settings = averaged(steps, new Averaging(Averaging.Kind.ASGD, DECAY, 1));
        settings = Runs.with(settings, new TrainingSettings.Validation(2, 0, 0));
        return Runs.with(settings, new OptimiserSettings(OptimizerSpec.Kind.SGD, 8f, 0, 0, List.of(), 1));
    }

    /** With samples, since they are drawn from the averaged weights between two steps. */
    private static TrainingSettings averaged(int steps, Averaging averaging) {
        TrainingSettings settings = Runs.with(Runs.settings(steps), averaging);
        settings = Runs.with(settings, new TrainingSettings.Samples(4, "one", 10));
        return Runs.with(settings, new TrainingSettings.Saving(1, 99, false));
    }

    private TrainingResult train(String name, TrainingText text, TrainingSettings settings) {
        try (Backend backend = new CpuBackend(1)) {
            return Runs.train(backend, folder.resolve(name), CONFIG, text, settings, observer);
        }
    }

    private Map<String, Tensor> tensors(String run, int step, String file) {
        return Safetensors.read(folder.resolve("%s/checkpoints/step-%08d/%s".formatted(run, step, file)));
    }

    /** Σ β^(last−i)·p_i / Σ β^(last−i) over the weights after the steps from first to last. */
    private double[] expected(String run, String tensor, int first, int last, double decay) {
        double[] sum = null;
        double weights = 0;
        for (int step = first; step <= last; step++) {
            float[] values = tensors(run, step, "model.safetensors").get(tensor).values();
            double weight = Math.pow(decay, last - step);
            weights += weight;
            sum = sum == null ? new double[values.length] : sum;
            for (int i = 0; i < values.length; i++) {
                sum[i] += weight * values[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= weights;
        }
        return sum;
    }

    private void checkAverage(String run, Map<String, Tensor> actual, int first, int last, double decay) {
        for (String name : tensors(run, last, "model.safetensors").keySet()) {
            double[] expected = expected(run, name, first, last, decay);
            float[] values = actual.get(name).values();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], values[i], 1e-6 + 1e-5 * Math.abs(expected[i]), name + " at " + i);
            }
        }
    }

    @Test
    void theModelIsTheExponentialAverageAndTrainingIsWhatItIsWithout() {
        train("off", Runs.TEXT, Runs.with(exponential(STEPS), Averaging.defaults()));
        TrainingResult result = train("ema", Runs.TEXT, exponential(STEPS));
        assertEquals(0, result.averagedFrom());
        for (Map.Entry<String, Tensor> tensor :
                tensors("off", STEPS, "model.safetensors").entrySet()) {
            float[] other = tensors("ema", STEPS, "model.safetensors")
                    .get(tensor.getKey())
                    .values();
            assertArrayEquals(tensor.getValue().values(), other, "averaging changes no step");
        }
        Path model = folder.resolve("ema/model.safetensors");
        checkAverage("ema", Safetensors.read(model), 1, WeightsOrigin.of(model).step(), DECAY);
        assertEquals(lossOf(model), WeightsOrigin.of(model).validationLoss(), 1e-6, "the averaged weights are judged");
        assertNotEquals(
                observer.evaluations.getFirst().result().loss(),
                observer.evaluations.getLast().result().loss());
    }

    private double lossOf(Path model) {
        try (Backend backend = new CpuBackend(1);
                Network network = new Network(backend, CONFIG, Precision.FP32)) {
            network.load(Safetensors.read(model));
            TrainingSettings.Loop loop = Runs.settings(STEPS).loop();
            try (Evaluation evaluation = new LanguageModelling(Runs.TOKENIZER, Runs.TEXT)
                    .evaluation(network, loop.batchSize(), loop.seqLength())) {
                return evaluation.run().loss();
            }
        }
    }

    @Test
    void theMeanBeginsWhenTheLossRisesAndRunJsonAndTheListenerSayWhen() {
        int start = train("mean", Runs.TEXT, mean(LONGER)).averagedFrom();
        assertEquals(BEGINS, start);
        assertEquals(List.of("the mean of the weights begins after step " + BEGINS), notices);
        try (ModelDirectory directory = ModelDirectory.open(folder.resolve("mean"))) {
            assertEquals(BEGINS, directory.run().path("averaged_from_step").asInt(-1));
        }
        checkAverage("mean", averages("mean", LONGER), start + 1, LONGER, 1);
        checkAverage("mean", averages("mean", start), start, start, 1);
    }

    @Test
    void aMeanThatHasNotBegunIsToldInTheEnd() {
        assertEquals(-1, train("none", Runs.TEXT, mean(5)).averagedFrom());
        assertEquals(1, notices.size(), notices.toString());
        assertTrue(notices.getFirst().startsWith("the mean of the weights has not begun"), notices.toString());
    }

    private Map<String, Tensor> averages(String run, int step) {
        return WeightUpdate.averaged(tensors(run, step, "optimizer.safetensors"));
    }

    /** Nothing is better than what is newest where nothing is held out. */
    @Test
    void withoutHeldOutDataTheNewestAverageIsTheModelAlsoOfARunThatGoesOn() {
        TrainingText unheld = TestText.training(Runs.TEXT.training(), null, 1, "hash");
        train("all", unheld, exponential(STEPS));
        checkAverage("all", Safetensors.read(folder.resolve("all/model.safetensors")), 1, STEPS, DECAY);
        train("all", unheld, Runs.resumed(exponential(STEPS)));
        checkAverage("all", Safetensors.read(folder.resolve("all/model.safetensors")), 1, STEPS, DECAY);
    }

    @Test
    void aRunGoesOnWithItsAverageOnly() {
        train("run", Runs.TEXT, Runs.settings(3));
        String refused = assertThrows(
                        LstmGpuException.class, () -> train("run", Runs.TEXT, Runs.resumed(exponential(5))))
                .getMessage();
        assertTrue(refused.contains("another --average: it was off and is now ema --average-decay 0.8"), refused);
    }
}
