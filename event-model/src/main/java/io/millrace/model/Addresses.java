package io.millrace.model;

import java.net.URI;

/** Addresses that people give, looked at before anything connects: what cannot be is theirs to mend, not the network's. */
public final class Addresses {
    public static final int PORT_MAX = 65_535;

    private Addresses() {}

    /** Whether it names a host, and a port that can be connected to or none. */
    public static boolean isReachable(URI address) {
        return address.getHost() != null && address.getPort() != 0 && address.getPort() <= PORT_MAX;
    }

    /** Whether it is of a web server: {@code http} or {@code https}, and {@link #isReachable}. */
    public static boolean isHttp(URI address) {
        return ("http".equals(address.getScheme()) || "https".equals(address.getScheme())) && isReachable(address);
    }
}
