package lstmgpu.task.forecast;

import java.util.Objects;
import java.util.stream.Stream;
import lstmgpu.files.JsonFields;

/** What numbers {@code forecast.json} may hold, so that none of them leads to a fault later. */
record ForecastRanges(JsonFields fields, ForecastModel model) {
    private static final int MOST_STEPS = 1 << 16;

    /** Times have so many digits, whether they are numbers or milliseconds. */
    private static final long LATEST = 1_000_000_000_000_000L;

    /** So that the longest horizon and window end within what a long holds. */
    private static final long LONGEST_STEP = 1L << 45;

    private static final long MOST_MONTHS = 120_000;

    /** @throws lstmgpu.LstmGpuException with exit code 3, naming the field, if one is missing or out of range */
    void check() {
        requireWhole();
        requireSteps();
        requireSizes();
        requireCovariates();
        model.series().forEach(this::requireSeries);
        requireMisses();
    }

    private void requireWhole() {
        boolean whole = Stream.of(
                        model.columns(),
                        model.format(),
                        model.frequency(),
                        model.windows(),
                        model.guess(),
                        model.sizes())
                .allMatch(Objects::nonNull);
        if (!whole
                || model.columns().target() == null
                || model.frequency().unit() == null
                || model.guess().scale() == null
                || model.windows().strategy() == null) {
            throw fields.wrong("columns", "or one beside it is missing; restore the file from a copy or train again");
        }
    }

    private void requireSteps() {
        ForecastModel.Windows windows = model.windows();
        require("windows.input", windows.input(), 1, MOST_STEPS);
        require("windows.horizon", windows.horizon(), 1, MOST_STEPS);
        require("guess.season", model.guess().season(), 1, MOST_STEPS);
        int most = Integer.MAX_VALUE - 2 * MOST_STEPS;
        require("windows.held_out", windows.heldOut(), 0, most);
        require("windows.test", windows.test(), 0, most - windows.heldOut());
        long longest =
                switch (model.frequency().unit()) {
                    case NUMBERS, MILLISECONDS, ROWS -> LONGEST_STEP;
                    case MONTHS -> MOST_MONTHS;
                    case WORKDAYS -> 1;
                };
        require("frequency.count", model.frequency().count(), 1, longest);
    }

    private void requireSizes() {
        ForecastModel.Sizes sizes = model.sizes();
        for (double size : new double[] {sizes.change(), sizes.seasonalChange(), sizes.miss()}) {
            if (!(size > 0 && Double.isFinite(size))) {
                throw fields.wrong("sizes", "has %s; its numbers are finite and above 0".formatted(size));
            }
        }
    }

    private void requireCovariates() {
        int covariates = model.columns().known().size() + model.columns().past().size();
        if (model.covariates().size() != covariates
                || model.covariates().stream().anyMatch(fitted -> fitted.scale() == null)) {
            throw fields.wrong("covariates", "has not one scale for each of %d".formatted(covariates));
        }
    }

    private void requireSeries(String name, ForecastModel.Known known) {
        String field = "series.%s".formatted(name);
        if (known.scale() == null || known.scale().scale() == null) {
            throw fields.wrong(field + ".scale", "is missing; restore the file from a copy or train again");
        }
        // NaN of a series without two values a season apart.
        if (known.unit() < 0 || Double.isInfinite(known.unit())) {
            throw fields.wrong(field + ".unit", "is %s; it is 0 or above".formatted(known.unit()));
        }
        require(field + ".trained", known.trained(), -LATEST, LATEST);
        ForecastModel.Recent recent = known.recent();
        if (recent == null) {
            return;
        }
        require(field + ".recent.last", recent.last(), -LATEST, LATEST);
        require(field + ".recent.values", recent.values().size(), 1, 4 * MOST_STEPS);
        if (recent.values().stream().anyMatch(value -> Double.isInfinite(value))
                || !model.covariates().isEmpty()) {
            throw fields.wrong(field + ".recent", "has infinite values, or lacks the covariates that belong to them");
        }
    }

    private void requireMisses() {
        Conformal conformal = model.conformal();
        if (conformal != null
                && (conformal.usual().size() != model.windows().horizon()
                        || conformal.misses().isEmpty()
                        || conformal.count() < conformal.misses().size()
                        || Stream.concat(conformal.usual().stream(), conformal.misses().stream())
                                .anyMatch(number -> !(number >= 0 && Double.isFinite(number))))) {
            throw fields.wrong("conformal", "does not fit the horizon, or has numbers that are none");
        }
    }

    private void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw fields.wrong(name, "is %d; it is a whole number from %d to %d".formatted(value, least, most));
        }
    }
}
