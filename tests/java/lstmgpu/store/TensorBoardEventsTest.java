package lstmgpu.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import lstmgpu.network.Tensor;
import org.junit.jupiter.api.Test;
import org.tensorflow.framework.DataType;
import org.tensorflow.framework.HistogramProto;
import org.tensorflow.framework.Summary;
import org.tensorflow.util.Event;
import org.tensorflow.util.SessionLog;

/** Events as TensorFlow's own messages read them. */
class TensorBoardEventsTest {
    private static final double NONE = Double.NaN;

    private static Event read(byte[] event) throws InvalidProtocolBufferException {
        Event read = Event.parseFrom(event);
        assertTrue(read.getUnknownFields().asMap().isEmpty(), "fields that an event does not have");
        assertEquals(System.currentTimeMillis() / 1e3, read.getWallTime(), 600);
        return read;
    }

    @Test
    void aFileBeginsWithItsVersionAndItsFirstStep() throws InvalidProtocolBufferException {
        assertEquals("brain.Event:2", read(TensorBoardEvents.version()).getFileVersion());
        Event start = read(TensorBoardEvents.start(1L << 40));
        assertEquals(1L << 40, start.getStep());
        assertEquals(
                SessionLog.SessionStatus.START, start.getSessionLog().getStatus(), "later steps seen before are void");
    }

    @Test
    void scalarsAreWhatWasMeasured() throws InvalidProtocolBufferException {
        Event event = read(TensorBoardEvents.scalars(
                new MetricsFile.Row(300, 1.5, 10_000, 2.25, NONE, 0.001, 3.5, 4.5, 123_456, 9)));
        Map<String, Float> values = new LinkedHashMap<>();
        event.getSummary().getValueList().forEach(value -> values.put(value.getTag(), value.getSimpleValue()));
        assertEquals(300, event.getStep());
        assertEquals(
                Map.of(
                        "loss/training", 2.25f,
                        "learning_rate", 0.001f,
                        "gradient_norm", 3.5f,
                        "gradient_norm_max", 4.5f,
                        "tokens_per_second", 123_456f,
                        "epoch", 1.5f),
                values);
    }

    @Test
    void aTextIsLiteralMarkdownOfTheTextDashboard() throws InvalidProtocolBufferException {
        Summary.Value value = read(TensorBoardEvents.text(7, "sample", "O du Fröhliche\n  *x* 𝄞"))
                .getSummary()
                .getValue(0);
        assertEquals("sample", value.getTag());
        assertEquals("text", value.getMetadata().getPluginData().getPluginName());
        assertEquals(DataType.DT_STRING, value.getTensor().getDtype());
        assertEquals(1, value.getTensor().getTensorShape().getDim(0).getSize());
        assertEquals(
                "    O du Fröhliche\n      *x* 𝄞",
                value.getTensor().getStringVal(0).toStringUtf8());
    }

    @Test
    void aSessionHasItsSettingsForTheDashboardHParams() throws InvalidProtocolBufferException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("lr", "0.001");
        settings.put("cell", "gru");
        settings.put("tie-weights", "true");
        Summary.Value value =
                read(TensorBoardEvents.sessionStart(settings)).getSummary().getValue(0);
        assertEquals("_hparams_/session_start_info", value.getTag());
        assertEquals("hparams", value.getMetadata().getPluginData().getPluginName());
        UnknownFieldSet start = message(
                UnknownFieldSet.parseFrom(value.getMetadata().getPluginData().getContent()), 3);
        Map<String, UnknownFieldSet> told = new LinkedHashMap<>();
        for (ByteString entry : start.getField(1).getLengthDelimitedList()) {
            UnknownFieldSet pair = UnknownFieldSet.parseFrom(entry);
            told.put(pair.getField(1).getLengthDelimitedList().getFirst().toStringUtf8(), message(pair, 2));
        }
        assertEquals(List.of("lr", "cell", "tie-weights"), List.copyOf(told.keySet()));
        assertEquals(
                0.001,
                Double.longBitsToDouble(
                        told.get("lr").getField(2).getFixed64List().getFirst()));
        assertEquals(
                "gru",
                told.get("cell").getField(3).getLengthDelimitedList().getFirst().toStringUtf8());
        assertEquals(1, told.get("tie-weights").getField(4).getVarintList().getFirst());
        Summary.Value end =
                read(TensorBoardEvents.sessionEnd(false)).getSummary().getValue(0);
        assertEquals("_hparams_/session_end_info", end.getTag());
        UnknownFieldSet ended = message(
                UnknownFieldSet.parseFrom(end.getMetadata().getPluginData().getContent()), 4);
        assertEquals(2, ended.getField(1).getVarintList().getFirst(), "a failure");
        Summary.Value loss =
                read(TensorBoardEvents.heldOutLoss(9, 1.5)).getSummary().getValue(0);
        assertEquals("loss/validation", loss.getTag());
        assertEquals(1.5f, loss.getSimpleValue());
    }

    private static UnknownFieldSet message(UnknownFieldSet within, int field) throws InvalidProtocolBufferException {
        return UnknownFieldSet.parseFrom(
                within.getField(field).getLengthDelimitedList().getFirst());
    }

    @Test
    void histogramsCountTheWeights() throws InvalidProtocolBufferException {
        Random random = new Random(1);
        float[] weights = new float[5000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        Event event = read(TensorBoardEvents.histograms(
                9, Map.of("rnn.weight_hh_l0", new Tensor(List.of(50, 100), weights))));
        Summary.Value value = event.getSummary().getValue(0);
        assertEquals("weights/rnn.weight_hh_l0", value.getTag());
        HistogramProto found = value.getHisto();
        double[] sorted = new double[weights.length];
        Arrays.setAll(sorted, i -> weights[i]);
        Arrays.sort(sorted);
        assertEquals(weights.length, found.getNum());
        assertArrayEquals(
                new double[] {sorted[0], sorted[sorted.length - 1]}, new double[] {found.getMin(), found.getMax()});
        assertEquals(Arrays.stream(sorted).sum(), found.getSum(), 1e-9);
        assertEquals(Arrays.stream(sorted).map(x -> x * x).sum(), found.getSumSquares(), 1e-6);
        double below = 0;
        for (int i = 0; i < found.getBucketCount(); i++) {
            below += found.getBucket(i);
            double limit = found.getBucketLimit(i);
            assertEquals(Arrays.stream(sorted).filter(x -> x <= limit).count(), (long) below, "up to " + limit);
        }
        assertEquals(weights.length, below);
    }
}
