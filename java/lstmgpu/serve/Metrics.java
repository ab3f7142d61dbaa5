package lstmgpu.serve;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.ToDoubleFunction;

/** What the server counts and measures, for Prometheus. */
final class Metrics {
    static final String CONTENT_TYPE = PrometheusTextFormatWriter.CONTENT_TYPE;

    private static final String MODEL = "model";
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };
    private static final double[] TOKEN_SECONDS = {
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1
    };

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Counter requests = Counter.builder()
            .name("lstm_gpu_requests_total")
            .help("Requests that are over, by route and status; 499 stands for clients that went away.")
            .labelNames("route", "status")
            .withoutExemplars()
            .register(registry);
    private final Histogram requestSeconds = histogram(
            "lstm_gpu_request_seconds", "From a request's headers to the end of its answer.", "route", SECONDS);
    private final Counter prompted = counter("lstm_gpu_prompt_tokens_total", "Tokens of prompts and of texts scored.");
    private final Counter drawn = counter("lstm_gpu_tokens_total", "Tokens drawn.");
    private final Histogram first = histogram(
            "lstm_gpu_time_to_first_token_seconds", "From a request to the first token drawn for it.", MODEL, SECONDS);
    private final Histogram each = histogram(
            "lstm_gpu_time_per_token_seconds",
            "Between the tokens of a request, on average over the request.",
            MODEL,
            TOKEN_SECONDS);

    private Counter counter(String name, String help) {
        return Counter.builder()
                .name(name)
                .help(help)
                .labelNames(MODEL)
                .withoutExemplars()
                .register(registry);
    }

    private Histogram histogram(String name, String help, String label, double... bounds) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .classicOnly()
                .classicUpperBounds(bounds)
                .withoutExemplars()
                .register(registry);
    }

    /** Figures that are read off the models whenever somebody asks. */
    void watch(Catalogue models, Sessions<?> sessions) {
        gauge(models, "lstm_gpu_lanes_busy", "Texts that are being written.", OpenedText::running);
        gauge(models, "lstm_gpu_queue", "Requests that wait for a lane.", OpenedText::waiting);
        reads(
                models,
                "lstm_gpu_reloads_total",
                "Versions of a model that took the place of another.",
                ServedModel::reloads);
        reads(
                models,
                "lstm_gpu_reload_failures_total",
                "Files put in a model's place that could not be opened.",
                ServedModel::failures);
        GaugeWithCallback.builder()
                .name("lstm_gpu_sessions")
                .help("Conversations that the server remembers.")
                .callback(callback -> callback.call(sessions.count()))
                .register(registry);
    }

    private void gauge(Catalogue models, String name, String help, ToDoubleFunction<OpenedText> value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(MODEL)
                .callback(callback -> {
                    for (ServedModel model : models.all()) {
                        try (ServedModel.Lease<OpenedText> lease = model.lease(OpenedText.class)) {
                            if (lease != null) {
                                callback.call(value.applyAsDouble(lease.model()), model.name());
                            }
                        }
                    }
                })
                .register(registry);
    }

    private void reads(Catalogue models, String name, String help, ToDoubleFunction<ServedModel> value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(MODEL)
                .callback(callback ->
                        models.all().forEach(model -> callback.call(value.applyAsDouble(model), model.name())))
                .register(registry);
    }

    void request(String route, int status, double seconds) {
        requests.labelValues(route, Integer.toString(status)).inc();
        requestSeconds.labelValues(route).observe(seconds);
    }

    void prompt(String model, int tokens) {
        prompted.labelValues(model).inc(tokens);
    }

    void drawn(String model, int tokens) {
        drawn.labelValues(model).inc(tokens);
    }

    void firstToken(String model, double seconds) {
        first.labelValues(model).observe(seconds);
    }

    void perToken(String model, double seconds) {
        each.labelValues(model).observe(seconds);
    }

    /** All of it in Prometheus's text format. */
    byte[] text() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }
}
