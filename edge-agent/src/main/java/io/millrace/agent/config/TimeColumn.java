package io.millrace.agent.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a row's time stands and how it is written.
 *
 * @param column its name
 * @param format how a cell becomes microseconds since 1970
 */
public record TimeColumn(String column, Format format) {
    /** Turns text into microseconds since 1970, UTC. */
    @FunctionalInterface
    public interface Format {
        /**
         * @throws DateTimeException or {@link ArithmeticException} or {@link NumberFormatException} if it is no such time
         */
        long micros(String cell);
    }

    private static final Pattern EPOCH = Pattern.compile("[-+]?[0-9]{1,19}([.][0-9]{0,12})?");
    private static final Map<String, Integer> DIGITS_BELOW_SECOND =
            Map.of("epoch-s", 0, "epoch-ms", 3, "epoch-us", 6, "epoch-ns", 9);

    /**
     * Makes a format from its name or pattern; null if the text is neither.
     *
     * @param text {@code rfc3339}, {@code epoch-s}, {@code epoch-ms}, {@code epoch-us}, {@code epoch-ns} or a
     *     {@link DateTimeFormatter} pattern with a date at least
     * @param zone of times that name no offset; of a local time that occurs twice the earlier one is taken
     */
    static @Nullable Format format(String text, ZoneId zone) {
        Integer digits = DIGITS_BELOW_SECOND.get(text);
        if (digits != null) {
            return cell -> epochMicros(cell, digits);
        }
        if (text.equals("rfc3339")) {
            return cell -> micros(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(cell, Instant::from));
        }
        try {
            DateTimeFormatter formatter = DateTimeFormatter.ofPattern(text, Locale.ROOT);
            Format format = cell -> micros(instant(formatter, cell, zone));
            String sample = formatter.format(Instant.EPOCH.atZone(ZoneOffset.UTC));
            format.micros(sample);
            return format;
        } catch (DateTimeException | IllegalArgumentException e) {
            return null;
        }
    }

    private static Instant instant(DateTimeFormatter formatter, String cell, ZoneId zone) {
        TemporalAccessor parsed = formatter.parseBest(cell, Instant::from, LocalDateTime::from, LocalDate::from);
        return switch (parsed) {
            case Instant instant -> instant;
            case LocalDateTime local -> {
                if (zone.getRules().getValidOffsets(local).isEmpty()) {
                    throw new DateTimeException(
                            "%s does not occur in %s, where clocks jump over it".formatted(cell, zone));
                }
                yield local.atZone(zone).toInstant();
            }
            case LocalDate date -> date.atStartOfDay(zone).toInstant();
            default -> throw new DateTimeException("neither date nor time: " + cell);
        };
    }

    private static long micros(Instant time) {
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
    }

    /** Whole numbers exactly, decimals ({@code 1583748873.25}) to the microsecond. */
    private static long epochMicros(String cell, int digitsBelowSecond) {
        if (!EPOCH.matcher(cell).matches()) {
            throw new NumberFormatException("no decimal number: " + cell);
        }
        return new BigDecimal(cell)
                .movePointRight(6 - digitsBelowSecond)
                .setScale(0, RoundingMode.FLOOR)
                .longValueExact();
    }
}
