package lstmgpu.generate;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import lstmgpu.backend.Backend;
import lstmgpu.backend.Cell;
import lstmgpu.backend.Precision;
import lstmgpu.data.CharTokenizer;
import lstmgpu.data.Tokenizer;
import lstmgpu.devices.Backends;
import lstmgpu.network.Initialisation;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;

/**
 * How many tokens a second {@link Lanes} write for 1, 4, 16 and 64 requests at a time, and a {@link Generator}, and
 * what a token of the lanes costs the processor: by hand, as docs/benchmarks.md says. A network of 2 x 256 on
 * 65 characters.
 */
final class LaneSpeed {
    private static final int VOCABULARY = 65;
    private static final int LENGTH = 400;
    private static final int ROUNDS = 5;
    private static final int NEEDED = 4_000;

    private LaneSpeed() {}

    public static void main(String[] arguments) throws InterruptedException {
        String device = arguments.length > 0 ? arguments[0] : "cpu";
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 0;
        Tokenizer tokenizer = new CharTokenizer(
                new java.util.HashSet<>(java.util.stream.IntStream.range(' ', ' ' + VOCABULARY)
                        .boxed()
                        .toList()),
                false);
        NetworkConfig config = NetworkConfig.ofTokens(Cell.LSTM, VOCABULARY, 64, 256, 2, 0, false);
        try (Backend backend = Backends.open(device, threads, 0, _ -> {});
                Network model = new Network(backend, config, Precision.FP32)) {
            model.initialise(1, Initialisation.UNIFORM);
            generator(model, tokenizer);
            try (Lanes lanes = new Lanes(model, tokenizer, 64, 64)) {
                for (int clients : new int[] {1, 4, 16, 64, 1}) {
                    lanes(lanes, clients);
                }
                compare(model, tokenizer, lanes);
            }
        }
    }

    private static GenerationSettings settings(int length, long seed) {
        return new GenerationSettings(length, 0.8f, 0, 1, 0, false, 1, List.of(), seed, 1, false);
    }

    private static void generator(Network model, Tokenizer tokenizer) {
        double[] rates = new double[ROUNDS];
        for (int round = -2; round < ROUNDS; round++) {
            try (Generator generator = new Generator(model, tokenizer, settings(NEEDED, round))) {
                long start = System.nanoTime();
                generator.generate(new int[] {1, 2, 3}, TextSink.NONE);
                rates[Math.max(0, round)] = NEEDED * 1e9 / (System.nanoTime() - start);
            }
        }
        say("generator", rates);
    }

    private static void lanes(Lanes lanes, int clients) throws InterruptedException {
        double[] rates = new double[ROUNDS];
        double least = Double.POSITIVE_INFINITY;
        for (int round = -2; round < ROUNDS; round++) {
            List<LaneTicket> tickets = new ArrayList<>();
            int length = clients == 1 ? NEEDED : LENGTH;
            long before = processor();
            long start = System.nanoTime();
            for (int client = 0; client < clients; client++) {
                LaneRequest request = LaneRequest.of(new int[] {1, 2, 3}, settings(length, 100L * round + client));
                tickets.add(lanes.submit(request, _ -> {}));
            }
            for (LaneTicket ticket : tickets) {
                ticket.await();
            }
            rates[Math.max(0, round)] = (double) clients * length * 1e9 / (System.nanoTime() - start);
            least = Math.min(least, (processor() - before) / 1e3 / clients / length);
        }
        say(clients + " requests", rates);
        System.out.printf(Locale.ROOT, "%-12s %10.1f µs of processor a token (the best round)%n", "", least);
    }

    /** Nanoseconds that the threads which write have had of a processor. */
    private static long processor() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().matches("lanes|cpu-worker-\\d+"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    /** Each of 64 texts with what a generator writes alone. */
    private static void compare(Network model, Tokenizer tokenizer, Lanes lanes) throws InterruptedException {
        List<LaneTicket> tickets = new ArrayList<>();
        for (int client = 0; client < 64; client++) {
            int[] prompt = new int[1 + client];
            tickets.add(lanes.submit(LaneRequest.of(prompt, settings(LENGTH, client)), _ -> {}));
        }
        for (LaneTicket ticket : tickets) {
            ticket.await(); // the device is the lanes' until then
        }
        int equal = 0;
        for (int client = 0; client < 64; client++) {
            try (Generator generator = new Generator(model, tokenizer, settings(LENGTH, client))) {
                int[] alone = generator
                        .generate(new int[1 + client], TextSink.NONE)
                        .getFirst()
                        .tokens();
                equal += Arrays.equals(alone, tickets.get(client).await().text().tokens()) ? 1 : 0;
            }
        }
        System.out.println(equal + " of 64 texts are what a generator writes alone");
    }

    private static void say(String what, double... rates) {
        Arrays.sort(rates);
        System.out.printf(
                Locale.ROOT,
                "%-12s %,10.0f tokens/s (%,.0f to %,.0f)%n",
                what,
                rates[rates.length / 2],
                rates[0],
                rates[rates.length - 1]);
    }
}
