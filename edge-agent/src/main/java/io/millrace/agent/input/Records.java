package io.millrace.agent.input;

import io.millrace.agent.spool.LaneSpool;
import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Cuts a list of events where it would be too large for one record of the spool. */
final class Records {
    private static final int NUMBER_BYTES = 20;

    private Records() {}

    /** The events in order, in one list if they fit; views. */
    static List<List<Event>> of(List<Event> events) {
        var records = new ArrayList<List<Event>>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < events.size(); i++) {
            int size = bytesOf(events.get(i));
            if (i - from == LaneSpool.APPEND_EVENTS_MAX || bytes + size > LaneSpool.APPEND_BYTES_MAX) {
                records.add(events.subList(from, i));
                from = i;
                bytes = 0;
            }
            bytes += size;
        }
        if (from < events.size()) {
            records.add(events.subList(from, events.size()));
        }
        return records;
    }

    /** At least what the spool counts: as if each event brought a series of its own. */
    private static int bytesOf(Event event) {
        return EventBatch.bytesOf(event)
                + 2 * NUMBER_BYTES
                + utf8Bytes(event.series().device())
                + utf8Bytes(event.series().metric())
                + utf8Bytes(event.series().unit());
    }

    private static int utf8Bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
