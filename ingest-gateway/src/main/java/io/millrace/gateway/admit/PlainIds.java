package io.millrace.gateway.admit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The identity of a plain device's event: a hash of who measures for the epoch, and of what was read for the sequence.
 * 63 bits of SHA-256, so that nobody can be made to collide with somebody else by choice of a name.
 */
final class PlainIds {
    private final MessageDigest digest;

    PlainIds() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** 0 to 2^63-1. */
    long epoch(String site, String device, String metric) {
        return hash(site + "\0" + device + "\0" + metric);
    }

    /** 1 to 2^63-1: of the device's own id if it gave one, else of time and value. */
    long sequence(PlainReading reading, long timeMicros) {
        String id = reading.id();
        long hash = hash(id != null ? "id\0" + id : "at\0" + timeMicros + "\0" + reading.value());
        return Math.max(1, hash);
    }

    private long hash(String text) {
        byte[] bytes = digest.digest(text.getBytes(StandardCharsets.UTF_8));
        long hash = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            hash = hash << 8 | (bytes[i] & 0xff);
        }
        return hash & Long.MAX_VALUE;
    }
}
