package lstmgpu.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.JsonBody;
import lstmgpu.task.forecast.Forecast;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Levels;
import lstmgpu.task.forecast.Series;

/** {@code /forecast}: what follows series, each step with bands. */
final class ForecastRoute extends ModelRoute<OpenedForecaster> {
    private static final int MOST_LEVELS = 20;
    private static final int MOST_HISTORY = 10_000;
    private static final double PERCENT = 100;

    ForecastRoute(Service service) {
        super(service, OpenedForecaster.class, "/forecast", "/v1/forecast");
    }

    @Override
    void answer(Asked<OpenedForecaster> asked) {
        OpenedForecaster model = asked.model();
        JsonBody body = asked.body();
        List<Double> levels = body.has("levels") ? levels(body.node("levels")) : model.usualLevels();
        List<Series> series = body.has("rows")
                ? SeriesRows.read(body.node("rows"), model.model())
                : model.model().recent();
        if (series.isEmpty()) {
            throw ApiError.invalid("rows", "the model does not keep its series, or needs covariates too; give 'rows'");
        }
        ObjectNode answer = asked.begin("list");
        ArrayNode data = answer.putArray("data");
        for (Forecast forecast : model.forecast(series, levels, asked.limit())) {
            tell(data, model.model(), forecast);
        }
        body.integer("history", 0, MOST_HISTORY)
                .ifPresent(steps -> remember(answer.putArray("history"), model.model(), series, steps));
        asked.exchange().answer(200, answer);
    }

    /** The last values of each series, null where one is missing. */
    private static void remember(ArrayNode history, ForecastModel model, List<Series> series, int steps) {
        for (Series own : series) {
            for (int step = Math.max(0, own.length() - steps); step < own.length(); step++) {
                ObjectNode object = history.addObject();
                if (model.columns().series() != null) {
                    object.put("series", own.name());
                }
                object.put("time", model.format().text(own.times()[step]));
                double value = own.values()[step];
                object.put("value", Double.isFinite(value) ? value : null);
            }
        }
    }

    private static List<Double> levels(JsonNode list) {
        List<Double> levels = new ArrayList<>();
        for (JsonNode level : list) {
            if (!level.isNumber() || !(level.doubleValue() > 0 && level.doubleValue() < PERCENT)) {
                levels.clear();
                break;
            }
            levels.add(level.doubleValue() / PERCENT);
        }
        if (!list.isArray() || levels.size() != list.size() || levels.size() > MOST_LEVELS) {
            throw ApiError.invalid(
                    "levels",
                    "'levels' must be a list of at most %d numbers between 0 and 100, such as [80, 95]",
                    MOST_LEVELS);
        }
        return levels.stream().distinct().sorted().toList();
    }

    private static void tell(ArrayNode data, ForecastModel model, Forecast forecast) {
        for (int step = 0; step < forecast.points().length; step++) {
            ObjectNode object = data.addObject();
            if (model.columns().series() != null) {
                object.put("series", forecast.series().name());
            }
            long origin = forecast.series().times()[forecast.origin()];
            object.put("time", model.format().text(model.frequency().plus(origin, step + 1L)))
                    .put("forecast", forecast.points()[step]);
            ObjectNode lower = object.putObject("lower");
            ObjectNode upper = object.putObject("upper");
            for (Forecast.Band band : forecast.bands()) {
                lower.put(Levels.name(band.level()), band.lower()[step]);
                upper.put(Levels.name(band.level()), band.upper()[step]);
            }
        }
    }
}
