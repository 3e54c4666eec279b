package io.millrace.gateway.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them: RFC 3339 with offset, {@code now}, or {@code now-15m} (s, m, h, d). */
final class TimeText {
    private static final Pattern RELATIVE = Pattern.compile("now(?:-(\\d{1,9})([smhd]))?");
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59Z");
    private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");

    private TimeText() {}

    /**
     * @return microseconds since 1970
     * @throws IllegalArgumentException if the text is no time from year 1 to 9999; the message says what was expected
     */
    static long micros(String text, Instant now) {
        Instant instant = instant(text, now);
        if (instant.isBefore(MIN) || instant.isAfter(MAX)) {
            throw new IllegalArgumentException("'%s' lies outside of the years 1 to 9999".formatted(text));
        }
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(String text, Instant now) {
        Matcher relative = RELATIVE.matcher(text);
        if (relative.matches()) {
            return relative.group(1) == null ? now : now.minus(span(relative.group(1), relative.group(2)));
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'%s' is no time, expected RFC 3339 with offset (2026-01-31T12:00:00Z; + is written %%2B) or now-15m (s, m, h, d)"
                            .formatted(text),
                    e);
        }
    }

    private static Duration span(String count, String unit) {
        long n = Long.parseLong(count);
        return switch (unit) {
            case "s" -> Duration.ofSeconds(n);
            case "m" -> Duration.ofMinutes(n);
            case "h" -> Duration.ofHours(n);
            default -> Duration.ofDays(Math.min(n, 4_000_000));
        };
    }
}
