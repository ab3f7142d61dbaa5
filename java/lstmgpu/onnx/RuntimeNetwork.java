package lstmgpu.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnState;
import lstmgpu.backend.natives.NativeLibraries;
import lstmgpu.network.NetworkConfig;

/** A network as ONNX Runtime computes it from a file. Nothing of that library is loaded before the first of these. */
final class RuntimeNetwork implements AutoCloseable {
    /** Where that library looks for its native parts, instead of unpacking them itself. */
    private static final String PLACE = "onnxruntime.native.path";

    private final OrtEnvironment runtime;
    private final OrtSession session;
    private final NetworkConfig config;

    /**
     * @throws LstmGpuException with exit code 1 if the library cannot be loaded or does not take the file
     */
    RuntimeNetwork(Path file, NetworkConfig config) {
        this.config = config;
        try {
            this.runtime = open();
            this.session = session(runtime, file);
        } catch (OrtException failure) {
            throw refused(failure);
        }
    }

    private static synchronized OrtEnvironment open() throws OrtException {
        String folder = "/ai/onnxruntime/native/" + platform() + "/";
        // Loaded here first, so that what is missing on a machine is said in the usual words.
        List<Path> files = NativeLibraries.load(List.of(
                folder + System.mapLibraryName("onnxruntime"), folder + System.mapLibraryName("onnxruntime4j_jni")));
        System.setProperty(PLACE, files.getFirst().getParent().toString());
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        environment.setTelemetry(false);
        return environment;
    }

    private static OrtSession session(OrtEnvironment runtime, Path file) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return runtime.createSession(file.toString(), options);
        }
    }

    /** As the library names what it has natives for. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "osx" : "linux";
        String processor = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
        return system + "-" + processor;
    }

    /** That of the library. */
    String version() {
        return runtime.getVersion();
    }

    Answer ask(Question question) {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            put(question, inputs);
            try (OrtSession.Result result = session.run(inputs)) {
                float[] predictions = floats(result, OnnxHead.output(config.head()));
                return new Answer(predictions, question.state() == null ? null : state(result));
            }
        } catch (OrtException failure) {
            throw refused(failure);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private void put(Question question, Map<String, OnnxTensor> inputs) throws OrtException {
        long sequences = question.sequences();
        long steps = question.steps();
        if (question.features().length > 0) {
            long width = question.features().length / (sequences * steps);
            inputs.put(OnnxNetwork.FEATURES, tensor(question.features(), sequences, steps, width));
        } else {
            inputs.put(OnnxNetwork.TOKENS, tensor(question.wideTokens(), sequences, steps));
        }
        if (question.lengths() != null) {
            inputs.put(OnnxNetwork.LENGTHS, tensor(question.wideLengths(), sequences));
            return;
        }
        long[] shape = {config.layers(), sequences, config.hiddenSize()};
        inputs.put(OnnxStack.FIRST_HIDDEN, tensor(question.state().hidden(), shape));
        if (config.cell().hasCellState()) {
            inputs.put(OnnxStack.FIRST_CELL, tensor(question.state().cell(), shape));
        }
    }

    private OnnxTensor tensor(float[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(runtime, FloatBuffer.wrap(values), shape);
    }

    private OnnxTensor tensor(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(runtime, LongBuffer.wrap(values), shape);
    }

    private RnnState state(OrtSession.Result result) {
        float[] cell = config.cell().hasCellState() ? floats(result, OnnxStack.LAST_CELL) : new float[0];
        return new RnnState(floats(result, OnnxStack.LAST_HIDDEN), cell);
    }

    private static float[] floats(OrtSession.Result result, String output) {
        FloatBuffer buffer = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
        float[] values = new float[buffer.remaining()];
        buffer.get(values);
        return values;
    }

    private static LstmGpuException refused(OrtException failure) {
        return new LstmGpuException(
                ExitCode.FAILED,
                "ONNX Runtime does not take the network: "
                        + LstmGpuException.shortened(
                                String.valueOf(failure.getMessage()).replace('\n', ' ')),
                failure);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException failure) {
            throw refused(failure);
        }
    }
}
