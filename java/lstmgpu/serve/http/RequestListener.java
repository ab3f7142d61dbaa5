package lstmgpu.serve.http;

/** Hears of every request when it is over. */
@FunctionalInterface
public interface RequestListener {
    /**
     * @param route under which it is counted: a path of the program's, never one that a client made up
     * @param exchange the request
     * @param status of the answer; 499 where the client had gone before it was complete
     * @param failure an internal error; null where there was none
     */
    void over(String route, Exchange exchange, int status, double seconds, Throwable failure);
}
