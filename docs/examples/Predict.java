package example;

import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.stream.IntStream;
import lstmgpu.api.Device;
import lstmgpu.api.Forecast;
import lstmgpu.api.Series;
import lstmgpu.api.SeriesModel;

/** Learns ten years of months and forecasts the next one: java example.Predict runs/months */
class Predict {
    public static void main(String[] args) {
        List<YearMonth> months = IntStream.range(0, 120)
                .mapToObj(i -> YearMonth.of(2015, 1).plusMonths(i))
                .toList();
        double[] sales = IntStream.range(0, 120).mapToDouble(i -> 100 + i + 20 * Math.sin(i * Math.PI / 6)).toArray();
        try (Device device = Device.open("auto");
                SeriesModel model = SeriesModel.training()
                        .horizon(12).seed(1).train(device, Series.of(months, sales), Path.of(args[0]))) {
            Forecast year = model.forecast(80).getFirst();
            for (int i = 0; i < model.horizon(); i++) {
                System.out.printf("%s  %.1f%n", year.times().get(i), year.values().get(i));
            }
        }
    }
}
