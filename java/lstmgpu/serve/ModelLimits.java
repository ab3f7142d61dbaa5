package lstmgpu.serve;

import java.time.Duration;

/**
 * What one request may ask of a model, and how much all of them together.
 *
 * @param lanes texts that are written side by side
 * @param queue requests that may wait for a lane, of every model
 * @param promptTokens of a request, all its prompts together
 * @param newTokens of a text
 * @param requestTime after which a request is ended
 * @param sessions conversations that are remembered
 */
public record ModelLimits(int lanes, int queue, int promptTokens, int newTokens, Duration requestTime, int sessions) {
    public static final ModelLimits DEFAULT = new ModelLimits(64, 256, 65_536, 16_384, Duration.ofMinutes(10), 1000);

    /** Most texts of one request: what is written and waits when nobody else asks. */
    int texts() {
        return Math.toIntExact(Math.min(Integer.MAX_VALUE, (long) lanes + queue));
    }
}
