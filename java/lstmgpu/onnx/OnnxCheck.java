package lstmgpu.onnx;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.backend.RnnState;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.network.NetworkConfig;
import lstmgpu.network.Tensor;

/**
 * The proof of a file: ONNX Runtime and this program answer the same random questions, of several lengths and numbers
 * of sequences, from random states and from those that the call before has left.
 */
final class OnnxCheck {
    /** How far they may differ: the norm of the difference over the norm of what this program says. */
    static final double MOST = 1e-5;

    /** Networks of more weights are judged by the CPU's backend, since the reference keeps 16 bytes of each. */
    private static final long MOST_WEIGHTS = 1L << 26;

    private static final long SEED = 20_260_801;

    private final NetworkConfig config;
    private final Map<String, Tensor> weights;
    private double worst;

    OnnxCheck(NetworkConfig config, Map<String, Tensor> weights) {
        this.config = config;
        this.weights = weights;
    }

    /**
     * What was found.
     *
     * @param worst the largest difference
     * @param runtime the version of ONNX Runtime
     * @param judge the name of this program's backend
     */
    record Proof(double worst, String runtime, String judge) {}

    /**
     * @throws LstmGpuException with exit code 1 if they differ by more than {@link #MOST}
     */
    Proof require(Path file) {
        String judge = weightCount() > MOST_WEIGHTS ? "cpu" : "reference";
        try (Backend backend = new DeviceChoice(judge, 0).open(_ -> {});
                OwnNetwork own = new OwnNetwork(backend, config, weights);
                RuntimeNetwork other = new RuntimeNetwork(file, config)) {
            Random random = new Random(SEED);
            compare(own, other, Question.random(config, 1, 1, random).fromZero());
            compare(own, other, Question.random(config, 12, 2, random));
            Answer[] left = compare(own, other, Question.random(config, 7, 3, random));
            Question next = Question.random(config, 4, 3, random);
            if (left[0].state() != null) {
                compare(next, own.ask(next.from(left[0].state())), other.ask(next.from(left[1].state())));
            }
            return new Proof(worst, other.version(), judge);
        }
    }

    private long weightCount() {
        return config.tensorShapes().values().stream()
                .mapToLong(Tensor::elements)
                .sum();
    }

    private Answer[] compare(OwnNetwork own, RuntimeNetwork other, Question question) {
        Answer[] answers = {own.ask(question), other.ask(question)};
        compare(question, answers[0], answers[1]);
        return answers;
    }

    private void compare(Question question, Answer own, Answer other) {
        boolean steps = config.head().judgesSteps();
        require(OnnxHead.output(config.head()), question, own.predictions(), other.predictions(), steps);
        RnnState state = own.state();
        if (state != null) {
            require(
                    OnnxStack.LAST_HIDDEN,
                    question,
                    state.hidden(),
                    other.state().hidden(),
                    false);
            require(OnnxStack.LAST_CELL, question, state.cell(), other.state().cell(), false);
        }
    }

    /** @param steps whether the values are those of steps, of which some may be padding */
    private void require(String name, Question question, float[] own, float[] other, boolean steps) {
        if (own.length != other.length) {
            throw differs(name, "has %,d numbers instead of %,d".formatted(other.length, own.length));
        }
        int width = steps ? own.length / (question.steps() * question.sequences()) : 1;
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < own.length; i++) {
            int row = i / width;
            if (!steps || question.has(row / question.steps(), row % question.steps())) {
                difference += Math.pow((double) own[i] - other[i], 2);
                norm += (double) own[i] * own[i];
            }
        }
        double relative = difference == 0 ? 0 : Math.sqrt(difference / norm);
        if (!(relative <= MOST)) {
            throw differs(name, "differs by %.2g where %.0e is allowed".formatted(relative, MOST));
        }
        worst = Math.max(worst, relative);
    }

    private LstmGpuException differs(String name, String how) {
        return new LstmGpuException(
                ExitCode.FAILED,
                "ONNX Runtime computes something else with the file than lstm-gpu with the model, so nothing was"
                        + " written: %s %s, in %s; please report it".formatted(name, how, config.line()));
    }
}
