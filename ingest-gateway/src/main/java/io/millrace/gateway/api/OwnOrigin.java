package io.millrace.gateway.api;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request comes from our own page or from no page at all. Another site's page must not reach a gateway on the
 * visitor's machine: neither by its own address (Origin), nor by a name that it makes point to us (Host; DNS
 * rebinding).
 */
final class OwnOrigin {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final String SCHEME = "http://";
    private static final String DEFAULT_PORT = ":80";

    private OwnOrigin() {}

    /**
     * @param host the Host header, or HTTP/2's authority
     * @param origin the Origin header, null if there is none
     * @param port that the request came in on
     * @return what is foreign about it, for a person; null if nothing is
     */
    static @Nullable String foreign(@Nullable String host, @Nullable String origin, int port) {
        if (host == null || !isOwn(host, port)) {
            return "Host is %s, expected one of 127.0.0.1:%d, localhost:%d, [::1]:%d".formatted(host, port, port, port);
        }
        if (origin != null && !(origin.startsWith(SCHEME) && isOwn(origin.substring(SCHEME.length()), port))) {
            return "Origin is %s, expected the gateway's own page at http://%s".formatted(origin, host);
        }
        return null;
    }

    private static boolean isOwn(String hostAndPort, int port) {
        String lower = hostAndPort.toLowerCase(Locale.ROOT);
        String full = lower.matches(".*:\\d+") && !lower.endsWith("]") ? lower : lower + DEFAULT_PORT;
        int colon = full.lastIndexOf(':');
        return LOOPBACK.contains(full.substring(0, colon))
                && full.substring(colon + 1).equals(Integer.toString(port));
    }
}
