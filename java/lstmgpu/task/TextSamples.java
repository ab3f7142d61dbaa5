package lstmgpu.task;

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
import lstmgpu.network.Network;

/** Texts that a model writes while it is trained. */
final class TextSamples implements Samples {
    private static final float TEMPERATURE = 0.8f;

    private final Tokenizer tokenizer;
    private final String prompt;
    private final int length;
    private final long seed;
    private final int[] tokens;
    private final Map<Integer, Float> never;

    /**
     * @throws LstmGpuException with exit code 2 if the vocabulary lacks something of the prompt
     */
    TextSamples(Tokenizer tokenizer, String prompt, int length, long seed) {
        Tokenizer.Encoding encoding = tokenizer.encode(Beginning.text(tokenizer) + prompt);
        if (length > 0 && !encoding.unknown().isEmpty()) {
            throw LstmGpuException.usage(
                    "--sample-prompt has '%s', which the vocabulary lacks; use another prompt",
                    encoding.unknown().keySet().iterator().next());
        }
        this.tokenizer = tokenizer;
        this.prompt = prompt;
        this.length = length;
        this.seed = seed;
        this.tokens = encoding.ids();
        this.never = LogitRules.withoutUnknown(tokenizer);
    }

    @Override
    public boolean wanted() {
        return length > 0;
    }

    private GenerationSettings generation(int step) {
        return new GenerationSettings(length, TEMPERATURE, 0, 1, 0, false, 1, List.of(), seed + step, 1, false);
    }

    @Override
    public GenerationStep step(Network network) {
        LogitRules rules = rules();
        return new GenerationStep(network, generation(0).step(), rules.isEmpty() ? null : rules);
    }

    /** One sample's: nobody wants to read what stands for all that a vocabulary lacks. */
    private LogitRules rules() {
        return new LogitRules(never, 0);
    }

    @Override
    public String draw(Network network, int step) {
        try (Generator generator = new Generator(network, tokenizer, generation(step), rules())) {
            return prompt + generator.generate(tokens, TextSink.NONE).getFirst().text();
        }
    }
}
