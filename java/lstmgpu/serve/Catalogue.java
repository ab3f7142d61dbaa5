package lstmgpu.serve;

import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import lstmgpu.ExitCode;
import lstmgpu.LstmGpuException;
import lstmgpu.serve.http.ApiError;
import lstmgpu.store.SeenFiles;

/** The models that are served, by their names. Some are opened only when somebody first asks for them. */
final class Catalogue implements AutoCloseable {
    private static final int MOST_FETCHED = 32;

    private final ReentrantLock fetching = new ReentrantLock();
    private Supplier<Map<String, Path>> others = Map::of;
    private ServedModel.Opening opening;
    private volatile Map<String, ServedModel> models = Map.of();
    private final Map<String, Failure> failures = new HashMap<>();
    private int fetched;
    private boolean closed;

    /** Files of a folder that could not be opened, and why. */
    private record Failure(SeenFiles seen, LstmGpuException reason) {}

    /**
     * Called before the first request.
     *
     * @param folders of models that are opened when they are asked for, by their names
     */
    void fetchFrom(Supplier<Map<String, Path>> folders, ServedModel.Opening how) {
        others = folders;
        opening = how;
    }

    /** @throws LstmGpuException with exit code 2 if two have one name */
    void add(ServedModel model) {
        Map<String, ServedModel> all = new LinkedHashMap<>(models);
        if (all.putIfAbsent(model.name(), model) != null) {
            model.close();
            throw LstmGpuException.usage(
                    "two models are called '%s'; give one of them another name: NAME=%s", model.name(), model.path());
        }
        models = Collections.unmodifiableMap(all);
    }

    /** Folders of models that nobody has asked for yet. */
    Map<String, Path> unopened() {
        Map<String, Path> folders = new TreeMap<>(others.get());
        folders.keySet().removeAll(models.keySet());
        return folders;
    }

    Collection<ServedModel> all() {
        return models.values();
    }

    /**
     * The model that a request is for, until the lease is closed. A request need not name it where there is one only
     * that can answer.
     *
     * @param name null where the request names none
     * @throws ApiError with status 404 if there is none of that name, 400 if it is of another kind, or not clear
     */
    <M extends OpenedModel> ServedModel.Lease<M> lease(String name, Class<M> kind) {
        if (name == null) {
            return only(kind);
        }
        ServedModel model = find(name);
        ServedModel.Lease<M> lease = model.lease(kind);
        if (lease == null) {
            try (ServedModel.Lease<OpenedModel> other = model.lease(OpenedModel.class)) {
                throw new ApiError(
                        ApiError.Kind.INVALID,
                        "model_of_another_kind",
                        "model",
                        "the model '%s' %s".formatted(name, other.model().use()));
            }
        }
        return lease;
    }

    /** @throws ApiError with status 404 if there is none of that name */
    ServedModel find(String name) {
        ServedModel model = models.get(name);
        if (model == null) {
            model = fetch(name);
        }
        if (model == null) {
            throw new ApiError(
                    ApiError.Kind.NOT_FOUND,
                    "model_not_found",
                    "model",
                    "there is no model '%s'; there are %s".formatted(LstmGpuException.shortened(name), names()));
        }
        return model;
    }

    private ServedModel fetch(String name) {
        Path folder = others.get().get(name);
        if (folder == null) {
            return null;
        }
        fetching.lock(); // One at a time; whoever waited finds it open.
        try {
            ServedModel model = models.get(name);
            if (model == null) {
                if (closed || fetched == MOST_FETCHED) {
                    throw new ApiError(
                            ApiError.Kind.UNAVAILABLE,
                            "too_many_models",
                            "model",
                            "%d models are open, and no more are opened".formatted(models.size()));
                }
                model = open(name, folder);
                add(model);
                fetched++;
            }
            return model;
        } finally {
            fetching.unlock();
        }
    }

    /** Opens a folder, unless it could not be opened before and is still the same. */
    private ServedModel open(String name, Path folder) {
        SeenFiles seen = SeenFiles.of(folder);
        Failure before = failures.get(name);
        if (before != null && before.seen.equals(seen)) {
            throw before.reason;
        }
        failures.remove(name);
        try {
            return new ServedModel(name, folder, opening);
        } catch (LstmGpuException failure) {
            // A file that may not be read is the same when it may.
            if (failure.exitCode() == ExitCode.DATA && !(failure.getCause() instanceof FileSystemException)) {
                failures.put(name, new Failure(seen, failure));
            }
            throw failure;
        }
    }

    private <M extends OpenedModel> ServedModel.Lease<M> only(Class<M> kind) {
        List<ServedModel.Lease<M>> fitting = new java.util.ArrayList<>();
        for (ServedModel model : models.values()) {
            ServedModel.Lease<M> lease = model.lease(kind);
            if (lease != null) {
                fitting.add(lease);
            }
        }
        if (fitting.size() == 1) {
            return fitting.getFirst();
        }
        fitting.forEach(ServedModel.Lease::close);
        throw fitting.isEmpty()
                ? new ApiError(
                        ApiError.Kind.NOT_FOUND,
                        "model_not_found",
                        "model",
                        "no model of this server answers here; there are " + names())
                : ApiError.invalid("model", "'model' must name one of several: %s", names());
    }

    private String names() {
        Set<String> names = new LinkedHashSet<>(models.keySet());
        names.addAll(unopened().keySet());
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        fetching.lock();
        try {
            closed = true;
            models.values().forEach(ServedModel::close);
        } finally {
            fetching.unlock();
        }
    }
}
