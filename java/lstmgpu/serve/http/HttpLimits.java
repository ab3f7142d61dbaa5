package lstmgpu.serve.http;

import java.time.Duration;

/**
 * What clients may ask of the server as such; what they may ask of models is in {@code ModelLimits}.
 *
 * @param bodyBytes of a request
 * @param connections at a time
 * @param clientTime that a client may let the server wait: for a body, for room to send, between two requests
 * @param retained bodies of that size that may be in memory at a time
 */
public record HttpLimits(int bodyBytes, int connections, Duration clientTime, int retained) {
    public static final HttpLimits DEFAULT = new HttpLimits(1 << 20, 1024, Duration.ofSeconds(30), 16);
}
