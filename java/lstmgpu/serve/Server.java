package lstmgpu.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import lstmgpu.LstmGpuException;
import lstmgpu.Printable;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.models.Tasks;
import lstmgpu.serve.http.ApiKeys;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.HttpLimits;
import lstmgpu.serve.http.HttpServer;
import lstmgpu.serve.http.Route;
import lstmgpu.serve.http.Visitors;
import lstmgpu.serve.runs.RunActionRoute;
import lstmgpu.serve.runs.RunListRoute;
import lstmgpu.serve.runs.RunRoute;
import lstmgpu.serve.runs.Runs;
import lstmgpu.store.ModelDirectory;
import lstmgpu.store.RunFiles;
import lstmgpu.task.LanguageModelling;
import lstmgpu.task.classify.Classification;
import lstmgpu.task.forecast.ForecastTask;
import org.slf4j.LoggerFactory;

/** Models behind a web server, from the start to an end in good order. */
public final class Server implements AutoCloseable {
    /** What the web server's library tells its own way; kept, since loggers are forgotten otherwise. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private final Settings settings;
    private final Consumer<String> say;
    private final Stopping stopping = new Stopping();
    private final Catalogue models = new Catalogue();
    private final Service service;
    private final ModelWatch watch;
    private final HttpServer http;
    private final Runs runs;
    private boolean closed;

    /**
     * How models are served.
     *
     * @param host name or address to bind to
     * @param port 0 for any that is free
     * @param keys of which a client has to show one
     * @param needsKey whether an address that other machines reach is refused without keys
     * @param origins of pages that may ask
     * @param grace for requests that run when the server ends
     * @param verbose whether every request is told
     * @param weights to which language models are rounded; null where they have all bits
     */
    public record Settings(
            String host,
            int port,
            ApiKeys keys,
            boolean needsKey,
            List<String> origins,
            ModelLimits limits,
            HttpLimits http,
            Duration grace,
            boolean verbose,
            RoundedWeights weights) {}

    /**
     * A model to serve.
     *
     * @param name by which requests ask for it
     * @param path of its folder
     */
    public record Source(String name, Path path) {
        /** From {@code PATH}, whose last part is the name, or {@code NAME=PATH}. */
        public static Source of(String argument) {
            int sign = argument.indexOf('=');
            if (sign > 0 && !Files.exists(Path.of(argument))) {
                return new Source(argument.substring(0, sign), Path.of(argument.substring(sign + 1)));
            }
            Path path = Path.of(argument);
            return new Source(path.toAbsolutePath().normalize().getFileName().toString(), path);
        }
    }

    /**
     * Opens all models, then listens.
     *
     * @param say hears what a person should know, from any thread
     * @throws LstmGpuException if a model or the port cannot be opened, or an address that other machines reach is to
     *     be bound without a key
     */
    public Server(
            List<Source> sources, Settings settings, DeviceChoice device, RnnImplementation rnn, Consumer<String> say) {
        this(sources, settings, device, rnn, say, new Runs(null));
    }

    /**
     * As the other constructor, with training runs to watch.
     *
     * @param runs besides those that the sources hold; closed with the server
     */
    public Server(
            List<Source> sources,
            Settings settings,
            DeviceChoice device,
            RnnImplementation rnn,
            Consumer<String> say,
            Runs runs) {
        this.runs = runs;
        this.settings = settings;
        this.say = say;
        LIBRARY.setLevel(settings.verbose ? Level.WARNING : Level.OFF);
        InetAddress address = address(settings);
        Visitors visitors = new Visitors(settings.host, address.isAnyLocalAddress(), settings.origins);
        Metrics metrics = new Metrics();
        Sessions<lstmgpu.generate.TextState> sessions = new Sessions<>(settings.limits.sessions());
        this.service = new Service(models, settings.limits, sessions, metrics, stopping);
        try {
            ServedModel.Opening opening = path -> open(path, device, rnn);
            models.fetchFrom(runs::models, opening);
            sources.forEach(source -> add(source, opening));
            metrics.watch(models, sessions);
            HttpServer.Place place =
                    new HttpServer.Place(address, settings.port, visitors, settings.keys, settings.grace);
            this.http = new HttpServer(place, routes(), settings.http, this::over);
        } catch (RuntimeException | Error failure) {
            models.close();
            throw failure;
        }
        this.watch = new ModelWatch(models, say);
        runs.start();
    }

