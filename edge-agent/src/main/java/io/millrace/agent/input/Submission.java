package io.millrace.agent.input;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Series;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The events of one request, and those of its items that were none, each with its reason. */
final class Submission {
    /** Most events in one request. */
    static final int EVENTS_MAX = 10_000;

    /** Refusals told in one answer; the others are counted. */
    static final int REFUSALS_TOLD_MAX = 100;

    /**
     * An item that is no event.
     *
     * @param item its index in the array from 0, or its line from 1
     */
    record Refusal(int item, String reason) {}

    private final List<String> lanes;
    private final Map<String, List<Event>> eventsByLane = new LinkedHashMap<>();
    private final Map<Series, Series> seriesByItself = new HashMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private int events;
    private int refused;

    /**
     * @param lanes that items may name
     */
    Submission(List<String> lanes) {
        this.lanes = lanes;
    }

    /**
     * Takes the events of one item, all or none.
     *
     * @throws RefusedException if there is no such lane, or an event is too large
     * @throws TooManyEventsException if the request holds too many by now
     */
    void add(String lane, List<Event> item) throws RefusedException, TooManyEventsException {
        if (!lanes.contains(lane)) {
            throw new RefusedException("lane is %s, expected one of %s".formatted(lane, String.join(", ", lanes)));
        }
        if (item.stream().anyMatch(event -> EventBatch.bytesOf(event) > EventBatch.EVENT_BYTES_MAX)) {
            throw new RefusedException("value is longer than an event may be, expected at most %d bytes"
                    .formatted(EventBatch.EVENT_BYTES_MAX));
        }
        events += item.size();
        if (events > EVENTS_MAX) {
            throw new TooManyEventsException();
        }
        List<Event> ofLane = eventsByLane.computeIfAbsent(lane, _ -> new ArrayList<>());
        for (Event event : item) {
            Series series = seriesByItself.computeIfAbsent(event.series(), same -> same);
            ofLane.add(new Event(series, event.timeMicros(), event.value(), event.quality()));
        }
    }

    /**
     * Makes a series of names from outside.
     *
     * @throws RefusedException if one of them is not allowed
     */
    static Series series(String device, String metric, String unit) throws RefusedException {
        try {
            return new Series(device, metric, unit);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage()));
        }
    }

    void refuse(int item, String reason) {
        refused++;
        if (refusals.size() < REFUSALS_TOLD_MAX) {
            refusals.add(new Refusal(item, reason));
        }
    }

    Map<String, List<Event>> eventsByLane() {
        return eventsByLane;
    }

    int events() {
        return events;
    }

    int refused() {
        return refused;
    }

    List<Refusal> refusals() {
        return refusals;
    }

    /** An item is no event; the message says why. */
    static final class RefusedException extends Exception {
        RefusedException(String reason) {
            super(reason);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    /** A request holds more than {@value #EVENTS_MAX} events. */
    static final class TooManyEventsException extends Exception {}

    /** A request cannot be read at all; the message says where and why. */
    static final class MalformedException extends Exception {
        MalformedException(String reason) {
            super(reason);
        }
    }
}
