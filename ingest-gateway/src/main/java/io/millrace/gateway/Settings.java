package io.millrace.gateway;

import io.smallrye.config.ConfigMapping;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The keys under {@code millrace.}; {@link GatewayConfig} checks and documents them. */
@ConfigMapping(prefix = "millrace")
interface Settings {
    Path data();

    URI mqtt();

    Sql sql();

    String durability();

    Duration commitEvery();

    Optional<Duration> retention();

    boolean exitWithParent();

    interface Sql {
        int port();
    }
}
