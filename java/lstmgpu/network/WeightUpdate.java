package lstmgpu.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.AverageSpec;
import lstmgpu.backend.Backend;
import lstmgpu.backend.DeviceBuffer;
import lstmgpu.backend.ElementType;
import lstmgpu.backend.Optimisation;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.ParameterLayout;
import lstmgpu.backend.StepClock;

/** What gradients do to the weights: norm, optimiser, and the average of the weights where one is kept. */
public final class WeightUpdate implements AutoCloseable {
    private static final String FIRST_MOMENT = "first_moment.";
    private static final String SECOND_MOMENT = "second_moment.";
    private static final String AVERAGE = "average.";

    /**
     * What happens to the weights at a step.
     *
     * @param decayOnly the groups that weight decay pulls; empty for all weights
     * @param average of the weights that is kept beside them, or null
     */
    public record Spec(OptimizerSpec optimizer, List<WeightGroup> decayOnly, AverageSpec average) {
        public Spec {
            decayOnly = List.copyOf(decayOnly);
        }

        /** All weights alike, and no average. */
        public static Spec of(OptimizerSpec optimizer) {
            return new Spec(optimizer, List.of(), null);
        }

        private boolean decays(ParameterLayout.Slot tensor, boolean tied) {
            return decayOnly.isEmpty() || decayOnly.stream().anyMatch(group -> group.has(tensor, tied));
        }
    }

    /** A stretch of the flat buffers whose tensors are all pulled by weight decay, or all left alone. */
    private record Part(
            OptimizerSpec optimizer,
            DeviceBuffer parameters,
            DeviceBuffer gradients,
            DeviceBuffer firstMoment,
            DeviceBuffer secondMoment) {}

    private final Network model;
    private final Backend backend;
    private final DeviceBuffer gradients;
    private final AverageSpec average;

    /** Together all of the buffers, so that every element is updated once. */
    private final Part[] parts;

    private final Resources memory;
    private final DeviceBuffer normSquared;

    /** Null where it is not needed, as those below. */
    private final DeviceBuffer firstMoment;

    private final DeviceBuffer secondMoment;
    private final DeviceBuffer averaged;
    private final DeviceBuffer averageStart;

    /**
     * Allocates all of it.
     *
     * @param gradients zero between two steps
     * @throws LstmGpuException with exit code 5 if memory is short
     */
    WeightUpdate(Network model, DeviceBuffer gradients, Spec spec) {
        this.model = model;
        this.backend = model.backend();
        this.gradients = gradients;
        this.average = spec.average();
        this.memory = new Resources(backend);
        try {
            this.firstMoment = likeWeights(spec.optimizer().usesFirstMoment());
            this.secondMoment = likeWeights(spec.optimizer().usesSecondMoment());
            this.normSquared = memory.alloc(ElementType.FLOAT32, 1);
            this.averaged = likeWeights(average != null);
            this.averageStart = average == null ? null : memory.alloc(ElementType.INT32, 1);
            this.parts = parts(spec).toArray(Part[]::new);
        } catch (RuntimeException | Error failure) {
            memory.close();
            throw failure;
        }
    }

    private List<Part> parts(Spec spec) {
        List<Part> found = new ArrayList<>();
        boolean tied = model.config().tieWeights();
        List<ParameterLayout.Slot> slots = model.layout().slots();
        for (int first = 0, next; first < slots.size(); first = next) {
            boolean decays = spec.decays(slots.get(first), tied);
            next = first + 1;
            while (next < slots.size() && spec.decays(slots.get(next), tied) == decays) {
                next++;
            }
            long from = slots.get(first).offset();
            long to = next < slots.size()
                    ? slots.get(next).offset()
                    : model.layout().length();
            OptimizerSpec own = decays ? spec.optimizer() : spec.optimizer().withoutDecay();
            found.add(new Part(
                    own,
                    stretch(model.parameters(), from, to),
                    stretch(gradients, from, to),
                    stretch(firstMoment, from, to),
                    stretch(secondMoment, from, to)));
        }
        return found;
    }

