package lstmgpu.train;

import lstmgpu.parallel.Peers;

/**
 * What all processes do between two steps.
 *
 * @param stop whether one of them was asked to stop
 * @param timeOver whether the time of one of them is over
 * @param look whether one of them wants to look at the losses
 * @param pause whether all of them pause here
 */
record Vote(boolean stop, boolean timeOver, boolean look, boolean pause) {
    /**
     * All call it; one exchange for everything, since there is one after every step.
     *
     * @param asked of this process, whether it is to stop or to pause; null if neither
     */
    static Vote of(Peers peers, TrainingResult.Reason asked, Pace pace, int step) {
        boolean[] any = peers.votes(asked == TrainingResult.Reason.STOP_REQUESTED, pace.timeOver(), pace.lookDue(step));
        return new Vote(any[0], any[1], any[2], asked == TrainingResult.Reason.PAUSED);
    }
}
