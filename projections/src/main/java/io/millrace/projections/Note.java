package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Who did something about an alert, and why.
 *
 * @param atMicros when, by the gateway's clock, microseconds since 1970
 * @param untilMicros when a shelving ends; else 0
 */
public record Note(String who, String why, long atMicros, long untilMicros) {
    static void write(@Nullable Note note, DataOutput to) throws IOException {
        to.writeBoolean(note != null);
        if (note != null) {
            to.writeUTF(note.who);
            to.writeUTF(note.why);
            to.writeLong(note.atMicros);
            to.writeLong(note.untilMicros);
        }
    }

    static @Nullable Note read(DataInput from) throws IOException {
        return from.readBoolean() ? new Note(from.readUTF(), from.readUTF(), from.readLong(), from.readLong()) : null;
    }
}
