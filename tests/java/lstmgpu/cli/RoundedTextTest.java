package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.backend.cpu.CpuBackend;
import lstmgpu.data.Tokenizer;
import lstmgpu.generate.Beginning;
import lstmgpu.generate.GenerationSettings;
import lstmgpu.generate.Generator;
import lstmgpu.generate.TextSink;
import lstmgpu.network.Network;
import lstmgpu.network.Tensor;
import lstmgpu.store.ModelDirectory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Texts that are written with rounded weights. */
class RoundedTextTest {
    @TempDir
    static Path folder;

    private static Path model;

    @BeforeAll
    static void train() throws IOException {
        model = TinyModel.train(folder, "--max-steps", "100");
    }

    private static CommandRun generate(String... flags) {
        List<String> arguments = new ArrayList<>(List.of("generate", model.toString(), "--device", "cpu"));
        arguments.addAll(List.of(flags));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    /** The text of a model whose matrices are rounded, whatever the number of threads. */
    @Test
    void aTextIsWrittenWithRoundedWeights() {
        ModelDirectory directory = ModelDirectory.open(model);
        for (RoundedWeights form : RoundedWeights.values()) {
            String expected = greedily(directory, Tensor.rounded(directory.weights(), form));
            for (String threads : List.of("1", "2", "3")) {
                CommandRun run = generate(
                        "-p", "the cat", "--greedy", "-n", "60", "--weights", form.word(), "--threads", threads);
                assertEquals(expected, run.succeeds().out().stripTrailing(), form + " " + threads);
            }
        }
    }

    private static String greedily(ModelDirectory directory, Map<String, Tensor> weights) {
        GenerationSettings greedy = new GenerationSettings(60, 1, 0, 1, 0, true, 1, List.of(), 1, 1, false);
        Tokenizer tokenizer = directory.tokenizer();
        try (Backend backend = new CpuBackend(1);
                Network network = new Network(backend, directory.config(), Precision.FP32)) {
            network.load(weights);
            try (Generator generator = new Generator(network, tokenizer, greedy)) {
                int[] prompt =
                        tokenizer.encode(Beginning.text(tokenizer) + "the cat").ids();
                return generator
                        .generate(prompt, TextSink.NONE)
                        .getFirst()
                        .text()
                        .stripTrailing();
            }
        }
    }

    @Test
    void whereRoundedWeightsAreNoQuickerALineSaysSo() {
        String line = "--weights int8: the text is that of the rounded weights, and no quicker";
        String[] plain = {"-p", "the cat", "-n", "5", "--weights", "int8", "--device=cpu"};
        assumeTrue(!generate(plain).succeeds().err().contains(line), "this processor lacks AVX2");
        for (String flag : List.of("--beams=2", "--logit-bias=e=-2", "--device=reference")) {
            List<String> flags = new ArrayList<>(List.of(plain));
            flags.add(flag);
            CommandRun run = generate(flags.toArray(String[]::new)).succeeds();
            assertTrue(run.err().contains(line), flag + ": " + run.err());
        }
        generate("--weights", "int4").refuses(2, "bf16, int8");
    }
}
