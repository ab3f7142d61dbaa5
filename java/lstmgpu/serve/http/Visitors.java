package lstmgpu.serve.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import lstmgpu.LstmGpuException;

/**
 * Which web pages may talk to the server through somebody's browser. A page of a stranger can make a browser ask any
 * address, this machine's too: under its own name, which has been made to lead here (DNS rebinding, told by Host), or
 * openly (told by Origin). Programs that are no browser send a Host that is right and no Origin.
 */
public final class Visitors {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(:\\d{1,5})?");

    private final Set<String> hosts = new TreeSet<>();
    private final Set<String> origins = new TreeSet<>();
    private final boolean anyAddress;

    /**
     * @param host that the server is bound to
     * @param everywhere whether that is all addresses of the machine, which are then all right: an address cannot be
     *     made to lead elsewhere as a name can
     * @param origins of pages that may read answers, such as {@code https://example.org}; what they name as host is
     *     right in Host too
     * @throws LstmGpuException with exit code 2 if one is no origin
     */
    public Visitors(String host, boolean everywhere, List<String> origins) {
        hosts.add(host.contains(":") ? "[" + host.toLowerCase(Locale.ROOT) + "]" : host.toLowerCase(Locale.ROOT));
        anyAddress = everywhere;
        origins.forEach(this::allow);
    }

    private void allow(String origin) {
        try {
            URI uri = new URI(origin.toLowerCase(Locale.ROOT));
            boolean plain = uri.getHost() != null
                    && (uri.getPath().isEmpty() || uri.getPath().equals("/"))
                    && uri.getQuery() == null
                    && uri.getUserInfo() == null;
            if (plain && Set.of("http", "https").contains(String.valueOf(uri.getScheme()))) {
                String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
                origins.add(uri.getScheme() + "://" + uri.getHost() + port);
                hosts.add(uri.getHost());
                return;
            }
        } catch (URISyntaxException noUri) {
            // Told below.
        }
        throw LstmGpuException.usage(
                "--allow-origin %s is no origin; give one such as https://example.org or http://localhost:3000",
                origin);
    }

    /**
     * Judges a request.
     *
     * @return the origin whose page may read the answer; empty where none asks
     * @throws ApiError with status 403 if Host or Origin are not right
     */
    public Optional<String> check(Optional<String> host, Optional<String> origin) {
        String named = host.orElse("").toLowerCase(Locale.ROOT);
        if (!HOST.matcher(named).matches() || !isOwn(named.replaceFirst(":\\d+$", ""))) {
            throw new ApiError(
                    ApiError.Kind.FORBIDDEN,
                    "host_not_allowed",
                    null,
                    "this server is not called '%s'; ask for it by the address it prints, or start it with --host or"
                                    .formatted(LstmGpuException.shortened(named))
                            + " --allow-origin for that name");
        }
        if (origin.isEmpty()) {
            return origin;
        }
        String from = origin.get().toLowerCase(Locale.ROOT);
        if (!from.equals("http://" + named) && !origins.contains(from)) {
            throw new ApiError(
                    ApiError.Kind.FORBIDDEN,
                    "origin_not_allowed",
                    null,
                    "pages of '%s' may not ask this server; start it with --allow-origin to let them"
                            .formatted(LstmGpuException.shortened(from)));
        }
        return origin;
    }

    private boolean isOwn(String name) {
        return LOOPBACK.matcher(name).matches()
                || hosts.contains(name)
                || anyAddress && ADDRESS.matcher(name).matches();
    }
}
