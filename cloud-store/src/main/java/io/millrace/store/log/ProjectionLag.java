package io.millrace.store.log;

import java.nio.ByteBuffer;

/**
 * How far the projections were behind the log when a tick was logged: what the gateway measured then, so that whoever
 * reads the tick later comes to the same. The tick's payload, see {@code docs/formats/store.md}.
 *
 * @param entries logged and not folded, 0 or more
 * @param micros age of the last entry that was folded, 0 if none was waiting
 */
public record ProjectionLag(long entries, long micros) {
    /** Also of a tick that says nothing, as those of older software. */
    public static final ProjectionLag NONE = new ProjectionLag(0, 0);

    private static final int BYTES = 2 * Long.BYTES;

    public ProjectionLag {
        if (entries < 0 || micros < 0) {
            throw new IllegalArgumentException(
                    "lag is %d entries and %d µs, expected 0 or more of each".formatted(entries, micros));
        }
    }

    /** The lag that a tick tells; what newer software has put behind it is left alone. */
    public static ProjectionLag of(LogEntry tick) {
        if (tick.payload().length < BYTES) {
            return NONE;
        }
        var bytes = ByteBuffer.wrap(tick.payload());
        return new ProjectionLag(Math.max(0, bytes.getLong()), Math.max(0, bytes.getLong()));
    }

    public byte[] bytes() {
        return ByteBuffer.allocate(BYTES).putLong(entries).putLong(micros).array();
    }
}
