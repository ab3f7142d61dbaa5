package lstmgpu.serve;

import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.models.LoadedNetwork;
import lstmgpu.models.OpeningDevice;
import lstmgpu.network.Network;
import lstmgpu.store.ModelDirectory;

/** A model that answers a request as a whole: one that forecasts, or tells classes. */
abstract class OpenedNetwork implements OpenedModel {
    private final String task;
    private final Instant created;
    private final LoadedNetwork loaded;
    private final String fingerprint;
    private final DeviceThread device;

    /** How to open one. */
    record Device(DeviceChoice choice, int queue, Consumer<String> notice) {}

    OpenedNetwork(ModelDirectory directory, Device device) {
        this.task = directory.task();
        this.created = OpenedModel.created(directory);
        try (OpeningDevice opening = new OpeningDevice(device.choice(), device.notice())) {
            this.loaded = LoadedNetwork.of(
                    opening, directory, directory.config(), directory.weights(), RnnImplementation.AUTO);
        }
        this.fingerprint = loaded.network().fingerprint();
        this.device = new DeviceThread(device.queue());
    }

    Network network() {
        return loaded.network();
    }

    /** Works with the device, in turn. */
    <R> R call(Supplier<R> work, Stopping.Limit limit) {
        return device.call(work, limit);
    }

    @Override
    public String task() {
        return task;
    }

    @Override
    public String fingerprint() {
        return fingerprint;
    }

    @Override
    public Instant created() {
        return created;
    }

    @Override
    public boolean isBroken() {
        return false;
    }

    @Override
    public void close() {
        device.close();
        loaded.close();
    }
}
