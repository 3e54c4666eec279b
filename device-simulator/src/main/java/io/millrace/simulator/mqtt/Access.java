package io.millrace.simulator.mqtt;

import org.jspecify.annotations.Nullable;

/**
 * How clients are let in; the same for all but their certificates.
 *
 * @param tls null without TLS
 * @param user null for no login
 * @param password null for none
 */
public record Access(
        @Nullable Tls tls, @Nullable String user, @Nullable String password) {
    /** Everybody is let in. */
    public static final Access FREE = new Access(null, null, null);
}
