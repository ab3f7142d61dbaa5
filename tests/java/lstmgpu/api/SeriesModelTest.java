package lstmgpu.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import lstmgpu.cli.Commands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Series by the library are what they are by the program. */
class SeriesModelTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MONTHS = 96;
    private static final SeriesTraining TRAINING = SeriesModel.training()
            .horizon(6)
            .testSize(12)
            .hiddenSize(8)
            .maxSteps(20)
            .seed(2);

    @TempDir
    static Path folder;

    private static Path table;
    private static Device device;
    private static SeriesModel model;

    private static double value(int month) {
        return 200 + month + 30 * Math.sin(month * Math.PI / 6) + (month * 7919 % 13);
    }

    private static List<YearMonth> months(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> YearMonth.of(2001, 1).plusMonths(i))
                .toList();
    }

    private static double[] values(int count) {
        return IntStream.range(0, count).mapToDouble(SeriesModelTest::value).toArray();
    }

    @BeforeAll
    static void train() throws IOException {
        StringBuilder csv = new StringBuilder("ds,y\n");
        for (int i = 0; i < MONTHS; i++) {
            csv.append(months(MONTHS).get(i)).append(',').append(value(i)).append('\n');
        }
        table = Files.writeString(folder.resolve("months.csv"), csv);
        device = Device.open("cpu", 1);
        model = TRAINING.train(device, Series.csv(table), folder.resolve("api"));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static String command(String... arguments) {
        return Commands.run(arguments).succeeds().out();
    }

    private static void sameFiles(String first, String second) throws IOException {
        for (String file : List.of("model.safetensors", "forecast.json")) {
            assertArrayEquals(
                    Files.readAllBytes(folder.resolve(first).resolve(file)),
                    Files.readAllBytes(folder.resolve(second).resolve(file)),
                    file);
        }
    }

    @Test
    void trainingByTheLibraryIsTrainingByTheCommand() throws IOException {
        command(TextModelRig.words(
                "forecast train %s -o %s --horizon 6 --test-size 12 --hidden-size 8 --max-steps "
                        + "20 --seed 2 --device cpu --threads 1 --progress none",
                table, folder.resolve("command")));
        sameFiles("command", "api");
        TRAINING.train(device, Series.of(months(MONTHS), values(MONTHS)), folder.resolve("arrays"))
                .close();
        sameFiles("arrays", "api");
        assertEquals(6, model.horizon());
        assertEquals(12, model.season());
        assertTrue(model.inputSize() > 6);
    }

    @Test
    void itForecastsWhatTheCommandForecasts() throws IOException {
        String[] lines = command(
                        "forecast",
                        "predict",
                        folder.resolve("api").toString(),
                        "--json",
                        "--level",
                        "50,80",
                        "--device",
                        "cpu",
                        "--threads",
                        "1")
                .split("\n");
        Forecast kept = model.forecast(80, 50).getFirst();
        Forecast given = model.forecast(Series.csv(table), 50, 80).getFirst();
        assertEquals(kept.values(), given.values());
        assertEquals(6, lines.length);
        assertEquals(
                List.of(50.0, 80.0),
                kept.bands().stream().map(Forecast.Band::level).toList());
        for (int step = 0; step < 6; step++) {
            JsonNode line = JSON.readTree(lines[step]);
            assertEquals(line.get("time").asText(), kept.times().get(step));
            assertEquals(line.get("forecast").asDouble(), kept.values().get(step));
            assertEquals(
                    line.at("/lower/80").asDouble(), kept.bands().get(1).lower().get(step));
            assertEquals(
                    line.at("/upper/50").asDouble(), kept.bands().get(0).upper().get(step));
        }
        TextModelRig.refused(LstmException.Kind.USAGE, "level", () -> model.forecast(100));
        TextModelRig.refused(
                LstmException.Kind.DATA, "series.csv", () -> model.forecast(Series.of(months(4), values(4))));
    }

    @Test
    void itIsJudgedAsByTheCommand() throws IOException {
        JsonNode expected = JSON.readTree(command(TextModelRig.words(
                "forecast backtest %s %s --json --level 80 --device cpu --threads 1", folder.resolve("api"), table)));
        Backtest found = model.backtest(Series.csv(table), 80);
        assertEquals(expected.get("mae").asDouble(), found.errors().mae());
        assertEquals(expected.get("rmse").asDouble(), found.errors().rmse());
        assertEquals(expected.get("smape").asDouble(), found.errors().smape());
        assertEquals(expected.get("mase").asDouble(), found.errors().mase());
        assertEquals(expected.get("points").asLong(), found.errors().points());
        assertEquals(expected.get("windows").asInt(), found.windows());
        assertEquals(expected.at("/coverage/80").asDouble(), found.coverage().get(80.0));
        assertEquals(
                expected.at("/baselines/seasonal-naive/mae").asDouble(),
                found.baselines().get("seasonal-naive").mae());
        assertEquals(0, found.overlapping());
        JsonNode judged = JSON.readTree(command(
                TextModelRig.words("eval %s %s --json --device cpu --threads 1", folder.resolve("api"), table)));
        assertEquals(
                judged.get("loss").asDouble(), model.evaluate(Series.csv(table)).loss());
    }

    @Test
    void severalSeriesHaveNames() {
        Series two = Series.named("north", months(60), values(60)).and("south", months(60), values(60));
        try (SeriesModel both = TRAINING.testSize(0).train(device, two, folder.resolve("two"))) {
            List<Forecast> forecasts = both.forecast(two);
            assertEquals(
                    List.of("north", "south"),
                    forecasts.stream().map(Forecast::series).toList());
            assertEquals(forecasts.get(0).values(), forecasts.get(1).values());
        }
        assertThrows(IllegalStateException.class, () -> Series.of(values(5)).and("more", months(5), values(5)));
    }

    /** Each is read back as the regular series that it is. */
    @Test
    void timesAreOfManyKinds() {
        daily(day -> LocalDate.of(2024, 1, 1).plusDays(day), "2024-03-01");
        daily(day -> LocalDateTime.of(2024, 1, 1, 6, 30).plusDays(day), "2024-03-01T06:30:00.000");
        Instant first = Instant.parse("2024-01-01T00:00:00Z");
        daily(day -> first.plusSeconds(86_400L * day), "2024-03-01T00:00:00.000Z");
        daily(day -> OffsetDateTime.ofInstant(first, ZoneOffset.UTC).plusDays(day), "2024-03-01T00:00:00.000Z");
        daily(day -> ZonedDateTime.ofInstant(first, ZoneId.of("UTC")).plusDays(day), "2024-03-01T00:00:00.000Z");
        double[] gap = values(60);
        gap[20] = Double.NaN;
        gap[59] = Double.NaN;
        try (SeriesModel plain = quick(Series.of(gap))) {
            assertEquals("60", plain.forecast(Series.of(gap)).getFirst().times().getFirst(), "behind the last value");
        }
    }

    private static SeriesModel quick(Series series) {
        return TRAINING.testSize(0)
                .maxSteps(1)
                .season(1)
                .overwrite(true)
                .train(device, series, folder.resolve("quick"));
    }

    private static void daily(IntFunction<TemporalAccessor> time, String next) {
        List<TemporalAccessor> times = IntStream.range(0, 60).mapToObj(time).toList();
        try (SeriesModel quick = quick(Series.of(times, values(60)))) {
            assertEquals(next, quick.forecast().getFirst().times().getFirst());
        }
    }

    @Test
    void badSeriesAreRefused() {
        TextModelRig.refused(LstmException.Kind.DATA, "4 times and 3 values", () -> Series.of(months(4), values(3)));
        TextModelRig.refused(LstmException.Kind.DATA, "value 1", () -> Series.of(1, Double.POSITIVE_INFINITY));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "some times",
                () -> Series.of(List.of(LocalDate.of(2024, 1, 1), YearMonth.of(2024, 2)), 1, 2));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "no time of a series",
                () -> Series.of(List.of(java.time.DayOfWeek.MONDAY, java.time.DayOfWeek.FRIDAY), 1, 2));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "line 3",
                () -> quick(Series.of(List.of(LocalDate.of(2024, 1, 2), LocalDate.of(2024, 1, 1)), 1, 2)));
        TextModelRig.refused(
                LstmException.Kind.USAGE,
                "scale is one of",
                () -> TRAINING.scale("odd").train(device, Series.csv(table), folder.resolve("odd")));
        TextModelRig.refused(
                LstmException.Kind.DATA,
                "'price'",
                () -> TRAINING.known("price").train(device, Series.csv(table), folder.resolve("odd")));
    }

    @Test
    void everySettingIsTheFlagOfItsName() throws IOException {
        Path wide = Files.writeString(
                folder.resolve("wide.csv"),
                "when;shop;sold;price;rain\n"
                        + String.join(
                                "",
                                IntStream.range(0, 80)
                                        .mapToObj(i -> "%s;a;%d,5;%d;%d\n"
                                                .formatted(
                                                        LocalDate.of(2024, 1, 1).plusDays(i), i % 7, i % 3, i % 5))
                                        .toList()));
        SeriesModel.training()
                .timeColumn("when")
                .seriesColumn("shop")
                .targetColumn("sold")
                .known("price")
                .past("rain")
                .decimalComma(true)
                .horizon(2)
                .inputSize(7)
                .stepSize(2)
                .season(7)
                .loss("quantile")
                .level(60)
                .scale("standard")
                .strategy("direct")
                .valSize(10)
                .testSize(3)
                .hiddenSize(4)
                .maxSteps(2)
                .train(device, Series.csv(wide), folder.resolve("wide"))
                .close();
        command(TextModelRig.words(
                "forecast train %s -o %s --time when --series shop --target sold --known price "
                        + "--past rain --decimal-comma --horizon 2 --input-size 7 --step-size 2 --season 7 "
                        + "--loss quantile --level 60 --scale standard --strategy direct --val-size 10 "
                        + "--test-size 3 --hidden-size 4 --max-steps 2 --device cpu --threads 1 --progress " + "none",
                wide, folder.resolve("wide-command")));
        sameFiles("wide-command", "wide");
        try (SeriesModel covariates = SeriesModel.load(device, folder.resolve("wide"))) {
            TextModelRig.refused(LstmException.Kind.USAGE, "does not keep its series", covariates::forecast);
        }
    }
}
