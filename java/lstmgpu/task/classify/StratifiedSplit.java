package lstmgpu.task.classify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import lstmgpu.LstmGpuException;

/**
 * Which of the documents are held out: of every class about the same share, drawn by a seed. One of each class at least
 * is left to train on.
 *
 * @param training places, rising
 * @param heldOut places, rising
 */
public record StratifiedSplit(List<Integer> training, List<Integer> heldOut) {
    /**
     * @param classes of the documents, in [0, count)
     * @param fraction of the documents that is to be held out; classes whose share is not whole round up first where
     *     most is left over
     * @throws LstmGpuException with exit code 2 if the fraction is outside [0, 1)
     */
    public static StratifiedSplit of(List<Integer> classes, int count, double fraction, long seed) {
        if (!(fraction >= 0 && fraction < 1)) {
            throw LstmGpuException.usage("--val-frac %s is out of range; it is at least 0 and below 1", fraction);
        }
        List<List<Integer>> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            places.add(new ArrayList<>());
        }
        for (int i = 0; i < classes.size(); i++) {
            places.get(classes.get(i)).add(i);
        }
        int[] numbers = numbers(places, fraction, Math.round(fraction * classes.size()));
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> training = new ArrayList<>();
        List<Integer> heldOut = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Integer> drawn = shuffled(places.get(i), random);
            heldOut.addAll(drawn.subList(0, numbers[i]));
            training.addAll(drawn.subList(numbers[i], drawn.size()));
        }
        Collections.sort(training);
        Collections.sort(heldOut);
        return new StratifiedSplit(List.copyOf(training), List.copyOf(heldOut));
    }

    /** How many of each class, by the largest remainders. */
    private static int[] numbers(List<List<Integer>> places, double fraction, long total) {
        int[] numbers = new int[places.size()];
        List<Integer> byRemainder = new ArrayList<>();
        long given = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (int) Math.min(fraction * places.get(i).size(), mostOf(places.get(i)));
            given += numbers[i];
            byRemainder.add(i);
        }
        byRemainder.sort(Comparator.comparingDouble(
                (Integer i) -> numbers[i] - fraction * places.get(i).size()));
        for (int i : byRemainder) {
            if (given < total && numbers[i] < mostOf(places.get(i))) {
                numbers[i]++;
                given++;
            }
        }
        return numbers;
    }

    private static int mostOf(List<Integer> places) {
        return Math.max(0, places.size() - 1);
    }

    private static List<Integer> shuffled(List<Integer> places, SplittableRandom random) {
        List<Integer> shuffled = new ArrayList<>(places);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            Collections.swap(shuffled, i, random.nextInt(i + 1));
        }
        return shuffled;
    }
}
