package lstmgpu.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.devices.DeviceChoice;
import lstmgpu.serve.http.ApiKeys;
import lstmgpu.serve.http.HttpLimits;

/** A server in this process on the loopback, and a client of the JDK's. */
final class TestServer implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    final Server server;
    final List<String> said = new CopyOnWriteArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What differs from the usual settings. */
    static final class Setup {
        ApiKeys keys = ApiKeys.NONE;
        List<String> origins = List.of();
        ModelLimits limits = ModelLimits.DEFAULT;
        HttpLimits http = HttpLimits.DEFAULT;
        Duration grace = Duration.ofSeconds(5);
        RoundedWeights weights;

        TestServer start(Path... models) {
            return new TestServer(this, models);
        }
    }

    private TestServer(Setup setup, Path... models) {
        List<Server.Source> sources = new ArrayList<>();
        for (Path model : models) {
            sources.add(Server.Source.of(model.toString()));
        }
        Server.Settings settings = new Server.Settings(
                "127.0.0.1",
                0,
                setup.keys,
                true,
                setup.origins,
                setup.limits,
                setup.http,
                setup.grace,
                false,
                setup.weights);
        server = new Server(sources, settings, new DeviceChoice("cpu", 1), RnnImplementation.AUTO, said::add);
    }

    static TestServer of(Path... models) {
        return new Setup().start(models);
    }

    /** An answer as it came. */
    record Answer(int status, HttpResponse<String> response) {
        JsonNode json() {
            try {
                return JSON.readTree(response.body());
            } catch (IOException failure) {
                throw new AssertionError(response.body(), failure);
            }
        }

        Answer is(int expected) {
            assertEquals(expected, status, response.body());
            return this;
        }

        JsonNode error() {
            return json().get("error");
        }

        String text(int choice) {
            return json().at("/choices/" + choice + "/text").asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)), path, headers);
    }

    Answer get(String path, String... headers) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path, headers);
    }

    Answer send(HttpRequest.Builder request, String path, String... headers) throws IOException, InterruptedException {
        request.uri(URI.create(server.address() + path)).timeout(Duration.ofSeconds(60));
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        return new Answer(response.statusCode(), response);
    }

    /** A completion that succeeds. */
    JsonNode complete(String body) throws IOException, InterruptedException {
        return post("/v1/completions", body).is(200).json();
    }

    /** The events of a stream that succeeds, without the last. */
    List<JsonNode> stream(String body) throws IOException, InterruptedException {
        Answer answer = post("/v1/completions", body).is(200);
        assertEquals("text/event-stream; charset=utf-8", answer.header("Content-Type"));
        List<JsonNode> events = new ArrayList<>();
        List<String> lines =
                answer.response.body().lines().filter(line -> !line.isEmpty()).toList();
        assertEquals("data: [DONE]", lines.getLast());
        for (String line : lines.subList(0, lines.size() - 1)) {
            assertEquals("data: ", line.substring(0, 6));
            events.add(JSON.readTree(line.substring(6)));
        }
        return events;
    }

    int port() {
        return URI.create(server.address()).getPort();
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port());
    }

    /** Sends bytes on a connection of their own, and reads what comes until the server ends it. */
    String raw(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A request as bytes. */
    byte[] request(String body) {
        String head = "POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %d\r\n\r\n";
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        return (head.formatted(port(), length) + body).getBytes(StandardCharsets.UTF_8);
    }

    /** A figure of /metrics, 0 where it is not there yet. */
    double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .is(200)
                .response
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        server.close();
        client.close();
    }
}
