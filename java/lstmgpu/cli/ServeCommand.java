package lstmgpu.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.backend.RoundedWeights;
import lstmgpu.cli.flags.DeviceFlags;
import lstmgpu.cli.flags.FlagSection;
import lstmgpu.cli.report.Console;
import lstmgpu.cli.report.Interrupts;
import lstmgpu.cli.report.Seconds;
import lstmgpu.serve.ModelLimits;
import lstmgpu.serve.Server;
import lstmgpu.serve.http.ApiKeys;
import lstmgpu.serve.http.HttpLimits;
import lstmgpu.serve.runs.Runs;
import lstmgpu.serve.runs.TrainingProgram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps models loaded and answers requests over HTTP. */
@Command(
        name = "serve",
        customSynopsis = "lstm-gpu serve MODEL|RUNS... [FLAGS]",
        description = "Keeps models loaded and answers requests over HTTP, as OpenAI and llama.cpp do:"
                + " /v1/completions, /v1/models, /score, /forecast, /classify, /health, /metrics. At / is a page to"
                + " write with them and to watch training.",
        footer = {
            "",
            "Examples:",
            "  lstm-gpu serve runs/book",
            "  curl -N http://localhost:8080/v1/completions -d"
                    + " '{\"prompt\":\"Once\",\"max_tokens\":200,\"stream\":true}'",
            "  lstm-gpu serve book=runs/book-2 air=runs/air --port 0     two models, any free port, which is printed",
            "  lstm-gpu serve runs                                       all models of a folder, and its runs to watch",
            "  lstm-gpu serve runs/book --host 0.0.0.0 --api-key-file key.txt",
            "",
            "A model that is replaced on disk is read again; requests that run end on the one before."
        })
final class ServeCommand extends ProgramCommand {
    static final int MOST_PORT = 65_535;
    private static final int MEGABYTE = 1 << 20;
    private static final int MOST_MEGABYTES = 1024;
    private static final double LONGEST = 7 * 24 * 3600;
    private static final long MILLIS = 1000;

    /** Who may ask. */
    @FlagSection("Access")
    static final class AccessFlags {
        @Option(
                names = "--host",
                defaultValue = "127.0.0.1",
                paramLabel = "NAME",
                description = "Listen here; 0.0.0.0 is every address of the machine. Default: ${DEFAULT-VALUE}, which"
                        + " no other machine reaches.")
        String host;

        @Option(
                names = "--port",
                defaultValue = "8080",
                paramLabel = "N",
                description = "0 takes any that is free. Default: ${DEFAULT-VALUE}.")
        int port;

        @Option(
                names = "--api-key-file",
                paramLabel = "FILE",
                description = "Keys, one a line, of which a client has to show one: Authorization: Bearer KEY. Only"
                        + " you may be able to read the file.")
        Path apiKeyFile;

        @Option(names = "--no-api-key", description = "Let everybody who reaches --host use the models without a key.")
        boolean noApiKey;

        @Option(
                names = "--allow-origin",
                paramLabel = "ORIGIN",
                description = "Pages of this origin, such as https://example.org, may ask, and the server may be called"
                        + " by its name; may be given several times.")
        List<String> origins = new ArrayList<>();
    }

    /** How much they may ask for. */
    @FlagSection("Limits")
    static final class LimitFlags {
        @Option(
                names = "--lanes",
                defaultValue = "64",
                paramLabel = "N",
                description = "Texts that a model writes side by side. Default: ${DEFAULT-VALUE}.")
        int lanes;

        @Option(
                names = "--max-queue",
                defaultValue = "256",
                paramLabel = "N",
                description = "Requests that may wait, of each model; more get status 429. Default: ${DEFAULT-VALUE}.")
        int queue;

        @Option(
                names = "--max-tokens",
                defaultValue = "16384",
                paramLabel = "N",
                description = "The most of a text. Default: ${DEFAULT-VALUE}.")
        int newTokens;

        @Option(
                names = "--max-prompt",
                defaultValue = "65536",
                paramLabel = "N",
                description = "The most tokens of the prompts of a request, each counted 'n' times. Default:"
                        + " ${DEFAULT-VALUE}.")
        int promptTokens;

        @Option(
                names = "--max-body",
                defaultValue = "1",
                paramLabel = "MIB",
                description = "The most of a request's body. Default: ${DEFAULT-VALUE}.")
        int body;

        @Option(
                names = "--max-time",
                defaultValue = "10m",
                paramLabel = "TIME",
                description = "After which a request ends with what it has. Default: ${DEFAULT-VALUE}.")
        Seconds time;

