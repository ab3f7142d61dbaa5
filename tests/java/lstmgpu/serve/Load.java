package lstmgpu.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What {@code tests/serve/load} runs: figures of {@code lstm-gpu serve} under load, and a soak, by hand. */
final class Load {
    private static final int TOKENS = 400;
    private static final double WARM_UP = 3;
    private static final double SECONDS = 10;
    private static final int PAUSE = 500;

    private Load() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = new ArrayList<>(List.of(arguments));
        List<String> command = new ArrayList<>(List.of("./lstm-gpu", "serve", words.removeFirst(), "--port", "0"));
        boolean json = words.remove("--json");
        String soak = option(words, "--soak");
        String device = option(words, "--device");
        if (!words.isEmpty() || soak != null && !soak.matches("[1-9][0-9]{0,5}")) {
            System.err.println("tests/serve/load MODEL [--json | --soak REQUESTS] [--device D]");
            System.exit(2);
        }
        if (device != null) {
            command.addAll(List.of("--device", device));
        }
        Process server = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int code = 1;
        try (BufferedReader out = server.inputReader()) {
            String address = out.readLine();
            if (address == null) {
                System.err.println("tests/serve/load: the server did not start");
            } else {
                URI uri = URI.create(address.strip());
                code = soak == null ? figures(uri, json) : soak(uri, server.pid(), Integer.parseInt(soak));
            }
        } finally {
            end(server);
        }
        System.exit(code);
    }

    private static void end(Process server) throws InterruptedException {
        server.destroy();
        if (!server.waitFor(30, TimeUnit.SECONDS)) {
            server.destroyForcibly();
        }
    }

    /** Takes a flag's value out of the words; null where the flag is not there. */
    private static String option(List<String> words, String flag) {
        int at = words.indexOf(flag);
        if (at < 0 || at + 1 == words.size()) {
            return null;
        }
        words.remove(at);
        return words.remove(at);
    }

    private static int figures(URI address, boolean json) throws Exception {
        LoadRun run = new LoadRun(address.getPort(), TOKENS);
        run.measure(16, 0, 2 * WARM_UP, 0); // the JVMs compile what they run often
        List<LoadRun.Seen> rates = new ArrayList<>();
        for (int clients : new int[] {1, 4, 16, 64}) {
            rates.add(run.measure(clients, WARM_UP, SECONDS, 0));
        }
        List<LoadRun.Seen> waits = new ArrayList<>();
        for (int clients : new int[] {1, 16, 64}) {
            waits.add(run.measure(clients, 1, SECONDS, PAUSE));
        }
        if (json) {
            System.out.println(asJson(rates, waits));
        } else {
            print(run, rates, waits);
        }
        return 0;
    }

    private static void print(LoadRun run, List<LoadRun.Seen> rates, List<LoadRun.Seen> waits) {
        System.out.printf(
                "%s; clients and server share %d cores%n",
                run, Runtime.getRuntime().availableProcessors());
        for (LoadRun.Seen seen : rates) {
            System.out.printf(
                    Locale.ROOT,
                    "%2d clients one text after the other: %,8.0f tokens/s, %5.2f times one%n",
                    seen.clients(),
                    seen.rate(),
                    seen.rate() / rates.getFirst().rate());
        }
        for (LoadRun.Seen seen : waits) {
            System.out.printf(
                    Locale.ROOT,
                    "%2d clients at random instants: first token after %.1f ms (median), %.1f ms (95 of 100),"
                            + " %d requests, %,.0f tokens/s%n",
                    seen.clients(),
                    seen.p50(),
                    seen.p95(),
                    seen.requests(),
                    seen.rate());
        }
    }

    private static String asJson(List<LoadRun.Seen> rates, List<LoadRun.Seen> waits) {
        ObjectNode all = new ObjectMapper().createObjectNode();
        all.put("cores", Runtime.getRuntime().availableProcessors());
        all.put("max_tokens", TOKENS);
        ArrayNode streaming = all.putArray("streaming");
        for (LoadRun.Seen seen : rates) {
            streaming
                    .addObject()
                    .put("clients", seen.clients())
                    .put("tokens_per_second", seen.rate())
                    .put("times_one", seen.rate() / rates.getFirst().rate());
        }
        ArrayNode random = all.putArray("first_token");
        for (LoadRun.Seen seen : waits) {
            random.addObject()
                    .put("clients", seen.clients())
                    .put("requests", seen.requests())
                    .put("p50_ms", seen.p50())
                    .put("p95_ms", seen.p95())
                    .put("tokens_per_second", seen.rate());
        }
        return all.toPrettyString();
    }

    private static int soak(URI address, long server, int requests) throws Exception {
        try {
            System.out.println(new Soak(address, new ProcessCounts(server, true)).run(requests, 32));
            return 0;
        } catch (IOException | AssertionError lost) {
            System.err.println("tests/serve/load: " + lost.getMessage());
            return 1;
        }
    }
}
