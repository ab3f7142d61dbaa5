package lstmgpu.train;

import java.util.List;
import java.util.Map;
import lstmgpu.LstmGpuException;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.LogitRules;
import lstmgpu.generate.TextSink;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.LanguageModel;

/** Texts that a model writes while it is trained. */
final class TrainingSamples {
    private static final float TEMPERATURE = 0.8f;

    private final Tokenizer tokenizer;
    private final TrainingSettings.Samples settings;
    private final long seed;
    private final int[] prompt;
    private final Map<Integer, Float> never;

    /**
     * @throws LstmGpuException with exit code 2 if the vocabulary lacks something of the prompt
     */
    TrainingSamples(Tokenizer tokenizer, TrainingSettings.Samples settings, long seed) {
        this.settings = settings;
        Tokenizer.Encoding encoding = tokenizer.encode(Beginning.text(tokenizer) + settings.prompt());
        if (wanted() && !encoding.unknown().isEmpty()) {
            throw LstmGpuException.usage(
                    "--sample-prompt has '%s', which the vocabulary lacks; use another prompt",
                    encoding.unknown().keySet().iterator().next());
        }
        this.tokenizer = tokenizer;
        this.seed = seed;
        this.prompt = encoding.ids();
        this.never = LogitRules.withoutUnknown(tokenizer);
    }

    boolean wanted() {
        return settings.length() > 0;
    }

    private GenerationSettings generation(int step) {
        return new GenerationSettings(
                settings.length(), TEMPERATURE, 0, 1, 0, false, 1, List.of(), seed + step, 1, false);
    }

    /** What a sample will be drawn with; for counting its memory. */
    GenerationStep step(LanguageModel model) {
        LogitRules rules = rules();
        return new GenerationStep(model, generation(0).step(prompt.length), rules.isEmpty() ? null : rules);
    }

    /** One sample's: nobody wants to read what stands for all that a vocabulary lacks. */
    private LogitRules rules() {
        return new LogitRules(never, 0);
    }

    /** The prompt and what the model makes of it. */
    String draw(LanguageModel model, int step) {
        try (Generator generator = new Generator(model, tokenizer, generation(step), rules())) {
            return settings.prompt()
                    + generator.generate(prompt, TextSink.NONE).getFirst().text();
        }
    }
}
