package lstmgpu.models;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.data.TokenFile;
import lstmgpu.data.Tokenizer;
import lstmgpu.data.input.InputFiles;
import lstmgpu.generate.EvaluationText;
import lstmgpu.generate.Evaluator;
import lstmgpu.network.Evaluation;
import lstmgpu.network.EvaluationResult;
import lstmgpu.network.Measures;
import lstmgpu.network.Network;
import lstmgpu.network.TokenMetrics;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.TaskKind;

/** Models of languages: their inputs are texts, read as one in the model's tokens. */
public final class LanguageModels implements TaskKind {
    @Override
    public String name() {
        return LanguageModelling.NAME;
    }

    @Override
    public Measures measures(ModelDirectory directory) {
        return TokenMetrics.MEASURES;
    }

    @Override
    public Examiner examiner(ModelDirectory directory) {
        Tokenizer tokenizer = directory.tokenizer();
        return (network, inputs, reading, peers) -> new OfText(network, tokenizer, inputs, reading, peers);
    }

    /** Reads the text once, from its beginning to its end. */
    private static final class OfText implements Evaluation {
        private final Network network;
        private final Tokenizer tokenizer;
        private final TokenFile tokens;
        private final EvaluationText text;
        private final Peers peers;

        OfText(Network network, Tokenizer tokenizer, List<Path> inputs, Examiner.Reading reading, Peers peers) {
            this.network = network;
            this.tokenizer = tokenizer;
            this.tokens = InputTokens.of(inputs, tokenizer, reading);
            this.text = EvaluationText.of(tokens, InputFiles.describe(inputs));
            this.peers = peers;
        }

        @Override
        public EvaluationResult run() {
            return tokens.use(() -> Evaluator.evaluate(network, tokenizer, text, peers));
        }

        @Override
        public void close() {
            tokens.close();
        }
    }
}
