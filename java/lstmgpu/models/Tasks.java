package lstmgpu.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.TaskKind;

/** The tasks whose models this version knows, by the names that config.json has. */
public record Tasks(List<TaskKind> kinds) {
    /** A task that is added gets its place here. */
    public static final Tasks ALL = new Tasks(List.of(new LanguageModels(), new Classifiers(), new Forecasts()));

    /** These and one more. */
    public Tasks with(TaskKind kind) {
        List<TaskKind> more = new ArrayList<>(kinds);
        more.add(kind);
        return new Tasks(List.copyOf(more));
    }

    public Optional<TaskKind> named(String name) {
        return kinds.stream().filter(kind -> kind.name().equals(name)).findFirst();
    }

    /** What the data of a model is counted in, also of one that has learnt none of these. */
    public String counted(ModelDirectory directory) {
        return named(directory.task())
                .map(kind -> kind.measures(directory).plural())
                .orElse("values");
    }

    /**
     * What a model has learnt.
     *
     * @throws LstmGpuException with exit code 3 if it is none of these
     */
    public TaskKind of(ModelDirectory directory) {
        String name = directory.task();
        return named(name)
                .orElseThrow(() -> LstmGpuException.data(
                        "%s holds a model that has learnt '%s', which this version does not know; name one that has"
                                + " learnt %s",
                        directory.path(),
                        name,
                        kinds.stream().map(kind -> "'" + kind.name() + "'").collect(Collectors.joining(" or "))));
    }
}
