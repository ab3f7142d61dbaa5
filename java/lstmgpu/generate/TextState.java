package lstmgpu.generate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnState;
import lstmgpu.network.Network;

/**
 * Where one text is: all that a model knows of what it has read and written, some kilobytes whatever the length of the
 * text. A text goes on from there without its beginning being read again, as often and in as many ways as is wanted: a
 * state never changes, and any thread may use it.
 *
 * <p>It holds h and c of all layers, the newest token, which they have not seen yet, the last
 * {@link GenerationSettings#PENALTY_WINDOW} tokens for the repeat penalty and for characters that are not complete yet,
 * and how many tokens were drawn, so that what goes on at the same seed draws new random numbers.
 */
public final class TextState {
    private static final int MAGIC = 0x5354584c; // "LXTS" in the file's order
    private static final int NONE = -1;
    private static final int HEADER_BYTES = Integer.BYTES + Network.FINGERPRINT_BYTES + 4 * Integer.BYTES;

    private final StateForm form;
    private final RnnState state;
    private final int newest;
    private final int[] recent;
    private final int spelling;
    private final int draws;

    /**
     * @param state of one sequence, h [L,H] and c [L,H] or empty; this keeps it
     * @param recent the last tokens, the newest last, which the state has not seen; empty where nothing was read
     * @param spelling see {@link lstmgpu.data.Tokenizer.Decoder#spelling}
     */
    TextState(StateForm form, RnnState state, int[] recent, int spelling, int draws) {
        this.form = form;
        this.state = state;
        this.recent = Arrays.copyOfRange(
                recent, Math.max(0, recent.length - GenerationSettings.PENALTY_WINDOW), recent.length);
        this.newest = recent.length == 0 ? NONE : recent[recent.length - 1];
        this.spelling = spelling;
        this.draws = draws;
    }

    /** The state of a text of which nothing was read yet. */
    public static TextState empty(StateForm form) {
        return new TextState(
                form, new RnnState(new float[form.states()], new float[form.cellStates()]), new int[0], 0, 0);
    }

    /** What it belongs to. */
    public StateForm form() {
        return form;
    }

    /** Tokens drawn since the text began. */
    public int draws() {
        return draws;
    }

    RnnState state() {
        return state;
    }

    /** Whether something was read: there is a newest token then. */
    public boolean begun() {
        return newest != NONE;
    }

    int newest() {
        return newest;
    }

    int[] recent() {
        return recent.clone();
    }

    int spelling() {
        return spelling;
    }

    /** @throws LstmGpuException with exit code 3 unless it belongs to the weights of this form */
    void require(StateForm wanted) {
        if (!form.equals(wanted)) {
            throw foreign();
        }
    }

    private static LstmGpuException foreign() {
        return LstmGpuException.data("this state of a text belongs to another model or to other weights of it;"
                + " read the text again from its beginning");
    }

    /** All of it, for {@link #of}; numbers are little-endian, the last four bytes a check sum. */
    public byte[] toBytes() {
        ByteBuffer out = ByteBuffer.allocate(size(form, recent.length)).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(MAGIC).put(HexFormat.of().parseHex(form.fingerprint()));
        out.putInt(draws).putInt(spelling).putInt(recent.length).putInt(form.states());
        for (int token : recent) {
            out.putInt(token);
        }
        put(state.hidden(), out);
        put(state.cell(), out);
        return out.putInt(sum(out.array())).array();
    }

    private static void put(float[] values, ByteBuffer out) {
        for (float value : values) {
            out.putFloat(value);
        }
    }

    private static int size(StateForm form, int tokens) {
        long numbers = (long) tokens + form.states() + form.cellStates() + 1;
        return Math.toIntExact(HEADER_BYTES + Integer.BYTES * numbers);
    }

    private static int sum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, bytes.length - Integer.BYTES);
        return (int) sum.getValue();
    }

    /**
     * What {@link #toBytes} gave, wherever it has been since.
     *
     * @throws LstmGpuException with exit code 3 if it is damaged, no state, or one of other weights
     */
    public static TextState of(byte[] bytes, StateForm form) {
        if (bytes.length < size(form, 0) || bytes.length > size(form, GenerationSettings.PENALTY_WINDOW)) {
            throw damaged("has %d bytes, where this model's have %d to %d"
                    .formatted(bytes.length, size(form, 0), size(form, GenerationSettings.PENALTY_WINDOW)));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (in.getInt() != MAGIC || in.getInt(bytes.length - Integer.BYTES) != sum(bytes)) {
            throw damaged("is damaged, or no state of a text");
        }
        byte[] fingerprint = new byte[Network.FINGERPRINT_BYTES];
        in.get(fingerprint);
        if (!HexFormat.of().formatHex(fingerprint).equals(form.fingerprint())) {
            throw foreign();
        }
        int draws = in.getInt();
        int spelling = in.getInt();
        int count = in.getInt();
        int states = in.getInt();
        boolean counted = count >= 0 && count <= GenerationSettings.PENALTY_WINDOW && draws >= 0;
        if (!counted || states != form.states() || bytes.length != size(form, count)) {
            throw damaged("contradicts itself");
        }
        int[] recent = new int[count];
        for (int i = 0; i < count; i++) {
            recent[i] = token(in.getInt(), form);
        }
        RnnState state = new RnnState(numbers(in, states), numbers(in, form.cellStates()));
        return new TextState(form, state, recent, spelling, draws);
    }

    private static int token(int token, StateForm form) {
        if (token < 0 || token >= form.vocabulary()) {
            throw damaged("has the token %d, where the vocabulary has %d".formatted(token, form.vocabulary()));
        }
        return token;
    }

    private static float[] numbers(ByteBuffer in, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.getFloat();
            if (!Float.isFinite(values[i])) {
                throw damaged("holds " + values[i]);
            }
        }
        return values;
    }

    private static LstmGpuException damaged(String what) {
        return LstmGpuException.data("this state of a text %s; read the text again from its beginning", what);
    }
}