        @Option(
                names = "--client-time",
                defaultValue = "30s",
                paramLabel = "TIME",
                description = "For which a client may neither send nor read before it is given up. Default:"
                        + " ${DEFAULT-VALUE}.")
        Seconds clientTime;

        @Option(
                names = "--max-connections",
                defaultValue = "1024",
                paramLabel = "N",
                description = "At a time. Default: ${DEFAULT-VALUE}.")
        int connections;

        @Option(
                names = "--max-sessions",
                defaultValue = "1000",
                paramLabel = "N",
                description = "Conversations that are remembered by their names. Default: ${DEFAULT-VALUE}.")
        int sessions;

        @Option(
                names = "--grace",
                defaultValue = "10s",
                paramLabel = "TIME",
                description = "For requests that run at Ctrl-C or SIGTERM. Default: ${DEFAULT-VALUE}.")
        Seconds grace;
    }

    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description = "Folders of models, called by their last part, or NAME=FOLDER; or a folder of runs, whose"
                    + " models are opened when they are asked for.")
    List<String> models;

    @Mixin
    AccessFlags access;

    @Mixin
    LimitFlags limits;

    @Mixin
    DeviceFlags device;

    @Option(
            names = "--rnn",
            defaultValue = "auto",
            paramLabel = "NAME",
            description = "auto, cudnn or fused: the recurrent stack on a GPU. Default: auto.")
    RnnImplementation rnn;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            description = "Round the matrices of language models to bf16, or to int8 with a scale for each row: on a"
                    + " CPU texts are then written more quickly, those of generate --weights. What it costs: eval"
                    + " --weights.")
    RoundedWeights weights;

    private final ReentrantLock saying = new ReentrantLock();

    ServeCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws InterruptedException {
        Server.Settings settings = settings();
        List<Server.Source> sources = models.stream().map(Server.Source::of).toList();
        CountDownLatch end = new CountDownLatch(1);
        try (Interrupts interrupts = new Interrupts(
                        console,
                        "stopping when the requests that run are answered; Ctrl-C again stops at once",
                        end::countDown);
                Server server = new Server(sources, settings, device.choice(), rnn, this::say, new Runs(program()))) {
            console.print(server.address() + "\n");
            console.flush();
            end.await();
            server.stop();
            return interrupts.exitCode().code();
        }
    }

    private TrainingProgram program() {
        return new TrainingProgram(Main.class.getName(), device.device, device.threads);
    }

    /** Requests tell of themselves from many threads. */
    private void say(String line) {
        saying.lock();
        try {
            console.say(line);
        } finally {
            saying.unlock();
        }
    }

    private Server.Settings settings() {
        LstmGpuException.requireRange("--port", access.port, 0, MOST_PORT);
        LstmGpuException.requireRange("--max-tokens", limits.newTokens, 1, Integer.MAX_VALUE);
        LstmGpuException.requireRange("--max-prompt", limits.promptTokens, 1, Integer.MAX_VALUE);
        LstmGpuException.requireRange("--max-body", limits.body, 1, MOST_MEGABYTES);
        LstmGpuException.requireRange("--max-connections", limits.connections, 1, Integer.MAX_VALUE);
        LstmGpuException.requireRange("--max-sessions", limits.sessions, 0, Integer.MAX_VALUE);
        if (access.noApiKey && access.apiKeyFile != null) {
            throw LstmGpuException.usage("--api-key-file and --no-api-key contradict each other; choose one");
        }
        return new Server.Settings(
                access.host,
                access.port,
                access.apiKeyFile == null ? ApiKeys.NONE : ApiKeys.read(access.apiKeyFile),
                !access.noApiKey,
                access.origins,
                new ModelLimits(
                        limits.lanes,
                        limits.queue,
                        limits.promptTokens,
                        limits.newTokens,
                        time("--max-time", limits.time),
                        limits.sessions),
                new HttpLimits(
                        limits.body * MEGABYTE,
                        limits.connections,
                        time("--client-time", limits.clientTime),
                        HttpLimits.DEFAULT.retained()),
                time("--grace", limits.grace),
                common.verbose,
                weights);
    }

    private static Duration time(String flag, Seconds given) {
        if (given.value() > LONGEST) {
            throw LstmGpuException.usage("%s must be a week or less, not %s", flag, given.text());
        }
        return Duration.ofMillis((long) (given.value() * MILLIS));
    }
}
