package io.millrace.agent.spool;

import io.millrace.model.Names;
import io.millrace.model.StreamId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one lane is kept.
 *
 * @param bytesMax hard limit of its files, at least {@value #BYTES_MAX_MIN}
 * @param freeDiskBytesMin room on the file system below which it grows no more, 0 or more
 * @param ageMax how long an event may wait for its receipt, {@link #AGE_MAX_MIN} to {@link #AGE_MAX_MAX}; what is older
 *     is given up, at the latest an eighth of that later, and declared as a gap {@code expired}; null: for ever
 */
public record LaneConfig(
        String name,
        SyncPolicy sync,
        long bytesMax,
        long freeDiskBytesMin,
        @Nullable Duration ageMax,
        WhenFull whenFull) {
    public static final long BYTES_MAX_MIN = 4L * 1024 * 1024;
    public static final Duration AGE_MAX_MIN = Duration.ofSeconds(10);
    public static final Duration AGE_MAX_MAX = Duration.ofDays(3650);

    public LaneConfig {
        Names.check("lane", name);
        check(!name.equals(StreamId.PLAIN), name, "name", name, "another one: plain is for devices without agent");
        check(bytesMax >= BYTES_MAX_MIN, name, "max-bytes", bytesMax, "at least " + BYTES_MAX_MIN);
        check(freeDiskBytesMin >= 0, name, "min-free-disk", freeDiskBytesMin, "0 or more");
        check(
                ageMax == null || (ageMax.compareTo(AGE_MAX_MIN) >= 0 && ageMax.compareTo(AGE_MAX_MAX) <= 0),
                name,
                "max-age",
                ageMax,
                "10s to 3650d");
    }

    private static void check(boolean ok, String lane, String key, @Nullable Object value, String rule) {
        if (!ok) {
            throw new IllegalArgumentException("lane %s: %s is %s, expected %s".formatted(lane, key, value, rule));
        }
    }
}
