package lstmgpu.models;

import java.nio.file.Path;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Table;
import lstmgpu.network.Head;
import lstmgpu.network.Measures;
import lstmgpu.store.ModelDirectory;
import lstmgpu.task.Examiner;
import lstmgpu.task.TaskKind;
import lstmgpu.task.forecast.ForecastFile;
import lstmgpu.task.forecast.ForecastMeasures;
import lstmgpu.task.forecast.ForecastModel;
import lstmgpu.task.forecast.ForecastTask;
import lstmgpu.task.forecast.Forecaster;
import lstmgpu.task.forecast.SeriesTable;

/** Models that forecast: their inputs are tables with the columns that they were trained on. */
public final class Forecasts implements TaskKind {
    @Override
    public String name() {
        return ForecastTask.NAME;
    }

    @Override
    public Measures measures(ModelDirectory directory) {
        return ForecastMeasures.of(head(directory));
    }

    @Override
    public Examiner examiner(ModelDirectory directory) {
        ForecastModel model = model(directory);
        return (network, inputs, reading, peers) -> {
            SeriesTable table = read(model, inputs);
            reading.notice().accept(table.summary());
            return Forecaster.evaluation(network, model, table.series(), peers);
        };
    }

    /**
     * What a model directory says of forecasts.
     *
     * @throws LstmGpuException with exit code 3 if its model forecasts nothing
     */
    public static ForecastModel model(ModelDirectory directory) {
        if (!directory.task().equals(ForecastTask.NAME)) {
            throw LstmGpuException.data(
                    "%s holds a model that has learnt '%s' and forecasts no series; name one that lstm-gpu forecast"
                            + " train has written",
                    directory.path(), directory.task());
        }
        return ForecastFile.read(directory);
    }

    /** That of a model that forecasts. */
    public static Head.Values head(ModelDirectory directory) {
        model(directory);
        return (Head.Values) directory.config().head();
    }

    /** The series of tables with the model's columns. */
    public static SeriesTable read(ForecastModel model, List<Path> files) {
        Table table = Table.open(files);
        model.columns().requireIn(table);
        return SeriesTable.read(table, model.columns().in(table), model.format(), model.frequency());
    }
}
