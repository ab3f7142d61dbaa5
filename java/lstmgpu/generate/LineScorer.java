package lstmgpu.generate;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import lstmgpu.backend.MemoryNeed;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.Network;
import lstmgpu.network.Pass;
import lstmgpu.network.Purpose;

/**
 * How probable a model finds lines that are read by themselves, each from a zero state and after what a text begins
 * after. Lines of similar lengths go through the network side by side, and how many do depends on the length alone: so
 * equal lines go through equal passes whatever else is scored.
 */
public final class LineScorer {
    /** Lines side by side, if they are short. */
    private static final int MOST_SEQUENCES = 64;

    /** Tokens of all lines side by side. */
    private static final int TOKENS = 1 << 13;

    /** Steps of a pass; a longer line goes alone. */
    private static final int MOST_STEPS = 512;

    private static final int LEAST_STEPS = 8;

    private final Network network;
    private final Tokenizer tokenizer;
    private final int[] beginning;

    public LineScorer(Network network, Tokenizer tokenizer) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.beginning = Beginning.tokens(tokenizer);
    }

    /**
     * The logarithms of the probabilities of all tokens of each line added up; 0 for a line without tokens.
     *
     * @param lines in the model's tokens
     * @throws lstmgpu.LstmGpuException with exit code 5 if there is no room on the device
     */
    public double[] score(List<int[]> lines) {
        double[] sums = new double[lines.size()];
        TreeMap<Integer, List<Integer>> bySteps = new TreeMap<>();
        for (int i = 0; i < sums.length; i++) {
            int inputs = beginning.length + lines.get(i).length - 1;
            if (lines.get(i).length == 0) {
                continue;
            }
            if (inputs > MOST_STEPS) {
                sums[i] = alone(lines.get(i));
            } else {
                bySteps.computeIfAbsent(steps(inputs), _ -> new ArrayList<>()).add(i);
            }
        }
        bySteps.forEach((steps, chosen) -> score(lines, chosen, steps, sums));
        return sums;
    }

    /** The least that has room: a power of two, or one and a half. */
    private static int steps(int inputs) {
        int power = LEAST_STEPS;
        while (power < inputs) {
            power *= 2;
        }
        int between = power / 4 * 3;
        return power > LEAST_STEPS && between >= inputs ? between : power;
    }

    private void score(List<int[]> lines, List<Integer> chosen, int steps, double[] sums) {
        int sequences = Math.clamp(TOKENS / steps, 1, MOST_SEQUENCES);
        int batches = Math.ceilDiv(chosen.size(), sequences);
        requireMemory(steps, sequences, batches);
        int[] inputs = new int[steps * sequences];
        int[] targets = new int[steps * sequences];
        float[] losses = new float[steps * sequences];
        try (Pass pass = pass(network, steps, sequences, batches)) {
            pass.refresh();
            pass.plan().resetState();
            for (int from = 0; from < chosen.size(); from += sequences) {
                List<Integer> batch = chosen.subList(from, Math.min(from + sequences, chosen.size()));
                for (int lane = 0; lane < batch.size(); lane++) {
                    fill(lines.get(batch.get(lane)), inputs, targets, lane, sequences);
                }
                network.backend().upload(inputs, pass.batch().inputs());
                network.backend().upload(targets, pass.batch().targets());
                pass.judge();
                network.backend().download(pass.losses(), losses);
                for (int lane = 0; lane < batch.size(); lane++) {
                    int line = batch.get(lane);
                    sums[line] = sum(losses, lines.get(line).length, lane, sequences);
                }
            }
        }
    }

    private static Pass pass(Network network, int steps, int sequences, int batches) {
        return Pass.forward(network, steps, sequences, Purpose.JUDGE, Math.multiplyExact((long) steps, batches));
    }

    private void requireMemory(int steps, int sequences, int batches) {
        long weights = MemoryNeed.bytes(network.backend(), network::on);
        long all =
                MemoryNeed.bytes(network.backend(), counting -> pass(network.on(counting), steps, sequences, batches));
        MemoryNeed.require(
                network.backend(),
                all - weights,
                "scoring %d lines of %d tokens side by side".formatted(sequences, steps),
                _ -> "use --device cpu");
    }

    /** Puts a line behind the beginning into a lane; what another left behind its end reaches nothing. */
    private void fill(int[] line, int[] inputs, int[] targets, int lane, int sequences) {
        for (int i = 0; i < beginning.length + line.length - 1; i++) {
            inputs[i * sequences + lane] = token(line, i);
            targets[i * sequences + lane] = token(line, i + 1);
        }
    }

    private int token(int[] line, int place) {
        return place < beginning.length ? beginning[place] : line[place - beginning.length];
    }

    private double sum(float[] losses, int tokens, int lane, int sequences) {
        double sum = 0;
        for (int i = beginning.length - 1; i < beginning.length - 1 + tokens; i++) {
            sum -= losses[i * sequences + lane];
        }
        return sum;
    }

    private double alone(int... line) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tokens = arena.allocate(ValueLayout.JAVA_INT, (long) beginning.length + line.length);
            MemorySegment.copy(beginning, 0, tokens, ValueLayout.JAVA_INT, 0, beginning.length);
            MemorySegment.copy(
                    line, 0, tokens, ValueLayout.JAVA_INT, (long) Integer.BYTES * beginning.length, line.length);
            double[] sum = new double[1];
            EvaluationText text = new EvaluationText(tokens, Integer.BYTES, 0, 0, "a line");
            Scorer.score(
                    network,
                    tokenizer,
                    text,
                    token -> sum[0] += token.position() < beginning.length ? 0 : token.logprob());
            return sum[0];
        }
    }
}
