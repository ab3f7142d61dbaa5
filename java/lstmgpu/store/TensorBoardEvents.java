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
    private static final int PLUGIN_CONTENT = 2;
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

    /** Field numbers and values of plugins/hparams/plugin_data.proto, api.proto and struct.proto. */
    private static final int HPARAMS_START = 3;

    private static final int HPARAMS_END = 4;
    private static final int START_SETTINGS = 1;
    private static final int START_TIME = 5;
    private static final int END_STATUS = 1;
    private static final int END_TIME = 2;
    private static final int STATUS_SUCCESS = 1;
    private static final int STATUS_FAILURE = 2;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;
    private static final int STRUCT_NUMBER = 2;
    private static final int STRUCT_TEXT = 3;
    private static final int STRUCT_BOOLEAN = 4;

    private static final String HELD_OUT = "loss/validation";

    /** In Markdown, which TensorBoard shows texts as, indented lines stay as they are. */
    private static final String LITERAL = "    ";

    private TensorBoardEvents() {}

    private static Protobuf event() {
        return new Protobuf().real(EVENT_TIME, now());
    }

    private static double now() {
        Instant now = Instant.now();
        return now.getEpochSecond() + now.getNano() / NANOSECONDS;
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
        addScalar(values, HELD_OUT, row.validationLoss());
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

    /** The loss on what is held out, by itself. */
    static byte[] heldOutLoss(long step, double loss) {
        List<Protobuf> values = new ArrayList<>();
        addScalar(values, HELD_OUT, loss);
        return summary(step, values);
    }

    /** The settings of a run, by names, for the dashboard HParams. */
    static byte[] sessionStart(Map<String, String> settings) {
        Protobuf start = new Protobuf();
        settings.forEach((name, value) -> start.message(
                START_SETTINGS, new Protobuf().text(ENTRY_KEY, name).message(ENTRY_VALUE, value(value))));
        return session("_hparams_/session_start_info", HPARAMS_START, start.real(START_TIME, now()));
    }

    /** A run has come to an end, or was given up. */
    static byte[] sessionEnd(boolean sound) {
        Protobuf end = new Protobuf().integer(END_STATUS, sound ? STATUS_SUCCESS : STATUS_FAILURE);
        return session("_hparams_/session_end_info", HPARAMS_END, end.real(END_TIME, now()));
    }

    private static byte[] session(String tag, int kind, Protobuf message) {
        Protobuf plugin = new Protobuf()
                .text(PLUGIN_NAME, "hparams")
                .message(PLUGIN_CONTENT, new Protobuf().message(kind, message));
        return summary(
                0,
                List.of(new Protobuf()
                        .text(VALUE_TAG, tag)
                        .message(VALUE_METADATA, new Protobuf().message(METADATA_PLUGIN, plugin))));
    }

    /** A value of a setting: a number or a truth where it is one. */
    private static Protobuf value(String value) {
        if (value.equals("true") || value.equals("false")) {
            return new Protobuf().integer(STRUCT_BOOLEAN, value.equals("true") ? 1 : 0);
        }
        try {
            return new Protobuf().real(STRUCT_NUMBER, Double.parseDouble(value));
        } catch (NumberFormatException text) {
            return new Protobuf().text(STRUCT_TEXT, value);
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
