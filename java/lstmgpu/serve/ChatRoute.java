package lstmgpu.serve;

import java.util.Set;
import lstmgpu.serve.http.ApiError;
import lstmgpu.serve.http.Exchange;
import lstmgpu.serve.http.Route;

/** {@code /v1/chat/completions}, where clients for chatbots ask: says that there are none. */
final class ChatRoute implements Route {
    @Override
    public String method() {
        return "POST";
    }

    @Override
    public Set<String> paths() {
        return Set.of("/v1/chat/completions", "/chat/completions");
    }

    @Override
    public void answer(Exchange exchange) {
        throw new ApiError(
                ApiError.Kind.NOT_FOUND,
                "no_chat",
                null,
                "these models continue texts and know nothing of a chat; ask /v1/completions with a 'prompt'");
    }
}
