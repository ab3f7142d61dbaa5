package lstmgpu.gaps;

import java.util.random.RandomGenerator;
import lstmgpu.network.Head;
import lstmgpu.network.InputPart;

/** What a network is to learn about sequences whose answer depends on what was read long before. */
interface GapProblem {
    InputPart input();

    Head head();

    /** Steps of a sequence with this gap. */
    int steps(int length);

    /** Draws sequences with this gap. */
    Examples draw(int length, int sequences, RandomGenerator random);

    /** Whether it is measured by the share of right answers; otherwise by the mean squared error. */
    default boolean isCounted() {
        return true;
    }

    /** What whoever has forgotten all of it reaches. */
    double chance();

    /** The result from which on it counts as solved. */
    double goal();

    /** A step's loss at which it is worth while to judge the network. */
    double promisingLoss();

    /** Whether a result counts as solved. */
    default boolean isSolved(double result) {
        return isCounted() ? result >= goal() : result <= goal();
    }
}
