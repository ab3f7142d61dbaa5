package lstmgpu.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lstmgpu.files.Protobuf;
import lstmgpu.network.Tensor;

/** What TensorBoard reads: messages of its type {@code Event}, each with a time, a step and what was measured there. */
final class TensorBoardEvents {
    private static final double NANOSECONDS = 1e9;

    /** Field numbers of tensorboard/compat/proto/event.proto. */
    private static final int EVENT_TIME = 1;

    private static final int EVENT_STEP = 2;
    private static final int EVENT_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION = 7;
    private static final int SESSION_STATUS = 1;
    private static final int SESSION_START = 1;

    /** Field numbers of summary.proto. */
    private static final int SUMMARY_VALUE = 1;

    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int VALUE_HISTOGRAM = 5;
    private static final int VALUE_TENSOR = 8;
    private static final int VALUE_METADATA = 9;
    private static final int METADATA_PLUGIN = 1;
    private static final int PLUGIN_NAME = 1;
    private static final int HISTOGRAM_MIN = 1;
    private static final int HISTOGRAM_MAX = 2;
    private static final int HISTOGRAM_COUNT = 3;
    private static final int HISTOGRAM_SUM = 4;
    private static final int HISTOGRAM_SUM_OF_SQUARES = 5;
    private static final int HISTOGRAM_LIMITS = 6;
    private static final int HISTOGRAM_COUNTS = 7;

    /** Field numbers and a value of tensor.proto. */
    private static final int TENSOR_TYPE = 1;

    private static final int TYPE_TEXT = 7;
    private static final int TENSOR_SHAPE = 2;
    private static final int SHAPE_DIMENSION = 2;
    private static final int DIMENSION_SIZE = 1;
    private static final int TENSOR_TEXT = 8;

    /** In Markdown, which TensorBoard shows texts as, indented lines stay as they are. */
    private static final String LITERAL = "    ";

    private TensorBoardEvents() {}

    private static Protobuf event() {
        Instant now = Instant.now();
        return new Protobuf().real(EVENT_TIME, now.getEpochSecond() + now.getNano() / NANOSECONDS);
    }

    /** The first event of a file. */
    static byte[] version() {
        return event().text(EVENT_VERSION, "brain.Event:2").toBytes();
    }

    /** A process begins to write; what TensorBoard has seen of this step and later ones is void. */
    static byte[] start(long step) {
        return event().integer(EVENT_STEP, step)
                .message(EVENT_SESSION, new Protobuf().integer(SESSION_STATUS, SESSION_START))
                .toBytes();
    }

    private static byte[] summary(long step, List<Protobuf> values) {
        Protobuf summary = new Protobuf();
        values.forEach(value -> summary.message(SUMMARY_VALUE, value));
        return event().integer(EVENT_STEP, step).message(EVENT_SUMMARY, summary).toBytes();
    }

    /** What a row of metrics.csv has. */
    static byte[] scalars(MetricsFile.Row row) {
        List<Protobuf> values = new ArrayList<>();
        addScalar(values, "loss/training", row.trainLoss());
        addScalar(values, "loss/validation", row.validationLoss());
        addScalar(values, "learning_rate", row.learningRate());
        addScalar(values, "gradient_norm", row.gradientNorm());
        addScalar(values, "gradient_norm_max", row.largestGradientNorm());
        addScalar(values, "tokens_per_second", row.tokensPerSecond());
        addScalar(values, "epoch", row.epoch());
        return summary(row.step(), values);
    }

    private static void addScalar(List<Protobuf> values, String tag, double value) {
        if (!Double.isNaN(value)) {
            values.add(new Protobuf().text(VALUE_TAG, tag).real(VALUE_SIMPLE, (float) value));
        }
    }

    /** A text under a tag of the text dashboard. */
    static byte[] text(long step, String tag, String text) {
        String literal = text.lines().map(line -> LITERAL + line).collect(Collectors.joining("\n"));
        Protobuf shape = new Protobuf().message(SHAPE_DIMENSION, new Protobuf().integer(DIMENSION_SIZE, 1));
        Protobuf tensor = new Protobuf()
                .integer(TENSOR_TYPE, TYPE_TEXT)
                .message(TENSOR_SHAPE, shape)
                .text(TENSOR_TEXT, literal);
        Protobuf plugin = new Protobuf().text(PLUGIN_NAME, "text");
        return summary(
                step,
                List.of(new Protobuf()
                        .text(VALUE_TAG, tag)
                        .message(VALUE_TENSOR, tensor)
                        .message(VALUE_METADATA, new Protobuf().message(METADATA_PLUGIN, plugin))));
    }

    /** A histogram of each tensor's values, all of them finite. */
    static byte[] histograms(long step, Map<String, Tensor> tensors) {
        List<Protobuf> values = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            Histogram histogram = Histogram.of(tensor.values());
            Protobuf message = new Protobuf()
                    .real(HISTOGRAM_MIN, histogram.min())
                    .real(HISTOGRAM_MAX, histogram.max())
                    .real(HISTOGRAM_COUNT, (double) tensor.values().length)
                    .real(HISTOGRAM_SUM, histogram.sum())
                    .real(HISTOGRAM_SUM_OF_SQUARES, histogram.sumOfSquares())
                    .reals(HISTOGRAM_LIMITS, histogram.limits())
                    .reals(HISTOGRAM_COUNTS, histogram.counts());
            values.add(new Protobuf().text(VALUE_TAG, "weights/" + name).message(VALUE_HISTOGRAM, message));
        });
        return summary(step, values);
    }
}
