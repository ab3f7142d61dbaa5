package lstmgpu.serve.http;

import java.util.Set;

/** What is answered at some paths. */
public interface Route {
    /** Such as POST; where GET is answered, so is HEAD. */
    String method();

    /** Each begins with a slash; {@code /v1/models/*} stands for all below it. */
    Set<String> paths();

    /** Whether it is answered without a key: it tells nothing that is secret, and does no work. */
    default boolean isPublic() {
        return false;
    }

    /**
     * Gives the answer.
     *
     * @throws ApiError in place of one
     */
    void answer(Exchange exchange);
}
