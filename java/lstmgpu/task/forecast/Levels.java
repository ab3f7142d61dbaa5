package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.List;
import lstmgpu.LstmGpuException;

/** Levels of bands, as {@code --level 80,95} has them. */
public final class Levels {
    private Levels() {}

    /**
     * Levels as shares, rising.
     *
     * @throws LstmGpuException with exit code 2 if one is no number between 0 and 100
     */
    public static List<Double> of(String text) {
        List<Double> levels = new ArrayList<>();
        for (String level : text.split(",", -1)) {
            try {
                double percent = Double.parseDouble(level.strip());
                if (percent > 0 && percent < 100) {
                    levels.add(percent / 100);
                    continue;
                }
            } catch (NumberFormatException noNumber) {
                // Told below.
            }
            throw LstmGpuException.usage("--level %s: levels are numbers between 0 and 100, such as 80,95", text);
        }
        return levels.stream().distinct().sorted().toList();
    }

    /** "80", or "99.5" of 0.995. */
    public static String name(double level) {
        double percent = Math.round(level * 100_000) / 1000.0;
        return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
    }
}
