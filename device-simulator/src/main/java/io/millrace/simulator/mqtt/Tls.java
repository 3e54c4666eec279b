package io.millrace.simulator.mqtt;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * The clients' side of TLS 1.3 and 1.2. The broker's certificate and the name in it are always checked. With a
 * certificate for each client, it is read anew for each connection.
 */
public final class Tls {
    /** PKCS #1 and SEC 1. */
    private static final Pattern OLDER_KEY = Pattern.compile("-----BEGIN (RSA|EC|DSA) PRIVATE KEY-----");

    private final Broker broker;
    private final Certificates certificates;
    private final @Nullable SslContext shared;

    /** @throws IllegalArgumentException if a file cannot be read or is none such, and says which */
    public Tls(Broker broker, Certificates certificates) {
        this.broker = broker;
        this.certificates = certificates;
        this.shared = certificates.arePerDevice() ? null : context(certificates, "");
    }

    /** The files that are a device's own. */
    public List<Path> filesOf(String device) {
        return shared != null
                ? List.of()
                : Stream.of(certificates.certificateOf(device), certificates.keyOf(device))
                        .filter(Objects::nonNull)
                        .toList();
    }

    /**
     * Tries a device's own files.
     *
     * @throws IllegalArgumentException if one of them cannot be read or is none such, and says which
     */
    public void check(String device) {
        if (shared == null) {
            context(certificates, device);
        }
    }

    private static SslContext context(Certificates certificates, String device) {
        Path ca = certificates.ca();
        Path certificate = certificates.certificateOf(device);
        Path key = certificates.keyOf(device);
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(SslProvider.JDK);
        if (ca != null) {
            part("CA certificates", ca, () -> builder.trustManager(ca.toFile()));
        }
        if (certificate != null && key != null) {
            String hint = conversion(key);
            part(
                    "a certificate or its key (PEM; the key PKCS #8 without a password)",
                    certificate + " and " + key,
                    () -> {
                        try {
                            builder.keyManager(certificate.toFile(), key.toFile());
                        } catch (IllegalArgumentException e) {
                            throw hint.isEmpty() ? e : new IllegalArgumentException(hint);
                        }
                    });
        }
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("TLS cannot be set up: " + innermost(e), e);
        }
    }

    /** What to do with a key of another kind; empty if it is none or cannot be read. */
    private static String conversion(Path key) {
        String text;
        try {
            text = Files.readString(key, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // who reads it next says so
        }
        String is = text.contains("ENCRYPTED")
                ? "the key has a password"
                : OLDER_KEY.matcher(text).find() ? "the key is not PKCS #8" : "";
        return is.isEmpty()
                ? ""
                : "%s; this makes one that can be used: openssl pkcs8 -topk8 -nocrypt -in %s -out %s.pk8"
                        .formatted(is, key, key);
    }

    private static void part(String what, Object files, Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s cannot be used as %s: %s".formatted(files, what, innermost(e)), e);
        }
    }

    /** What went wrong at the bottom of it; the layers above only say that something did. */
    static String innermost(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }

    /** Whether a connection's end is about TLS. */
    static boolean isOf(Throwable cause) {
        return cause instanceof SSLException || cause.getCause() instanceof SSLException;
    }

    /** For one connection. */
    SslHandler handler(ByteBufAllocator allocator, String device) {
        SslContext context = shared == null ? context(certificates, device) : shared;
        String host = broker.host().startsWith("[")
                ? broker.host().substring(1, broker.host().length() - 1)
                : broker.host();
        SslHandler handler = context.newHandler(allocator, host, broker.port());
        SSLParameters parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9110, section 4.3.4; MQTT has no rule of its own
        handler.engine().setSSLParameters(parameters);
        return handler;
    }
}
