package lstmgpu.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What one of the processes of a search tells the others.
 *
 * @param stop it was asked to stop
 * @param over the time is over
 * @param judged what the losses of its run are measured on; null before that is known
 * @param ended whether its run has ended since it last told
 * @param trial what that has come to; null if it was stopped on the way, or has not ended
 */
record News(boolean stop, boolean over, Judged judged, boolean ended, Trial trial) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param unit of losses
     * @param what they are measured on
     */
    record Judged(String unit, String what) {}

    /** The same. */
    record Told(boolean stop, boolean over, Judged judged, boolean ended, String trial) {}

    String text() {
        try {
            return JSON.writeValueAsString(
                    new Told(stop, over, judged, ended, trial == null ? null : SearchFile.text(trial)));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static News of(String text) {
        try {
            Told told = JSON.readValue(text, Told.class);
            Trial trial = told.trial == null ? null : SearchFile.trial(told.trial);
            return new News(told.stop, told.over, told.judged, told.ended, trial);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("another process speaks otherwise", impossible);
        }
    }
}
