package io.millrace.gateway.notify;

import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Where notifications can go. */
sealed interface ChannelConfig {
    /** Unique in the file. */
    String name();

    /** For people: without path and query, in which tokens may be. */
    String target();

    /** Every secret that is needed to deliver. */
    List<Secret> secrets();

    /**
     * @param url http or https
     * @param secret signs each notification; it is not signed if empty
     */
    record Webhook(String name, URI url, Optional<Secret> secret) implements ChannelConfig {
        @Override
        public String target() {
            return "%s://%s".formatted(url.getScheme(), url.getAuthority());
        }

        @Override
        public List<Secret> secrets() {
            return secret.stream().toList();
        }
    }

    /** How the line to the mail server is kept secret; certificate and host name are checked either way. */
    enum Security {
        /** Begins in the clear and must go on encrypted before anything is said. */
        STARTTLS(587),
        /** Encrypted from the first byte. */
        TLS(465),
        /** For a server on the same machine or network; no password may be sent. */
        NONE(25);

        final int port;

        Security(int port) {
            this.port = port;
        }
    }

    /** The password of a user of the mail server. */
    record Login(String user, Secret password) {}

    /**
     * @param login none if the server takes mail from anyone
     * @param to all of them get the same mail
     */
    record Email(
            String name, String host, int port, Security security, Optional<Login> login, String from, List<String> to)
            implements ChannelConfig {
        @Override
        public String target() {
            return "%s by %s:%d".formatted(String.join(", ", to), host, port);
        }

        @Override
        public List<Secret> secrets() {
            return login.map(Login::password).stream().toList();
        }
    }
}
