package io.millrace.gateway.notify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Shows a receiver who sent a body, and when: {@code t=SECONDS,v1=HEX}, where HEX is the HMAC-SHA256 (RFC 2104) of
 * {@code SECONDS.BODY} in lower case. The time keeps a recorded request from being played again later.
 */
final class Signature {
    static final String HEADER = "X-Millrace-Signature";

    private static final String ALGORITHM = "HmacSHA256";

    private Signature() {}

    /**
     * @param seconds since 1970, when the request is sent
     */
    static String of(byte[] body, long seconds, String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
            return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body)); // no locale's digits
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
