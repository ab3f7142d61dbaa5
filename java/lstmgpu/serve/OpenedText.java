package lstmgpu.serve;

import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.data.Tokenizer;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.generate.LaneListener;
import lstmgpu.generate.LaneRequest;
import lstmgpu.generate.LaneTicket;
import lstmgpu.generate.Lanes;
import lstmgpu.generate.LanesFullException;
import lstmgpu.generate.StateForm;
import lstmgpu.models.LoadedModel;
import lstmgpu.models.Rounding;
import lstmgpu.serve.http.ApiError;
import lstmgpu.store.GenerationConfig;
import lstmgpu.task.LanguageModelling;

/** A language model with the lanes in which it writes for everybody. */
final class OpenedText implements OpenedModel {
    private final LoadedModel loaded;
    private final GenerationConfig usual;
    private final Instant created;
    private final Lanes lanes;
    private volatile boolean broken;

    private OpenedText(LoadedModel loaded, Lanes lanes) {
        this.loaded = loaded;
        this.usual = loaded.directory().generationConfig();
        this.created = OpenedModel.created(loaded.directory());
        this.lanes = lanes;
    }

    static OpenedText open(
            Path path, DeviceChoice device, RnnImplementation rnn, Server.Settings settings, Consumer<String> notice) {
        LoadedModel loaded = LoadedModel.open(path, device, rnn, false, notice);
        try {
            Rounding.round(loaded.model(), settings.weights(), null, notice);
            ModelLimits limits = settings.limits();
            return new OpenedText(
                    loaded, new Lanes(loaded.model(), loaded.tokenizer(), limits.lanes(), limits.queue()));
        } catch (RuntimeException | Error failure) {
            loaded.close();
            throw failure;
        }
    }

    /** Whether models of a task are such. */
    static boolean isOf(String task) {
        return task.equals(LanguageModelling.NAME);
    }

    @Override
    public String task() {
        return LanguageModelling.NAME;
    }

    @Override
    public String use() {
        return "continues texts: POST /v1/completions, or /score for how probable a text is";
    }

    @Override
    public String fingerprint() {
        return lanes.form().fingerprint();
    }

    @Override
    public Instant created() {
        return created;
    }

    Tokenizer tokenizer() {
        return loaded.tokenizer();
    }

    /** Texts that are being written. */
    int running() {
        return lanes.running();
    }

    /** Texts that wait for a lane. */
    int waiting() {
        return lanes.waiting();
    }

    /** What its states look like. */
    StateForm form() {
        return lanes.form();
    }

    /**
     * As {@link Lanes#submit}.
     *
     * @throws ApiError with status 429 if there is no room, 409 if the state is one of other weights, 503 if nothing
     *     can be written
     */
    LaneTicket submit(LaneRequest request, LaneListener listener) {
        try {
            return lanes.submit(request, listener);
        } catch (LanesFullException full) {
            throw new ApiError(ApiError.Kind.BUSY, "queue_full", null, full.getMessage());
        } catch (LstmGpuException foreign) {
            throw new ApiError(ApiError.Kind.CONFLICT, "state_of_other_weights", "state", foreign.getMessage());
        } catch (IllegalStateException over) {
            broken = true;
            throw new ApiError(
                    ApiError.Kind.UNAVAILABLE, "model_failed", null, "the model is being opened anew; try again");
        }
    }

    @Override
    public boolean isBroken() {
        return broken;
    }

    /** How texts are drawn unless a request says otherwise. */
    GenerationConfig usual() {
        return usual;
    }

    @Override
    public void close() {
        lanes.close();
        loaded.close();
    }
}
