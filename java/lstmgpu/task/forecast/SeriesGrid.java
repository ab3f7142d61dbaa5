package lstmgpu.task.forecast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import lstmgpu.LstmGpuException;
import lstmgpu.data.table.Frequency;
import lstmgpu.data.table.Row;

/** Places the rows of series at steps of equal distance, so that a step without a row is one without a value. */
final class SeriesGrid {
    private final Columns columns;
    private final Frequency frequency;
    private long filled;

    SeriesGrid(Columns columns, Frequency frequency) {
        this.columns = columns;
        this.frequency = frequency;
    }

    /** The columns that hold numbers: the target, then the covariates. */
    static List<String> numbers(Columns columns) {
        List<String> names = new ArrayList<>(List.of(columns.target()));
        names.addAll(columns.known());
        names.addAll(columns.past());
        return names;
    }

    /** Steps without rows so far. */
    long filled() {
        return filled;
    }

    /**
     * @param origins the row of each
     * @param numbers a row's target and covariates; NaN where one is missing
     * @throws LstmGpuException with exit code 3 if times do not lie whole steps apart, a covariate that is known ahead
     *     is missing, or the series has no value
     */
    Series place(String name, Row first, long[] moments, List<Row> origins, List<double[]> numbers) {
        int[] places = places(moments, origins);
        int steps = places[places.length - 1] + 1;
        long[] times = new long[steps];
        Row[] rows = new Row[steps];
        double[] values = new double[steps];
        Arrays.fill(values, Double.NaN);
        double[][] known = new double[columns.known().size()][steps];
        double[][] past = new double[columns.past().size()][steps];
        int length = 0;
        for (int row = 0; row < places.length; row++) {
            int step = places[row];
            times[step] = moments[row];
            rows[step] = origins.get(row);
            values[step] = numbers.get(row)[0];
            if (!Double.isNaN(values[step])) {
                length = step + 1;
            }
            for (int before = row == 0 ? 0 : places[row - 1] + 1; before < step; before++) {
                times[before] = frequency.plus(times[before - 1], 1);
                carry(known, before);
                carry(past, before);
            }
            covariates(numbers.get(row), known, past, step, origins.get(row));
        }
        if (length == 0) {
            throw first.unfit(
                    "%s has no value in column '%s'",
                    name.isEmpty() ? "the series" : "series '" + name + "'", columns.target());
        }
        filled += steps - places.length;
        return new Series(name, first, times, rows, values, known, past, length);
    }

    private void covariates(double[] numbers, double[][] known, double[][] past, int step, Row row) {
        for (int i = 0; i < known.length; i++) {
            known[i][step] = numbers[1 + i];
            if (Double.isNaN(known[i][step])) {
                throw row.unfit(
                        "column '%s' is empty, and what is known ahead (--known) is needed at every step",
                        columns.known().get(i));
            }
        }
        for (int i = 0; i < past.length; i++) {
            double number = numbers[1 + known.length + i];
            past[i][step] = Double.isNaN(number) ? (step == 0 ? 0 : past[i][step - 1]) : number;
        }
    }

    private static void carry(double[][] columns, int step) {
        for (double[] column : columns) {
            column[step] = column[step - 1];
        }
    }

    private int[] places(long[] moments, List<Row> origins) {
        int[] places = new int[moments.length];
        for (int i = 1; i < moments.length; i++) {
            long steps = frequency.isRegular() ? frequency.between(moments[i - 1], moments[i]) : 1;
            if (steps <= 0 || places[i - 1] + steps > 64L * moments.length) {
                throw origins.get(i)
                        .unfit(
                                "the time does not fit the steps of the series, %s, after %s",
                                frequency, origins.get(i - 1).beside(origins.get(i)));
            }
            places[i] = Math.toIntExact(places[i - 1] + steps);
        }
        return places;
    }
}
