package lstmgpu.train;

import lstmgpu.LstmGpuException;
import lstmgpu.backend.Backend;
import lstmgpu.data.BatchPlan;
import lstmgpu.network.Network;
import lstmgpu.network.NetworkConfig;
import lstmgpu.parallel.Peers;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Batching;
import lstmgpu.task.Samples;
import lstmgpu.task.Task;

/**
 * Trains a network in a task. Making a trainer checks and allocates everything and touches no file, so that a caller
 * can leave an old model alone until it is sure that a new one can begin; {@link #run} then trains in a model
 * directory.
 */
public final class Trainer implements AutoCloseable {
    private final Backend backend;
    private final NetworkConfig config;
    private final Task task;
    private final TrainingSettings settings;
    private final TrainingListener listener;
    private final BatchPlan plan;
    private final Samples samples;
    private final FirstWeights firstWeights;
    private final TrainingNetwork network;
    private volatile boolean stopRequested;
    private int pauseStep = TrainingSettings.UNLIMITED;

    /** In a process by itself, otherwise as the other constructor. */
    public Trainer(
            Backend backend, NetworkConfig config, Task task, TrainingSettings settings, TrainingListener listener) {
        this(backend, config, task, settings, listener, Peers.ALONE);
    }

    /**
     * As one of several processes. Checks everything that can be checked before the work begins, allocates the network
     * and, unless the run goes on from a checkpoint, gives it its first weights.
     *
     * @param peers who train the same network with the same settings on the same data; the batch size is that of all
     *     together, and each has a model directory of its own with equal weights, or follows that of the first one
     * @throws LstmGpuException with exit code 3 if the data is too short or the weights of {@code --init-from} do not
     *     fit, 2 if settings contradict each other or differ from those of the first process, 5 if memory is short
     */
    public Trainer(
            Backend backend,
            NetworkConfig config,
            Task task,
            TrainingSettings settings,
            TrainingListener listener,
            Peers peers) {
        this.backend = backend;
        this.config = config;
        this.task = task;
        this.settings = settings;
        this.listener = listener;
        this.plan = check(config, task, settings);
        this.samples = samples(task, settings);
        SameRun.check(peers, backend, RunIdentity.of(config, task, settings), settings);
        this.firstWeights =
                new FirstWeights(config, task, settings.run(), plan.spec().steps());
        this.network = new TrainingMemory(backend, config, task, settings, samples, peers).newNetwork(plan);
        try {
            if (!settings.run().resume()) {
                giveFirstWeights();
            }
        } catch (RuntimeException failure) {
            network.close();
            throw failure;
        }
    }

    private void giveFirstWeights() {
        firstWeights.give(network.model());
        network.step().update().begin();
    }

    /**
     * Checks everything that can be checked without a device, and that is not a matter of single flags.
     *
     * @return how the data is walked through
     * @throws LstmGpuException with exit code 3 if the data is too short, 2 if settings contradict each other
     */
    private static BatchPlan check(NetworkConfig config, Task task, TrainingSettings settings) {
        BatchPlan plan = plan(task, settings);
        new Schedule(
                settings.rate(),
                settings.optimisation().learningRate(),
                plan.stepsPerEpoch(),
                totalSteps(settings, plan),
                settings.loop().timed());
        if (settings.run().resume() && settings.run().initFrom() != null) {
            throw LstmGpuException.usage("--resume goes on with the run's own weights; leave --init-from out");
        }
        Network.check(config);
        return plan;
    }

    /**
     * As making a trainer and, where the run is to be resumed, beginning it: makes all checks that need no device.
     *
     * @param resumed the directory of the run that is to go on, or null
     * @return how the data is walked through
     */
    public static BatchPlan rehearse(
            NetworkConfig config, Task task, TrainingSettings settings, ModelDirectory resumed) {
        BatchPlan plan = check(config, task, settings);
        samples(task, settings);
        if (resumed == null) {
            new FirstWeights(config, task, settings.run(), plan.spec().steps()).check();
        } else {
            RunState.newest(resumed, RunIdentity.of(config, task, settings));
        }
        return plan;
    }

