package lstmgpu.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.SamplingSpec;
import lstmgpu.data.Tokenizer;
import lstmgpu.network.GenerationMemory;
import lstmgpu.network.GenerationStep;
import lstmgpu.network.LogitEditor;
import lstmgpu.network.Network;

/**
 * Looks for the most probable continuation of a length (Graves 2012): of all continuations of the kept texts by one
 * token, the most probable are kept. A sequence is a text; what the model predicts is ranked here, and the sequences
 * then go on with the states of the texts they continue.
 */
public final class BeamSearch implements LogitEditor {
    /** Most texts side by side. */
    public static final int MOST_BEAMS = 256;

    private static final float NEVER = -1e9f;
    private static final SamplingSpec GREEDY = new SamplingSpec(0, 0, 1, 0, 1, 0);

    private final Network model;
    private final Tokenizer tokenizer;
    private final int width;
    private List<Beam> beams = new ArrayList<>();
    private GenerationStep step;

    /** A text so far. */
    private record Beam(int parent, List<Integer> tokens, List<Float> logprobs, double logprob) {
        Beam and(int sequence, int token, double added) {
            List<Integer> longer = new ArrayList<>(tokens);
            longer.add(token);
            List<Float> more = new ArrayList<>(logprobs);
            more.add((float) added);
            return new Beam(sequence, longer, more, logprob + added);
        }
    }

    /** @param width texts kept */
    public BeamSearch(Network model, Tokenizer tokenizer, int width) {
        LstmGpuException.requireRange("--beams", width, 1, MOST_BEAMS);
        this.model = model;
        this.tokenizer = tokenizer;
        this.width = width;
    }

    /** The most probable text that was found, of {@code length} tokens, behind a prompt of at least one. */
    public GeneratedText run(int[] prompt, int length) {
        beams = List.of(new Beam(0, List.of(), List.of(), 0));
        GenerationStep.Spec spec =
                new GenerationStep.Spec(width, GREEDY, 1, (long) prompt.length + length, false, false);
        GenerationMemory.require(model, spec, this, prompt.length, "--beams");
        try (GenerationStep searching = new GenerationStep(model, spec, this)) {
            step = searching;
            int[] rows = new int[Math.multiplyExact(prompt.length, width)];
            Arrays.setAll(rows, i -> prompt[i / width]);
            searching.prompt(rows);
            int[] drawn = new int[width];
            for (int i = 0; i < length; i++) {
                searching.draw(1, drawn);
            }
        }
        Beam best = beams.getFirst();
        WrittenSequence sequence = new WrittenSequence(0, tokenizer, List.of());
        sequence.begin(prompt, length, true);
        for (int i = 0; i < best.tokens.size(); i++) {
            sequence.add(best.tokens.get(i), best.logprobs.get(i), TextSink.NONE);
        }
        return sequence.finish(TextSink.NONE);
    }

    @Override
    public void edit(float[] logits) {
        int vocabulary = logits.length / width;
        List<Beam> longer = new ArrayList<>();
        for (int sequence = 0; sequence < beams.size(); sequence++) {
            longer.addAll(continued(sequence, logits, vocabulary));
        }
        longer.sort(Comparator.comparingDouble(beam -> -beam.logprob));
        beams = List.copyOf(longer.subList(0, Math.min(width, longer.size())));
        int[] parents = new int[width];
        Arrays.fill(logits, NEVER);
        for (int sequence = 0; sequence < width; sequence++) {
            // Until there are as many texts as sequences, the last ones double the first.
            Beam beam = beams.get(sequence % beams.size());
            parents[sequence] = beam.parent;
            logits[sequence * vocabulary + beam.tokens.getLast()] = 0;
        }
        step.reorder(parents);
    }

    /** The most probable continuations of a text by a token. */
    private List<Beam> continued(int sequence, float[] logits, int vocabulary) {
        int start = sequence * vocabulary;
        double largest = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabulary; v++) {
            largest = Math.max(largest, logits[start + v]);
        }
        double sum = 0;
        for (int v = 0; v < vocabulary; v++) {
            sum += Math.exp(logits[start + v] - largest);
        }
        double total = largest + Math.log(sum);
        Integer[] ranked = new Integer[vocabulary];
        Arrays.setAll(ranked, v -> v);
        Arrays.sort(ranked, Comparator.comparingDouble(v -> -logits[start + v]));
        List<Beam> found = new ArrayList<>();
        for (int v : Arrays.copyOf(ranked, Math.min(width, vocabulary))) {
            found.add(beams.get(sequence).and(sequence, v, logits[start + v] - total));
        }
        return found;
    }
}
