package io.millrace.simulator.mqtt;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whom clients trust and what they show. Files are PEM; in their names {@code {device}} stands for the name of the device
 * or agent, so that each has a certificate of its own.
 *
 * @param ca certificates that the broker's must lead to; null for those that Java trusts
 * @param certificate the client's, with what leads to its CA; null for none
 * @param key the certificate's, as PKCS #8 without a password; null without a certificate
 */
public record Certificates(
        @Nullable Path ca,
        @Nullable String certificate,
        @Nullable String key) {
    private static final String DEVICE = "{device}";

    public Certificates {
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a client's certificate and its key go together, and one is missing");
        }
    }

    /** Whether each client has one of its own. */
    public boolean arePerDevice() {
        return certificate != null && key != null && (certificate.contains(DEVICE) || key.contains(DEVICE));
    }

    /** The file with a client's certificate; null if there is none. */
    @Nullable
    Path certificateOf(String device) {
        return certificate == null ? null : Path.of(certificate.replace(DEVICE, device));
    }

    /** The file with the key of that certificate; null if there is none. */
    @Nullable
    Path keyOf(String device) {
        return key == null ? null : Path.of(key.replace(DEVICE, device));
    }
}
