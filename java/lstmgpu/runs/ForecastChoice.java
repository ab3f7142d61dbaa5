package lstmgpu.runs;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import lstmgpu.ChoiceName;
import lstmgpu.LstmGpuException;
import lstmgpu.network.Head;
import lstmgpu.network.ValueLoss;
import lstmgpu.task.forecast.ForecastDesign;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.Scale;
import lstmgpu.task.forecast.Strategy;

/**
 * How somebody asks series to be forecast; null where nothing is said. {@link ForecastDesign} says what each means.
 *
 * @param apart steps from a window to the next
 * @param levels of the bands of {@link Loss#QUANTILE}, such as 0.8
 */
public record ForecastChoice(
        Integer horizon,
        Integer input,
        Integer apart,
        Integer season,
        Loss loss,
        Scale scale,
        Strategy strategy,
        Integer heldOut,
        Integer test,
        List<Double> levels) {
    private static final int HORIZON = 12;
    private static final List<Double> LEVELS = List.of(0.8, 0.95);
    private static final float MEDIAN = 0.5f;

    /** What a network is judged by. */
    public enum Loss {
        MAE,
        MSE,
        HUBER,
        QUANTILE
    }

    /** @throws LstmGpuException with exit code 2 if the steps between windows are out of range */
    public ForecastChoice {
        levels = levels == null ? null : List.copyOf(levels);
        if (apart != null && apart < 1) {
            throw LstmGpuException.usage("--step-size must be 1 or above, not %d", apart);
        }
    }

    int windowsApart() {
        return Objects.requireNonNullElse(apart, 1);
    }

    ForecastDesign design() {
        return new ForecastDesign(
                Objects.requireNonNullElse(horizon, HORIZON),
                input,
                season,
                scale,
                Objects.requireNonNullElse(strategy, Strategy.DIRECT),
                heldOut,
                Objects.requireNonNullElse(test, 0));
    }

    /** Exit code 2 for what contradicts the run that is resumed. */
    void refuseOthers(ForecastModel model, Head head, String owner) {
        ForecastModel.Windows windows = model.windows();
        StackChoice.refuse("--horizon", horizon, windows.horizon(), owner);
        StackChoice.refuse("--input-size", input, windows.input(), owner);
        StackChoice.refuse("--season", design().season(), model.guess().season(), owner);
        StackChoice.refuse("--scale", name(scale), name(model.guess().scale()), owner);
        StackChoice.refuse("--strategy", name(strategy), name(windows.strategy()), owner);
        StackChoice.refuse("--val-size", heldOut, windows.heldOut(), owner);
        StackChoice.refuse("--test-size", test, windows.test(), owner);
        if (loss != null && !head(((Head.Values) head).targets()).equals(head)) {
            throw LstmGpuException.usage(
                    "%s was trained with another --loss than %s, or other levels, which cannot be changed; leave the"
                            + " flag out",
                    owner, name(loss));
        }
    }

    private static String name(Enum<?> value) {
        return value == null ? null : ChoiceName.of(value);
    }

    /** Of a network that predicts so many values at each step. */
    Head.Values head(int targets) {
        if (levels != null && loss != Loss.QUANTILE) {
            throw LstmGpuException.usage(
                    "--level is for --loss quantile here; bands of other losses are asked for when forecasting");
        }
        return new Head.Values(
                targets,
                switch (Objects.requireNonNullElse(loss, Loss.MAE)) {
                    case MAE -> new ValueLoss.Absolute();
                    case MSE -> new ValueLoss.Squared();
                    case HUBER -> new ValueLoss.Huber(1);
                    case QUANTILE -> new ValueLoss.Quantiles(quantiles());
                });
    }

    private List<Float> quantiles() {
        if (strategy == Strategy.RECURSIVE) {
            throw LstmGpuException.usage("--strategy recursive reads its own forecasts, which are no quantiles; use"
                    + " --strategy direct or another --loss");
        }
        TreeSet<Float> quantiles = new TreeSet<>(List.of(MEDIAN));
        for (double share : Objects.requireNonNullElse(levels, LEVELS)) {
            quantiles.add((float) ((1 - share) / 2));
            quantiles.add((float) ((1 + share) / 2));
        }
        return new ArrayList<>(quantiles);
    }
}
