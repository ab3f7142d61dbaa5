package lstmgpu.tune;

import lstmgpu.train.TrainingListener;

/** Is told what happens in a search, on the thread that trains; of what others train, on another one. */
public interface SearchListener {
    /**
     * A run begins to climb a rung.
     *
     * @return who is told of its training
     */
    TrainingListener climbs(Halving.Job job);

    /** A run has climbed a rung, or was given up. */
    void told(Trial trial);
}
