package lstmgpu.backend;

import java.util.function.Function;

/** A loop of a backend's operations: one captured step for a whole block of tokens, and one for a single token. */
public final class RecordedTokenLoop implements TokenLoop {
    private final int most;
    private final Step one;
    private final Step block;

    /**
     * @param capture see {@link Backend#capture}
     * @param together tokens to draw at once, if the limit allows
     * @param body draws a token
     */
    public RecordedTokenLoop(Function<Runnable, Step> capture, int together, Body body, int limit) {
        most = Math.min(together, limit);
        one = capture.apply(() -> body.draw(0));
        block = most == 1
                ? one
                : capture.apply(() -> {
                    for (int place = 0; place < most; place++) {
                        body.draw(place);
                    }
                });
    }

    @Override
    public int most() {
        return most;
    }

    @Override
    public int draw(int wanted) {
        if (wanted < most) {
            one.run();
            return 1;
        }
        block.run();
        return most;
    }

    @Override
    public void close() {
        one.close();
        if (most > 1) {
            block.close();
        }
    }
}
