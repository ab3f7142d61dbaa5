package lstmgpu.tune;

import java.util.ArrayList;
import java.util.List;

/**
 * A range test of the learning rate (Smith 2017): the rate of one run goes up from step to step by the same factor, and
 * where its loss falls fastest is a rate to begin with. Step i of n, from 0, has the rate from·(to/from)^(i/(n−1)).
 */
public final class RateRange {
    private static final double SMOOTHING = 0.9;
    private static final double EXPLOSION = 4;

    /** Steps on either side over which a slope is taken. */
    private static final int REACH = 10;

    private final double from;
    private final double to;
    private final int steps;
    private final List<Point> points = new ArrayList<>();
    private double sum;
    private double lowest = Double.POSITIVE_INFINITY;
    private boolean diverged;

    /**
     * A step of the test.
     *
     * @param loss of training
     * @param smooth the exponential mean of all losses so far, without the pull of its beginning
     */
    public record Point(int step, double rate, double loss, double smooth) {}

    /** What a test came to: where the loss falls fastest, and where it is lowest. */
    public record Finding(Point steepest, Point lowest) {}

    /** @param steps of the whole range, above 1 */
    public RateRange(double from, double to, int steps) {
        this.from = from;
        this.to = to;
        this.steps = steps;
    }

    /**
     * Takes note of the loss of the next step; what comes after the end counts no more.
     *
     * @param step from 1
     */
    public void accept(int step, double loss) {
        diverged |= !Double.isFinite(loss) || step <= points.size();
        if (diverged) {
            return;
        }
        sum = SMOOTHING * sum + (1 - SMOOTHING) * loss;
        double smooth = sum / (1 - Math.pow(SMOOTHING, step));
        lowest = Math.min(lowest, smooth);
        points.add(new Point(step, from * Math.pow(to / from, (step - 1.0) / (steps - 1)), loss, smooth));
        diverged = smooth > EXPLOSION * lowest;
    }

    /** Whether the smoothed loss is above four times its lowest, or the run had to go back. */
    public boolean diverged() {
        return diverged;
    }

    public List<Point> points() {
        return List.copyOf(points);
    }

    /** Null where the loss never fell. */
    public Finding finding() {
        int last = 0;
        for (int i = 0; i < points.size(); i++) {
            last = points.get(i).smooth() < points.get(last).smooth() ? i : last;
        }
        Point steepest = null;
        double least = 0;
        for (int i = REACH; i <= last && i + REACH < points.size(); i++) {
            double fall = points.get(i + REACH).smooth() - points.get(i - REACH).smooth();
            if (fall < least) {
                least = fall;
                steepest = points.get(i);
            }
        }
        return steepest == null ? null : new Finding(steepest, points.get(last));
    }
}
