package lstmgpu.generate;

/** Every lane and every place in the queue is taken: the request may be made again later. */
public final class LanesFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LanesFullException(int lanes, int queue) {
        super("%d texts are being written and %d wait already; try again later".formatted(lanes, queue));
    }
}
