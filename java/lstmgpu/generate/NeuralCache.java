package lstmgpu.generate;

import java.util.HashMap;
import lstmgpu.backend.TokenCorpus;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Network;

/**
 * Evaluation with a continuous cache (Grave, Joulin and Usunier 2017): every token's probability is
 * (1−λ)·p_model + λ·p_cache, where the cache knows what followed the last N states that resemble this one
 * ({@link CacheReader}). Until something is remembered it is the model's alone.
 *
 * @param window N
 * @param theta θ, how much more a state counts that resembles this one
 * @param lambda λ, the cache's share, in [0, 1)
 */
public record NeuralCache(int window, double theta, double lambda) {
    private static final double[] THETAS = {0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3};
    private static final double LARGEST_SHARE = 0.99;
    private static final int HALVINGS = 30;

    /**
     * Measures a text as {@link Evaluator#evaluate} does.
     *
     * @throws lstmgpu.LstmGpuException as {@link Evaluator#evaluate}
     */
    public EvaluationResult evaluate(Network model, Tokenizer tokenizer, EvaluationText text) {
        long start = System.nanoTime();
        double[] nats = {0};
        read(model, tokenizer, text, window, new double[] {theta}, (known, cached) -> {
            nats[0] -= Math.log((1 - lambda) * known + lambda * cached[0]);
        });
        long count = text.length() - 1;
        double seconds = (System.nanoTime() - start) * 1e-9;
        return Evaluator.told(tokenizer, text, new EvaluationResult(nats[0] / count, count, seconds, new HashMap<>()));
    }

    /**
     * The θ of a few and the λ with which a text is predicted best.
     *
     * @param text that neither trained the model nor will be measured
     */
    public static NeuralCache tune(Network model, Tokenizer tokenizer, EvaluationText text, int window) {
        int count = Math.toIntExact(text.length() - 1);
        float[] known = new float[count];
        float[][] cached = new float[THETAS.length][count];
        int[] at = {0};
        read(model, tokenizer, text, window, THETAS, (probability, found) -> {
            known[at[0]] = (float) probability;
            for (int k = 0; k < THETAS.length; k++) {
                cached[k][at[0]] = (float) found[k];
            }
            at[0]++;
        });
        NeuralCache best = new NeuralCache(window, THETAS[0], 0);
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < THETAS.length; k++) {
            double lambda = share(known, cached[k]);
            double nats = nats(known, cached[k], lambda);
            if (nats < least) {
                least = nats;
                best = new NeuralCache(window, THETAS[k], lambda);
            }
        }
        return best;
    }

    /** The λ of the least loss, which is convex in λ: where its slope changes sign. */
    private static double share(float[] known, float[] cached) {
        double low = 0;
        double high = LARGEST_SHARE;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            double slope = 0;
            for (int t = 0; t < known.length; t++) {
                double difference = (double) cached[t] - known[t];
                slope += difference / (known[t] + middle * difference);
            }
            if (slope > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double nats(float[] known, float[] cached, double lambda) {
        double nats = 0;
        for (int t = 0; t < known.length; t++) {
            nats -= Math.log((1 - lambda) * known[t] + lambda * cached[t]);
        }
        return nats;
    }

    private static void read(
            Network model,
            Tokenizer tokenizer,
            EvaluationText text,
            int window,
            double[] thetas,
            CacheReader.Sink sink) {
        Evaluator.check(model, tokenizer, text);
        int steps = (int) Math.min(Evaluator.STEPS, text.length() - 1);
        Evaluator.requireMemory(model, text, counting -> {
            Network counted = model.on(counting);
            TokenCorpus corpus = counting.texts().corpus(text.tokens(), text.bytesPerToken());
            var _ = new EvaluationPass(counted, corpus, 1, steps);
            return new CacheReader(counted, window, steps, thetas, sink);
        });
        try (TokenCorpus corpus = model.backend().texts().corpus(text.tokens(), text.bytesPerToken());
                EvaluationPass pass = new EvaluationPass(model, corpus, 1, steps);
                CacheReader reader = new CacheReader(model, window, steps, thetas, sink)) {
            pass.run(reader);
        }
    }
}