    private static DeviceBuffer stretch(DeviceBuffer all, long from, long to) {
        return all == null ? null : all.slice(from, to - from);
    }

    private DeviceBuffer likeWeights(boolean used) {
        return used ? memory.alloc(ElementType.FLOAT32, model.layout().length()) : null;
    }

    /** The calls of a recorded step. */
    void apply(StepClock clock) {
        Optimisation optimisation = backend.optimisation();
        optimisation.sumOfSquares(gradients, normSquared);
        for (Part part : parts) {
            optimisation.optimizerStep(
                    part.optimizer(),
                    clock,
                    part.parameters(),
                    part.gradients(),
                    part.firstMoment(),
                    part.secondMoment(),
                    normSquared);
        }
        if (average != null) {
            optimisation.average(average, clock, averageStart, model.parameters(), averaged);
        }
    }

    /** [1], of the gradients of the last step, before clipping. */
    DeviceBuffer normSquared() {
        return normSquared;
    }

    /**
     * From now on the weights after that many steps and later ones count for the average.
     *
     * @param start steps done; {@link Integer#MAX_VALUE} for later than is known
     */
    public void averageFrom(int start) {
        if (average != null) {
            backend.upload(new int[] {start}, averageStart);
        }
    }

    /** As before the first step: the optimiser remembers nothing, and the average is the weights. */
    public void begin() {
        for (DeviceBuffer moment : new DeviceBuffer[] {firstMoment, secondMoment}) {
            if (moment != null) {
                backend.fill(moment, 0);
            }
        }
        if (averaged != null) {
            backend.copy(model.parameters(), averaged);
        }
    }

    /**
     * Does something with the network while its weights are the averaged ones, where an average is kept; afterwards
     * they are what they were. Between two steps only: the memory of the gradients holds the weights meanwhile.
     */
    public <R> R judged(Supplier<R> work) {
        if (averaged == null) {
            return work.get();
        }
        backend.copy(model.parameters(), gradients);
        backend.copy(averaged, model.parameters());
        try {
            return work.get();
        } finally {
            backend.copy(gradients, model.parameters());
            backend.fill(gradients, 0);
        }
    }

    /** The weights by which the network is judged: the averaged ones, or the network's where none are kept. */
    public Map<String, Tensor> judgedTensors() {
        return averaged == null ? model.tensors() : model.unpack(averaged);
    }

    /** The averaged weights among {@link #tensors}; empty where there are none. */
    public static Map<String, Tensor> averaged(Map<String, Tensor> tensors) {
        return under(AVERAGE, tensors);
    }

    /** All that is remembered of every weight, copied to the host. */
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        collect(FIRST_MOMENT, firstMoment, tensors);
        collect(SECOND_MOMENT, secondMoment, tensors);
        collect(AVERAGE, averaged, tensors);
        return tensors;
    }

    private void collect(String prefix, DeviceBuffer buffer, Map<String, Tensor> tensors) {
        if (buffer != null) {
            model.unpack(buffer).forEach((name, tensor) -> tensors.put(prefix + name, tensor));
        }
    }

    /**
     * Restores {@link #tensors}.
     *
     * @throws LstmGpuException with exit code 3, naming the tensor, if they do not fit
     */
    public void load(Map<String, Tensor> tensors) {
        restore(FIRST_MOMENT, firstMoment, tensors);
        restore(SECOND_MOMENT, secondMoment, tensors);
        restore(AVERAGE, averaged, tensors);
    }

    private void restore(String prefix, DeviceBuffer buffer, Map<String, Tensor> tensors) {
        if (buffer != null) {
            backend.upload(
                    PackedTensors.pack(model.layout(), under(prefix, tensors), "the checkpoint's optimiser state"),
                    buffer);
        }
    }

    private static Map<String, Tensor> under(String prefix, Map<String, Tensor> tensors) {
        Map<String, Tensor> own = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                own.put(name.substring(prefix.length()), tensor);
            }
        });
        return own;
    }

    @Override
    public void close() {
        memory.close();
    }
}
