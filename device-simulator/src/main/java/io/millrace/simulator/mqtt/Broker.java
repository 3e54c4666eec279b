package io.millrace.simulator.mqtt;

import java.net.URI;

/** Where to connect to. */
public record Broker(String host, int port) {
    private static final int PORT = 1883;

    /**
     * @param uri {@code mqtt://host:port}, port 1883 if none is given
     * @throws IllegalArgumentException if it is none such
     */
    public static Broker of(URI uri) {
        boolean plain = uri.getPath() == null
                || uri.getPath().isEmpty()
                || uri.getPath().equals("/");
        if (!"mqtt".equals(uri.getScheme()) || uri.getHost() == null || !plain) {
            throw new IllegalArgumentException("'%s' is no broker, expected mqtt://host:port".formatted(uri));
        }
        return new Broker(uri.getHost(), uri.getPort() < 0 ? PORT : uri.getPort());
    }

    @Override
    public String toString() {
        return "mqtt://%s:%d".formatted(host, port);
    }
}
