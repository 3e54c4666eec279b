package io.millrace.simulator;

import io.millrace.model.FileTrouble;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Access;
import io.millrace.simulator.mqtt.Broker;
import io.millrace.simulator.mqtt.Certificates;
import io.millrace.simulator.mqtt.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the broker lets clients in: options, and the files that they name. */
final class AccessOptions {
    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description = "PEM: certificates that the broker's must lead to; default those that Java trusts.")
    private @Nullable Path ca;

    @Option(
            names = "--client-cert",
            paramLabel = "FILE",
            description = "PEM: the certificate that clients show. {device} in it stands for each one's name.")
    private @Nullable String certificate;

    @Option(
            names = "--client-key",
            paramLabel = "FILE",
            description = "PEM, PKCS #8 without a password: its key. {device} likewise.")
    private @Nullable String key;

    @Option(names = "--user", paramLabel = "NAME", description = "Login of all clients.")
    private @Nullable String user;

    @Option(names = "--password-file", paramLabel = "FILE", description = "Its first line is the login's password.")
    private @Nullable Path passwordFile;

    /** Null without TLS, or after a mistake. */
    @Nullable
    Tls tls(List<String> mistakes, @Nullable Broker broker) {
        if (broker == null) {
            return null;
        }
        if (!broker.tls()) {
            if (ca != null || certificate != null || key != null) {
                mistakes.add("--ca, --client-cert and --client-key are for TLS, and --mqtt is %s, expected mqtts://…"
                        .formatted(broker));
            }
            return null;
        }
        try {
            return new Tls(broker, new Certificates(ca, certificate, key));
        } catch (IllegalArgumentException e) {
            mistakes.add("--ca, --client-cert, --client-key: " + e.getMessage());
            return null;
        }
    }

    /** With a certificate for each, all must be there: else some would fail long after the others have begun. */
    void checkEach(List<String> mistakes, @Nullable Tls tls, Population population) {
        if (tls == null) {
            return;
        }
        List<Path> missing = population
                .unitNames()
                .flatMap(device -> tls.filesOf(device).stream())
                .filter(file -> !Files.isReadable(file))
                .toList();
        if (!missing.isEmpty()) {
            mistakes.add("--client-cert, --client-key: %s cannot be read%s, expected one for each device and agent"
                    .formatted(
                            missing.getFirst(),
                            missing.size() == 1 ? "" : ", nor can %d more".formatted(missing.size() - 1)));
            return;
        }
        population.unitNames().findFirst().ifPresent(device -> {
            try {
                tls.check(device);
            } catch (IllegalArgumentException e) {
                mistakes.add("--ca, --client-cert, --client-key: " + e.getMessage());
            }
        });
    }

    /** Null if there is none, or after a mistake. */
    @Nullable
    String password(List<String> mistakes) {
        if (passwordFile == null) {
            return null;
        }
        if (user == null) {
            mistakes.add("--password-file goes with --user, and there is none");
        }
        try {
            return Files.readString(passwordFile).lines().findFirst().orElse("");
        } catch (IOException e) {
            mistakes.add("--password-file %s cannot be read: %s".formatted(passwordFile, FileTrouble.of(e)));
            return null;
        }
    }

    Access login(@Nullable Tls tls, @Nullable String password) {
        return new Access(tls, user, password);
    }
}
