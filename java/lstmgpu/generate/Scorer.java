package lstmgpu.generate;

import java.util.function.Consumer;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.EvaluationPass;
import lstmgpu.network.Network;

/** Finds every token's log-probability given all tokens before it, from the second token on. */
public final class Scorer {
    private Scorer() {}

    /**
     * @param sink takes the tokens in order, while the text is read
     * @throws lstmgpu.LstmGpuException as {@link Evaluator#evaluate}
     */
    public static void score(Network model, Tokenizer tokenizer, EvaluationText text, Consumer<ScoredToken> sink) {
        Evaluator.walk(model, tokenizer, text, new EvaluationPass.LossSink() {
            private long position = 1;

            @Override
            public void accept(int[] targets, float[] losses, int count, DeviceBuffer outputs) {
                for (int i = 0; i < count; i++) {
                    sink.accept(new ScoredToken(position++, targets[i], tokenizer.token(targets[i]), -losses[i]));
                }
            }
        });
    }
}