    /**
     * Bytes that a run would allocate on a device; nothing is allocated for the answer.
     *
     * @param peers who would train together, of whom this one has a share of the batch
     * @throws LstmGpuException with exit code 5 and a batch size that would fit, if fewer are free
     */
    public static long requireMemory(
            Backend backend, NetworkConfig config, Task task, TrainingSettings settings, Peers peers) {
        Samples samples = samples(task, settings);
        return new TrainingMemory(backend, config, task, settings, samples, peers).require();
    }

    /**
     * How the data is walked through.
     *
     * @throws LstmGpuException with exit code 3 if it is too short
     */
    static BatchPlan plan(Task task, TrainingSettings settings) {
        TrainingSettings.Loop loop = settings.loop();
        return task.plan(new Batching(
                loop.batchSize(),
                loop.seqLength(),
                loop.stepSize(),
                loop.varyLength(),
                settings.run().seed()));
    }

    private static Samples samples(Task task, TrainingSettings settings) {
        TrainingSettings.Samples samples = settings.samples();
        return task.samples(samples.prompt(), samples.length(), settings.run().seed());
    }

    /**
     * Steps that a pass over the data takes.
     *
     * @throws LstmGpuException with exit code 3 if it is too short
     */
    public static int stepsPerEpoch(Task task, TrainingSettings settings) {
        return plan(task, settings).stepsPerEpoch();
    }

    /** Steps of the whole run, or {@link TrainingSettings#UNLIMITED}. */
    public int totalSteps() {
        return totalSteps(settings, plan);
    }

    private static int totalSteps(TrainingSettings settings, BatchPlan plan) {
        long byEpochs = settings.loop().epochs() == TrainingSettings.UNLIMITED
                ? TrainingSettings.UNLIMITED
                : (long) settings.loop().epochs() * plan.stepsPerEpoch();
        return (int) Math.min(settings.loop().maxSteps(), byEpochs);
    }

    /**
     * Trains until the run is over or a stop is asked for; once only. Writes model.safetensors, metrics.csv, loss.svg,
     * samples.txt, run.json, checkpoints/ and, where the settings ask for it, tensorboard/.
     *
     * @param directory locked, with what {@link Task#save} writes
     * @throws LstmGpuException with exit code 6 if the loss diverges, 5 if memory is short, 2 or 3 if a run
     *     cannot be resumed so
     */
    public TrainingResult run(ModelDirectory directory) {
        RunRecord run = new RunRecord(directory);
        TrainingLoop loop = new TrainingLoop(
                new RunParts(network, task, plan, settings, directory, listener, totalSteps()),
                RunIdentity.of(config, task, settings),
                samples,
                settings.run().resume() ? null : this::giveFirstWeights);
        if (settings.run().resume()) {
            loop.resume();
        }
        run.started(settings, task, plan, backend.device(), loop.step());
        listener.started(new TrainingListener.Start(
                network.model().parameterCount(),
                task.trainingLength(),
                task.heldOutLength(),
                plan.stepsPerEpoch(),
                loop.step(),
                totalSteps()));
        TrainingResult result = finishOrNote(loop, run);
        run.finished(result);
        listener.finished(result);
        return result;
    }

    private TrainingResult finishOrNote(TrainingLoop loop, RunRecord run) {
        try {
            return loop.run(this::end);
        } catch (LstmGpuException failure) {
            throw noted(failure, run);
        } catch (InternalError fault) {
            throw noted(task.source().inputs().unreachable(fault), run);
        }
    }

    private static LstmGpuException noted(LstmGpuException failure, RunRecord run) {
        try {
            run.failed(failure.getMessage());
        } catch (LstmGpuException unwritable) {
            failure.addSuppressed(unwritable);
        }
        return failure;
    }

    private TrainingResult.Reason end(int step) {
        if (stopRequested) {
            return TrainingResult.Reason.STOP_REQUESTED;
        }
        return step >= pauseStep ? TrainingResult.Reason.PAUSED : null;
    }

    /**
     * Before {@link #run}: stop after so many steps of the run, unless it ends earlier, with a checkpoint and a look at
     * what is held out. What follows from the length of the run, such as its rates, does not change, so that it ends
     * with the same bits when it goes on.
     */
    public void pauseAfter(int steps) {
        pauseStep = steps;
    }

    /** From any thread: finish the step in progress, write a checkpoint and return. */
    public void requestStop() {
        stopRequested = true;
    }

    /** Frees what the run kept on the device. */
    @Override
    public void close() {
        network.close();
    }
}
