package lstmgpu.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import lstmgpu.ChoiceName;
import lstmgpu.LstmGpuException;
import lstmgpu.backend.Cell;
import lstmgpu.backend.OptimizerSpec;
import lstmgpu.backend.Precision;
import lstmgpu.backend.RnnImplementation;
import lstmgpu.network.Initialisation;
import lstmgpu.network.WeightGroup;
import lstmgpu.runs.AveragingChoice;
import lstmgpu.runs.LoopChoice;
import lstmgpu.runs.OptimisationChoice;
import lstmgpu.runs.RegularisationChoice;
import lstmgpu.runs.RunChoice;
import lstmgpu.runs.SoftmaxChoice;
import lstmgpu.runs.StackChoice;
import lstmgpu.runs.WayTo;
import lstmgpu.train.Averaging;
import lstmgpu.train.Schedule;

/**
 * What was asked for of a run, by the names of the program's flags; all else is left to the defaults. Never changes.
 */
final class Wishes {
    static final Wishes NONE = new Wishes(Map.of());

    /** These belong to one start, not to the run. */
    private static final Set<String> OF_ONE_START =
            Set.of("--resume", "--overwrite", "--init-from", "--extend-vocab", "--vectors");

    private static final double NANOS = 1e9;

    private final Map<String, Object> values;

    private Wishes(Map<String, Object> values) {
        this.values = values;
    }

    Wishes with(String flag, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(flag, Objects.requireNonNull(value, flag));
        return new Wishes(more);
    }

    /** A value, or null. */
    <T> T get(String flag, Class<T> type) {
        return type.cast(values.get(flag));
    }

    Integer integer(String flag) {
        return get(flag, Integer.class);
    }

    /** As the program reads such a number from its command line, to the last bit. */
    Float real(String flag) {
        Double value = get(flag, Double.class);
        return value == null ? null : Float.valueOf(Double.toString(value));
    }

    boolean isSet(String flag) {
        return Boolean.TRUE.equals(values.get(flag));
    }

    Double seconds(String flag) {
        Duration time = get(flag, Duration.class);
        return time == null ? null : time.toNanos() / NANOS;
    }

    /** The value of a name; null where there is none. */
    <E extends Enum<E>> E choice(String flag, Class<E> type) {
        String name = get(flag, String.class);
        return name == null ? null : named(flag, type, name);
    }

    /** The values of names; null where there are none. */
    private <E extends Enum<E>> List<E> choices(String flag, Class<E> type) {
        List<?> names = get(flag, List.class);
        return names == null
                ? null
                : names.stream()
                        .map(name -> named(flag, type, String.valueOf(name)))
                        .toList();
    }

    private static <E extends Enum<E>> E named(String flag, Class<E> type, String name) {
        return ChoiceName.find(type, name)
                .orElseThrow(
                        () -> LstmGpuException.usage("%s is one of %s, not '%s'", flag, ChoiceName.all(type), name));
    }

    /** For the record: the command line by which the program would go on with such a run. */
    List<String> arguments(Path output, List<Path> files) {
        List<String> arguments = new ArrayList<>();
        values.forEach((flag, value) -> {
            if (!OF_ONE_START.contains(flag) && !Boolean.FALSE.equals(value)) {
                arguments.add(flag + "=" + text(value, output));
            }
        });
        arguments.add("--");
        files.forEach(file -> arguments.add(WayTo.record(output, file, System.getenv())));
        return arguments;
    }

    private static String text(Object value, Path output) {
        return switch (value) {
            case Duration time -> time.toNanos() / NANOS + "s";
            case Path file -> WayTo.record(output, file, System.getenv());
            case List<?> several ->
                String.join(",", several.stream().map(String::valueOf).toList());
            default -> value.toString();
        };
    }

    SoftmaxChoice softmax() {
        List<?> cutoffs = get("--cutoffs", List.class);
        return new SoftmaxChoice(
                choice("--softmax", SoftmaxChoice.Kind.class),
                cutoffs == null
                        ? null
                        : cutoffs.stream().map(Integer.class::cast).toList());
    }

    StackChoice stack() {
        return new StackChoice(
                choice("--cell", Cell.class),
                integer("--hidden-size"),
                integer("--proj-size"),
                integer("--num-layers"),
                real("--dropout"),
                real("--zoneout-cell"),
                real("--zoneout-hidden"),
                choice("--init", Initialisation.class));
    }

    OptimisationChoice optimisation() {
        return new OptimisationChoice(
                choice("--optimizer", OptimizerSpec.Kind.class),
                real("--learning-rate"),
                real("--momentum"),
                real("--weight-decay"),
                choices("--decay-only", WeightGroup.class),
                real("--grad-clip"),
                choice("--schedule", Schedule.Kind.class),
                integer("--warmup-steps"),
                real("--lr-decay"),
                integer("--decay-every"));
    }

    RegularisationChoice regularisation() {
        return new RegularisationChoice(
                real("--weight-drop"),
                real("--input-dropout"),
                real("--output-dropout"),
                real("--word-dropout"),
                get("--locked-dropout", Boolean.class),
                real("--activation-penalty"),
                real("--temporal-penalty"),
                real("--label-smoothing"));
    }

    AveragingChoice averaging() {
        return new AveragingChoice(
                choice("--average", Averaging.Kind.class), real("--average-decay"), integer("--average-after"));
    }

    LoopChoice loop() {
        return new LoopChoice(
                integer("--batch-size"),
                integer("--epochs"),
                integer("--max-steps"),
                seconds("--max-time"),
                integer("--eval-every"),
                integer("--patience"),
                get("--min-delta", Double.class),
                integer("--save-every"),
                integer("--keep"),
                isSet("--tensorboard"));
    }

    RunChoice run(Path folder) {
        return new RunChoice(
                folder,
                isSet("--resume"),
                get("--init-from", Path.class),
                isSet("--overwrite"),
                Objects.requireNonNullElse(choice("--rnn", RnnImplementation.class), RnnImplementation.AUTO),
                choice("--precision", Precision.class),
                get("--seed", Long.class));
    }
}