    /** A folder of runs, a run that has kept no weights yet, or a model. */
    private void add(Source source, ServedModel.Opening opening) {
        if (Runs.isParent(source.path)) {
            runs.addAll(source.path);
            return;
        }
        boolean isRun = RunFiles.areIn(source.path);
        if (isRun) {
            runs.add(source.name, source.path);
        }
        if (!isRun || RunFiles.haveWeights(source.path)) {
            models.add(new ServedModel(source.name, source.path, opening));
        }
    }

    /** All there are; one that is added gets its place here. */
    private List<Route> routes() {
        return List.of(
                new CompletionRoute(service),
                new ChatRoute(),
                new ModelsRoute(service),
                new ScoreRoute(service),
                new ForecastRoute(service),
                new ClassifyRoute(service),
                new HealthRoute(service),
                new MetricsRoute(service),
                new RunListRoute(runs),
                new RunRoute(runs, stopping::begun),
                new RunActionRoute(runs, stopping::begun),
                new PageRoute());
    }

    private static InetAddress address(Settings settings) {
        InetAddress address;
        try {
            address = InetAddress.getByName(settings.host);
        } catch (UnknownHostException unknown) {
            throw LstmGpuException.usage("--host %s is no name or address of this machine", settings.host);
        }
        if (!address.isLoopbackAddress() && settings.needsKey && settings.keys.isEmpty()) {
            throw LstmGpuException.usage(
                    "--host %s can be reached from other machines: give --api-key-file, or --no-api-key if everybody"
                            + " there may use the models",
                    settings.host);
        }
        return address;
    }

    private OpenedModel open(Path path, DeviceChoice device, RnnImplementation rnn) {
        ModelDirectory directory = ModelDirectory.open(path);
        OpenedNetwork.Device own = new OpenedNetwork.Device(device, settings.limits.queue(), say);
        String task = Tasks.ALL.of(directory).name();
        return switch (task) {
            case LanguageModelling.NAME -> OpenedText.open(path, device, rnn, settings, say);
            case Classification.NAME -> OpenedClassifier.open(directory, own);
            case ForecastTask.NAME -> OpenedForecaster.open(directory, own);
            default -> throw LstmGpuException.data("%s has learnt '%s', which is not served", path, task);
        };
    }

    private void over(String route, Exchange exchange, int status, double seconds, Throwable failure) {
        service.metrics().request(route, status, seconds);
        String what = exchange.method() + " " + Printable.line(LstmGpuException.shortened(exchange.path()));
        if (failure != null) {
            LoggerFactory.getLogger(Server.class).info(what, failure);
        }
        if (failure != null && status >= 500) {
            say.accept(failed(what, failure));
        } else if (settings.verbose) {
            say.accept("%s %d %.3f s".formatted(what, status, seconds));
        }
    }

    /** One line, whatever somebody's text has put into the reason. */
    static String failed(String what, Throwable failure) {
        return "%s failed: %s".formatted(what, Printable.token(LstmGpuException.shortened(failure.toString())));
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}. */
    public String address() {
        String host = settings.host.contains(":") ? "[" + settings.host + "]" : settings.host;
        return "http://" + host + ":" + http.port();
    }

    /** Listens no more, lets what runs come to its end within the grace, and cuts off the rest. */
    public void stop() {
        if (closed) {
            return;
        }
        closed = true;
        stopping.begin();
        Thread closing = Thread.ofPlatform().name("serve-stop").start(http::close);
        boolean interrupted = false;
        try {
            closing.join(settings.grace);
            stopping.cut();
            closing.join();
        } catch (InterruptedException hurry) {
            interrupted = true;
            stopping.cut();
        }
        watch.close();
        models.close();
        runs.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** As {@link #stop}. */
    @Override
    public void close() {
        stop();
    }
}
