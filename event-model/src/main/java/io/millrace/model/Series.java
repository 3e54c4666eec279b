package io.millrace.model;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

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

    // As the record's own, which the compiler leaves a call each through a method handle: once and more for every
    // event.

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Series(String d, String m, String u)
                        && device.equals(d)
                        && metric.equals(m)
                        && unit.equals(u));
    }

    @Override
    public int hashCode() {
        return HashCodes.mixed(HashCodes.mixed(device.hashCode(), metric.hashCode()), unit.hashCode());
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
