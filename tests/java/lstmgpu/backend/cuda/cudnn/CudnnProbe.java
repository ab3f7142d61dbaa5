package lstmgpu.backend.cuda.cudnn;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnPlan;
import lstmgpu.backend.cuda.driver.CudaDevice;
import lstmgpu.backend.cuda.driver.KernelImages;
import lstmgpu.backend.cuda.driver.Stopwatch;
import lstmgpu.backend.cuda.libraries.CudaLibraries;

/**
 * What the cuDNN of this machine does with every algorithm, cell and size, those too that the program would not try: a
 * line of JSON each, with the first status that is no success, or the milliseconds of a pass forward and backward and
 * how far the numbers are from the fused kernels'.
 *
 * <p>Arguments: precision, sizes, sequences, steps, and how many lines to leave out at the beginning. Exit codes: 0, 1
 * if cuDNN does not start or STANDARD fails somewhere, 3 if the GPU's context was lost, after which a fresh process
 * goes on.
 */
final class CudnnProbe {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LOST = 3;
    private static final int RUNS = 5;

    private final CudaDevice device;
    private final CudnnHandle cudnn;

    private CudnnProbe(CudaDevice device) {
        this.device = device;
        this.cudnn = new CudnnHandle(device.context(), device.queues());
    }

    private record Question(CudnnAlgorithm algorithm, CudnnLayerSpec layer) {}

    public static void main(String[] arguments) {
        List<Question> questions = questions(
                Precision.valueOf(arguments[0].toUpperCase(Locale.ROOT)),
                Stream.of(arguments[1].split(",")).map(Integer::valueOf).toList(),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]));
        int first = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 0;
        System.exit(ask(questions.subList(Math.min(first, questions.size()), questions.size())));
    }

    /** The algorithm that all others are measured by comes first, for each costs a process if it loses the context. */
    private static List<Question> questions(Precision precision, List<Integer> sizes, int sequences, int steps) {
        List<Question> questions = new ArrayList<>();
        for (CudnnAlgorithm algorithm : CudnnAlgorithm.values()) {
            for (int size : sizes) {
                for (Cell cell : Stream.of(Cell.values())
                        .filter(one -> one.isIn(Cell.Plan.CUDNN))
                        .toList()) {
                    questions.add(new Question(
                            algorithm, new CudnnLayerSpec(cell, steps, sequences, size, size, precision, true)));
                }
            }
        }
        return questions;
    }

    private static int ask(List<Question> questions) {
        CudaLibraries libraries = CudaLibraries.find();
        if (!libraries.driver().isUsable() || !libraries.cudnn().isUsable()) {
            System.err.println(
                    libraries.driver().isUsable()
                            ? libraries.cudnn().refusal()
                            : libraries.driver().refusal());
            return 1;
        }
        libraries.cublas();
        CudaDevice device = new CudaDevice(0, libraries, KernelImages.find(libraries));
        CudnnProbe probe;
        try {
            probe = new CudnnProbe(device);
        } catch (LstmGpuException failure) {
            System.err.println(failure.getMessage());
            return 1;
        }
        return IntStream.range(0, questions.size())
                .map(number -> probe.answer(questions.get(number)))
                .reduce(0, (worst, code) -> Math.max(worst, code));
    }

    /** The exit code that the answer asks for. */
    private int answer(Question question) {
        ObjectNode answer = JSON.createObjectNode()
                .put("algorithm", question.algorithm.toString())
                .put("cell", question.layer.cell().toString())
                .put("hidden", question.layer.hiddenSize())
                .put("precision", question.layer.precision().toString())
                .put("tried_by_program", question.algorithm.isFor(question.layer));
        int code = 0;
        try {
            measure(question, answer);
        } catch (CudnnFailure failure) {
            answer.put("status", failure.status());
            answer.put("refused", failure.getMessage());
            code = question.algorithm == CudnnAlgorithm.STANDARD ? 1 : 0;
        } catch (LstmGpuException failure) {
            answer.put("failed", failure.getMessage());
            code = 1;
        }
        print(answer);
        if (!device.context().check().isAlive()) {
            System.exit(LOST);
        }
        return code;
    }

    private void measure(Question question, ObjectNode answer) {
        try (TrialLayer layer = new TrialLayer(device, question.layer)) {
            TrialLayer.Numbers expected = layer.fusedNumbers();
            CudnnParts parts = new CudnnParts(device, cudnn, _ -> question.algorithm, layer::mirror);
            try (RnnPlan plan = new CudnnRnnPlan(device, cudnn, layer.spec(), null, parts)) {
                double distance = layer.numbers(plan).distance(expected);
                double time = Stopwatch.milliseconds(device, RUNS, "timing cuDNN", () -> layer.pass(plan));
                answer.put("status", 0)
                        .put("milliseconds", time)
                        .put("off", distance)
                        .put("allowed", layer.tolerance())
                        .put("right", distance <= layer.tolerance());
            }
        }
    }

    private static void print(ObjectNode answer) {
        try {
            System.out.println(JSON.writeValueAsString(answer));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
