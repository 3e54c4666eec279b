package io.millrace.model;

import java.nio.charset.StandardCharsets;

/**
 * One quantity of one device behind one agent: what a curve in a chart shows.
 *
 * @param device may hold {@code /}, at most {@value Names#BYTES_MAX} bytes
 * @param metric may hold {@code /}, at most {@value Names#BYTES_MAX} bytes
 * @param unit as the device names it ({@code "°C"}), at most {@value Names#BYTES_MAX} bytes, empty if it has none
 */
public record Series(String device, String metric, String unit) {
    public Series {
        Names.checkPath("device", device);
        Names.checkPath("metric", metric);
        checkUnit(unit);
    }

    /** Units are free text such as {@code "m/s²"} or {@code "#"}, so only length and control characters are checked. */
    private static void checkUnit(String unit) {
        int bytes = unit.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Names.BYTES_MAX || unit.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "unit is %d bytes long or holds control characters, expected at most %d bytes of text"
                            .formatted(bytes, Names.BYTES_MAX));
        }
    }
}
