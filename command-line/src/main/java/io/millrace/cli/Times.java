package io.millrace.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them: RFC 3339 with an offset, {@code now}, or {@code now-15m} with s, m, h or d. */
final class Times {
    private static final Pattern RELATIVE = Pattern.compile("now(?:-(\\d{1,9})([smhd]))?");

    private Times() {}

    /** @throws IllegalArgumentException if it is neither */
    static Instant parse(String text, Instant now) {
        Matcher relative = RELATIVE.matcher(text);
        try {
            if (relative.matches()) {
                return relative.group(1) == null
                        ? now
                        : now.minus(duration(Long.parseLong(relative.group(1)), relative.group(2)));
            }
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'%s' is no time, expected one such as 2026-01-31T12:00:00Z, 2026-01-31T12:00:00+01:00 or now-15m"
                            .formatted(text),
                    e);
        }
    }

    private static Duration duration(long count, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
