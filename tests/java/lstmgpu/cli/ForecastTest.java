package lstmgpu.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import lstmgpu.ChartTexts;
import lstmgpu.ExitCode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands of series, as a person runs them. */
class ForecastTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MONTHS = 96;

    @TempDir
    static Path folder;

    private static String table;
    private static String model;

    @BeforeAll
    static void train() throws IOException {
        table = file("sales.csv", rows("month,sold\n", ""));
        model = folder.resolve("model").toString();
        CommandRun run =
                forecast("train", table, "-o", model, "--test-size", "18", "--horizon", "6", "--max-steps", "60");
        assertTrue(run.succeeds().out().contains(" on the held-out data"), run.out());
        for (String word : List.of("regular (every month)", "season of 12 steps", "forecasts of 6 steps")) {
            assertTrue(run.err().contains(word), run.err());
        }
    }

    private static String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private static String rows(String heading, String behind) {
        StringBuilder text = new StringBuilder(heading);
        for (int i = 0; i < MONTHS; i++) {
            double value = 100 + i + 20 * Math.sin(i * Math.PI / 6) + 3 * Math.sin(i * 1.7);
            text.append("%d-%02d,%.3f%s\n".formatted(2015 + i / 12, 1 + i % 12, value, behind));
        }
        return text.toString();
    }

    private static CommandRun forecast(String... arguments) {
        List<String> all = new ArrayList<>(List.of("forecast"));
        all.addAll(Arrays.asList(arguments));
        all.addAll(List.of("--device", "cpu"));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private static List<JsonNode> objects(CommandRun run) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        for (String line : run.succeeds().out().lines().toList()) {
            objects.add(JSON.readTree(line));
        }
        return objects;
    }

    @Test
    void forecastsWithoutATable() throws IOException {
        CommandRun run = forecast("predict", model).succeeds();
        List<String> lines = run.out().lines().toList();
        assertEquals("month,forecast,lo-80,hi-80,lo-95,hi-95", lines.getFirst());
        assertEquals(1 + 6, lines.size());
        assertTrue(lines.get(1).startsWith("2023-01,") && lines.getLast().startsWith("2023-06,"), run.out());
        assertEquals(run.out(), forecast("predict", model, table).succeeds().out(), "from the table it is the same");
        Path csv = folder.resolve("forecast.csv");
        assertEquals(
                "",
                forecast("predict", model, "--csv", csv.toString()).succeeds().out());
        assertEquals(run.out(), Files.readString(csv));
        List<JsonNode> steps = objects(forecast("predict", model, "--json", "--level", "50"));
        assertEquals("2023-01", steps.getFirst().get("time").asText());
        for (JsonNode step : steps) {
            double value = step.get("forecast").asDouble();
            assertTrue(step.get("lower").get("50").asDouble() <= value, step.toString());
            assertTrue(step.get("upper").get("50").asDouble() >= value, step.toString());
        }
    }

    @Test
    void isJudgedBesideSimpleForecasts() throws IOException {
        JsonNode result = objects(forecast("backtest", model, table, "--json")).getFirst();
        List<String> keys = new ArrayList<>();
        result.fieldNames().forEachRemaining(keys::add);
        assertEquals(List.of("mae", "rmse", "smape", "mase", "coverage", "baselines", "windows", "points"), keys);
        assertEquals(13, result.get("windows").asInt());
        assertEquals(13 * 6, result.get("points").asInt());
        JsonNode naive = result.get("baselines").get("seasonal-naive");
        assertTrue(result.get("mae").asDouble() < 0.6 * naive.get("mae").asDouble(), result.toString());
        assertTrue(result.get("baselines").get("drift").has("rmse"));
        assertTrue(result.get("coverage").get("95").asDouble()
                >= result.get("coverage").get("80").asDouble());
        CommandRun shown = forecast("backtest", model, table, "--windows", "3", "--step", "6");
        assertTrue(
                shown.succeeds().out().contains("seasonal-naive") && shown.out().contains("3 forecasts, 18 values"));
        assertEquals("", shown.err());
        CommandRun overlapping = forecast("backtest", model, table, "--windows", "20");
        assertTrue(overlapping.succeeds().err().contains("7 forecasts of 20"), overlapping.err());
    }

    @Test
    void isDrawn() throws IOException {
        Path svg = folder.resolve("forecast.svg");
        forecast("predict", model, "--chart", svg.toString()).succeeds();
        ChartTexts.require(Files.readString(svg), "sold", "history", "forecast", "80 % band", "95 % band");
        Path png = folder.resolve("backtest.png");
        forecast("backtest", model, table, "--chart", png.toString()).succeeds();
        assertTrue(Files.size(png) > 5_000);
        forecast("predict", model, "--chart", "x.gif").refuses(ExitCode.USAGE.code(), ".svg or .png");
    }

    @Test
    void evalKnowsTheTask() {
        CommandRun run =
                CommandRun.of("eval", model, table, "--json", "--device", "cpu").succeeds();
        for (String key : List.of("loss", "mase", "mae", "values")) {
            assertTrue(run.out().contains("\"" + key + "\""), run.out());
        }
    }

    @Test
    void goesOnToTheSameBits() throws IOException {
        String whole = folder.resolve("whole").toString();
        String parts = folder.resolve("parts").toString();
        String[] flags = {
            "--horizon", "3", "--tensorboard", "--eval-every", "5", "--save-every", "5", "--schedule", "constant"
        };
        forecast(with(flags, "train", table, "-o", whole, "--max-steps", "20")).succeeds();
        forecast(with(flags, "train", table, "-o", parts, "--max-steps", "10")).succeeds();
        forecast("train", "-o", parts, "--resume", "--max-steps", "20").succeeds();
        for (String name : List.of("model.safetensors", "forecast.json")) {
            assertEquals(
                    -1,
                    Files.mismatch(Path.of(whole, name), Path.of(parts, name)),
                    name + " is not that of a run that was not interrupted");
        }
        assertTrue(Files.isDirectory(Path.of(whole, "tensorboard")));
        forecast("train", table, "-o", whole).refuses(ExitCode.USAGE.code(), "--resume", "--overwrite");
    }

    @ParameterizedTest
    @CsvSource({
        "--loss,mae",
        "--loss,mse",
        "--loss,huber",
        "--loss,quantile",
        "--scale,standard",
        "--scale,robust",
        "--scale,minmax",
        "--scale,log",
        "--scale,none",
        "--strategy,direct",
        "--strategy,recursive"
    })
    void everyChoiceIsTakenAsItIsWritten(String flag, String choice) {
        String own = folder.resolve(choice).toString();
        forecast("train", table, "-o", own, flag, choice, "--max-steps", "1", "--hidden-size", "4")
                .succeeds();
        forecast("train", "-o", own, "--resume", "--max-steps", "2").succeeds();
        forecast("train", table, "-o", own, flag, choice + "s").refuses(ExitCode.USAGE.code(), flag, choice);
    }

    @Test
    void aRunGoesOnWithItsOwnFlagsOnly() throws IOException {
        String own = folder.resolve("own").toString();
        forecast("train", table, "-o", own, "--test-size", "18", "--max-steps", "1")
                .succeeds();
        for (String flag : List.of(
                "--horizon=3",
                "--input-size=9",
                "--season=5",
                "--scale=robust",
                "--strategy=recursive",
                "--val-size=3",
                "--test-size=0",
                "--loss=mse",
                "--target=month",
                "--decimal-comma")) {
            String name = flag.replaceAll("=.*", "");
            forecast("train", table, "-o", own, "--resume", "--max-steps", "2", flag)
                    .refuses(ExitCode.USAGE.code(), name, "cannot be changed");
        }
        forecast("train", table, "-o", own, "--resume", "--max-steps", "2", "--test-size", "18", "--season", "12")
                .succeeds();
        Path config = Path.of(own, "config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"forecast\"", "\"classify\""));
        forecast("train", table, "-o", own, "--resume").refuses(ExitCode.DATA.code(), "'classify'");
    }

    private static String[] with(String[] flags, String... first) {
        List<String> all = new ArrayList<>(Arrays.asList(first));
        all.addAll(Arrays.asList(flags));
        return all.toArray(String[]::new);
    }

    @Test
    void aConstantSeriesIsForecastAsItIs() throws IOException {
        String constant = file("constant.csv", "step,v\n" + "7\n".repeat(60).replaceAll("(?m)^7$", "0,7"));
        forecast("train", constant, "-o", "none").refuses(ExitCode.DATA.code(), "constant.csv, line 3", "line 2");
        StringBuilder text = new StringBuilder("step,v\n");
        for (int i = 0; i < 60; i++) {
            text.append(i).append(",7\n");
        }
        String own = folder.resolve("constant").toString();
        forecast("train", file("constant.csv", text.toString()), "-o", own, "--horizon", "3", "--max-steps", "5")
                .succeeds();
        List<JsonNode> steps = objects(forecast("predict", own, "--json"));
        for (JsonNode step : steps) {
            assertEquals(7, step.get("forecast").asDouble(), 1e-3);
        }
        assertEquals(
                List.of("60", "61", "62"),
                steps.stream().map(step -> step.get("time").asText()).toList());
    }

    @Test
    void whatNoNumberHoldsIsNoForecast() throws IOException {
        StringBuilder text = new StringBuilder("step,v\n");
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 60; i++) {
            text.append("%d,%s3e38\n".formatted(i, random.nextBoolean() ? "-" : ""));
        }
        String own = folder.resolve("huge").toString();
        forecast("train", file("huge.csv", text.toString()), "-o", own, "--horizon", "3", "--max-steps", "5")
                .succeeds();
        forecast("predict", own).refuses(ExitCode.DATA.code(), "single precision", "larger unit");
    }

    @Test
    void covariatesOfTheFutureAreNeeded() throws IOException {
        String known = file("known.csv", rows("month,sold,price\n", ",5"));
        String own = folder.resolve("known").toString();
        forecast(
                        "train",
                        known,
                        "-o",
                        own,
                        "--time",
                        "month",
                        "--target",
                        "sold",
                        "--known",
                        "price",
                        "--max-steps",
                        "2")
                .succeeds();
        forecast("predict", own).refuses(ExitCode.USAGE.code(), "covariates", "name a table");
        forecast("predict", own, known).refuses(ExitCode.DATA.code(), "known.csv, line 2", "--known", "empty target");
        StringBuilder more = new StringBuilder(rows("month,sold,price\n", ",5"));
        for (int i = 1; i <= 12; i++) {
            more.append("2023-%02d,,6\n".formatted(i));
        }
        forecast("predict", own, file("more.csv", more.toString())).succeeds();
    }

    @Test
    void badInputIsNamed() throws IOException {
        String short_ = file("short.csv", "t,v\n1,2\n2,3\n3,4\n");
        forecast("train", short_, "-o", "none").refuses(ExitCode.DATA.code(), "short.csv, line 2", "3 steps");
        forecast("train", table, "-o", "none", "--target", "bought")
                .refuses(ExitCode.DATA.code(), "sales.csv, line 1", "'bought'");
        forecast("train", table, "-o", "none", "--horizon", "0").refuses(ExitCode.USAGE.code(), "--horizon");
        forecast("train", table, "-o", "none", "--season", "soon").refuses(ExitCode.USAGE.code(), "--season", "'soon'");
        forecast("train", table, "-o", "none", "--level", "80").refuses(ExitCode.USAGE.code(), "--loss quantile");
        forecast("predict", model, "--level", "120").refuses(ExitCode.USAGE.code(), "--level");
        forecast("backtest", model, short_).refuses(ExitCode.DATA.code(), "'sold'", "the model names");
        forecast("predict", model, "--level", ",").refuses(ExitCode.USAGE.code(), "--level");
        for (String flag : List.of("--time", "--series", "--known", "--past")) {
            forecast("train", table, "-o", "none", "--target", "sold", flag, "sold")
                    .refuses(ExitCode.USAGE.code(), "'sold'", "--target", flag);
        }
        forecast("train", table, "-o", "none", "--past", "sold,sold", "--target", "month")
                .refuses(ExitCode.USAGE.code(), "'sold'", "--past");
        CommandRun many = forecast("backtest", model, table, "--windows", "1000");
        assertTrue(many.succeeds().err().contains("fewer than --windows 1,000"), many.err());
        forecast("predict", folder.toString()).refuses(ExitCode.DATA.code(), "config.json");
        CommandRun.of("generate", model).refuses(ExitCode.DATA.code(), "'forecast'", "predicts no tokens");
    }
}
