package lstmgpu.serve;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import lstmgpu.LstmGpuException;
import lstmgpu.serve.http.ApiError;

/** The models that are served, by their names. */
final class Catalogue implements AutoCloseable {
    private final Map<String, ServedModel> models = new LinkedHashMap<>();

    /** @throws LstmGpuException with exit code 2 if two have one name */
    void add(ServedModel model) {
        if (models.putIfAbsent(model.name(), model) != null) {
            throw LstmGpuException.usage(
                    "two models are called '%s'; give one of them another name: NAME=%s", model.name(), model.path());
        }
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
            throw new ApiError(
                    ApiError.Kind.NOT_FOUND,
                    "model_not_found",
                    "model",
                    "there is no model '%s'; there are %s".formatted(LstmGpuException.shortened(name), names()));
        }
        return model;
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
        return models.keySet().stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }

    @Override
    public void close() {
        models.values().forEach(ServedModel::close);
    }
}
