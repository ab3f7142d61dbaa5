package lstmgpu.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A run's losses, from its metrics.csv. */
final class GpuCurve {
    private GpuCurve() {}

    /** Training losses by step. A row without its end, of a run that was stopped, is left out. */
    static Map<String, Double> losses(Path metrics) throws IOException {
        List<String> lines = Files.readAllLines(metrics);
        Map<String, Double> losses = new TreeMap<>();
        List<String> names =
                lines.isEmpty() ? List.of() : List.of(lines.getFirst().split(","));
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] fields = line.split(",", -1);
            if (fields.length == names.size()) {
                losses.put(fields[names.indexOf("step")], Double.valueOf(fields[names.indexOf("train_loss")]));
            }
        }
        return losses;
    }

    /** The largest difference; NaN where the curves are not of the same steps, or a loss is. */
    static double distance(Map<String, Double> one, Map<String, Double> other) {
        if (one.isEmpty() || !one.keySet().equals(other.keySet())) {
            return Double.NaN;
        }
        double most = 0;
        for (Map.Entry<String, Double> loss : one.entrySet()) {
            most = Math.max(most, Math.abs(loss.getValue() - other.get(loss.getKey())));
        }
        return most;
    }
}
