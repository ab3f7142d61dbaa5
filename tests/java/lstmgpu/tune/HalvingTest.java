package lstmgpu.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class HalvingTest {
    private final List<Trial> trials = new ArrayList<>();

    /** Draws, and lets runs climb, until nothing is left to do. */
    private List<String> climbs(Halving halving, int draws, ToDoubleFunction<Trial> loss) {
        List<String> order = new ArrayList<>();
        while (true) {
            assertTrue(order.size() < 1000, "a search comes to an end");
            Halving.Job job = halving.next(trials, trials.size() >= draws, List.of());
            if (job == null && trials.size() >= draws) {
                return order;
            }
            Trial trial = job == null ? Trial.drawn(trials.size() + 1, Map.of()) : job.trial();
            int rung = job == null ? 0 : job.rung();
            assertEquals(trial.rungs(), rung, "a rung after the other");
            order.add(trial.run() + "@" + rung);
            double reached = loss.applyAsDouble(trial);
            Trial after = Double.isNaN(reached)
                    ? trial.givenUp(Trial.Status.DIVERGED, "it went up")
                    : trial.reached(new Trial.Mark(10 * (rung + 1), reached, 1, 1));
            if (trial.run() > trials.size()) {
                trials.add(after);
            } else {
                trials.set(trial.run() - 1, after);
            }
        }
    }

    @Test
    void theBestThirdGoesOnOnceAllHaveCome() {
        Halving halving = Halving.of(9, 3);
        assertEquals(3, halving.rungs());
        assertEquals(
                List.of("1/9", "1/3", "1"), List.of(halving.shareText(0), halving.shareText(1), halving.shareText(2)));
        List<String> order = climbs(halving, 9, trial -> (trial.run() * 4) % 9);
        assertEquals(
                List.of("1@0", "2@0", "3@0", "4@0", "5@0", "6@0", "7@0", "8@0", "9@0", "9@1", "7@1", "5@1", "9@2"),
                order);
    }

    @Test
    void whoIsGivenUpMakesRoomForTheNextBest() {
        List<String> order =
                climbs(Halving.of(9, 3), 9, trial -> trial.rungs() == 2 && trial.run() == 1 ? Double.NaN : trial.run());
        assertEquals(List.of("1@1", "2@1", "3@1", "1@2", "2@2"), order.subList(9, order.size()));
        trials.clear();
        List<String> diverging = climbs(Halving.of(9, 3), 9, trial -> trial.run() <= 8 ? Double.NaN : trial.run());
        assertEquals(List.of("9@1", "9@2"), diverging.subList(9, diverging.size()), "the only one left goes on");
    }

    @Test
    void withoutANumberOfRunsOneInThreeGoesOnAtOnce() {
        List<String> order = climbs(Halving.of(0, 3), 9, Trial::run);
        assertEquals(List.of("1@0", "2@0", "3@0", "1@1", "4@0", "5@0", "6@0", "2@1"), order.subList(0, 8));
        assertTrue(order.contains("1@2"), order.toString());
        trials.clear();
        List<String> one = climbs(Halving.of(0, 3), 1, Trial::run);
        assertEquals(List.of("1@0", "1@1", "1@2"), one, "with no others left even one goes on to the end");
    }

    @Test
    void fewRunsHaveFewRungsAndStepsAreAtLeastOne() {
        assertEquals(1, Halving.of(2, 3).rungs());
        assertEquals(2, Halving.of(3, 3).rungs());
        assertEquals(4, Halving.of(10_000, 3).rungs());
        assertEquals(2, Halving.of(16, 16).rungs());
        Halving halving = Halving.of(27, 3);
        assertEquals(1, halving.steps(0, 4));
        assertEquals(4, halving.steps(3, 4));
        assertEquals(34, halving.steps(2, 100));
        assertNull(halving.next(List.of(), true, List.of()));
    }

    @Test
    void aLaterSearchWithMoreRunsGoesOn() {
        climbs(Halving.of(3, 3), 3, Trial::run);
        Halving more = new Halving(6, 3, 2);
        List<String> order = climbs(more, 6, Trial::run);
        assertEquals(List.of("4@0", "5@0", "6@0", "2@1"), order);
    }

    /** As several processes do: whoever is free begins what there is, and they end in any order. */
    private List<String> climbsTogether(Halving halving, int draws, int processes, ToDoubleFunction<Trial> loss) {
        List<Halving.Job> busy = new ArrayList<>();
        List<String> order = new ArrayList<>();
        Random random = new Random(5);
        while (true) {
            while (busy.size() < processes) {
                boolean drawn = trials.size() >= draws;
                Halving.Job job = halving.next(trials, drawn, busy);
                if (job == null && drawn) {
                    break;
                }
                Halving.Job begun = job == null ? new Halving.Job(Trial.drawn(trials.size() + 1, Map.of()), 0) : job;
                if (begun.trial().run() > trials.size()) {
                    trials.add(begun.trial());
                }
                busy.add(begun);
                order.add(begun.trial().run() + "@" + begun.rung());
            }
            if (busy.isEmpty()) {
                return order;
            }
            Halving.Job ended = busy.remove(random.nextInt(busy.size()));
            double reached = loss.applyAsDouble(ended.trial());
            trials.set(
                    ended.trial().run() - 1,
                    Double.isNaN(reached)
                            ? ended.trial().givenUp(Trial.Status.DIVERGED, "it went up")
                            : ended.trial().reached(new Trial.Mark(10 * (ended.rung() + 1), reached, 1, 1)));
        }
    }

    @Test
    void severalProcessesClimbWhatOneWould() {
        ToDoubleFunction<Trial> loss =
                trial -> trial.run() % 7 == trial.rungs() ? Double.NaN : (trial.run() * 10 + trial.rungs()) % 27;
        List<String> one = climbs(Halving.of(27, 3), 27, loss);
        List<Trial> found = List.copyOf(trials);
        for (int processes = 2; processes <= 5; processes++) {
            trials.clear();
            List<String> order = climbsTogether(Halving.of(27, 3), 27, processes, loss);
            assertEquals(one.stream().sorted().toList(), order.stream().sorted().toList());
            assertEquals(found, trials);
        }
    }

    @Test
    void aRunWhoseProcessWasEndedIsBegunAgain() {
        trials.add(Trial.drawn(1, Map.of()).reached(new Trial.Mark(10, 1, 1, 1)));
        trials.add(Trial.drawn(2, Map.of()));
        Halving.Job job = Halving.of(9, 3).next(trials, false, List.of());
        assertEquals("2@0", job.trial().run() + "@" + job.rung());
        assertNull(Halving.of(9, 3).next(trials, false, List.of(job)), "it is at it");
    }
}
