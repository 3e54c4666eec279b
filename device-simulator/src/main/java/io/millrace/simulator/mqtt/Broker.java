package io.millrace.simulator.mqtt;

import io.millrace.model.Addresses;
import java.net.URI;

/**
 * Where to connect to.
 *
 * @param tls whether it is spoken to through TLS
 */
public record Broker(String host, int port, boolean tls) {
    private static final int PORT = 1883;
    private static final int TLS_PORT = 8883;

    /** Without TLS. */
    public Broker(String host, int port) {
        this(host, port, false);
    }

    /**
     * @param uri {@code mqtt://host:port} or {@code mqtts://host:port}; port 1883 or 8883 if none is given
     * @throws IllegalArgumentException if it is none such
     */
    public static Broker of(URI uri) {
        boolean bare = (uri.getPath() == null
                        || uri.getPath().isEmpty()
                        || uri.getPath().equals("/"))
                && uri.getUserInfo() == null
                && uri.getQuery() == null;
        boolean tls = "mqtts".equals(uri.getScheme());
        if ((!tls && !"mqtt".equals(uri.getScheme())) || !Addresses.isReachable(uri) || !bare) {
            throw new IllegalArgumentException(
                    "'%s' is no broker, expected mqtt://host:port or mqtts://host:port with a port from 1 to %d"
                            .formatted(uri, Addresses.PORT_MAX));
        }
        return new Broker(uri.getHost(), uri.getPort() >= 0 ? uri.getPort() : tls ? TLS_PORT : PORT, tls);
    }

    @Override
    public String toString() {
        return "%s://%s:%d".formatted(tls ? "mqtts" : "mqtt", host, port);
    }
}
