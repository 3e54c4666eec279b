package io.millrace.gateway.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Writes what is pushed and reads what a page says, as JSON. Every frame carries {@code v} and {@code type}. */
@Singleton
final class Frames {
    private final ObjectMapper json;

    Frames(ObjectMapper json) {
        this.json = json;
    }

    Watch.Wanted wanted(String message) {
        try {
            return json.readValue(message, Watch.class).checked();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("message is no JSON of the expected form: " + e.getOriginalMessage(), e);
        }
    }

    String hello(Instant now) {
        ObjectNode frame = frame("hello");
        frame.put("now", now.toString());
        frame.put("points_max", Watch.POINTS_MAX);
        frame.put("values_max", Watch.VALUES_MAX);
        return text(frame);
    }

    /** Times as milliseconds since 1970 with three decimals, like {@code GET series}. */
    String points(String id, Collection<Decimation.Point> points) {
        ObjectNode frame = frame("points");
        frame.put("id", id);
        frame.set("points", json.valueToTree(points.stream().map(TimedValue::of).toList()));
        return text(frame);
    }

    String values(List<SeriesState> values) {
        ObjectNode frame = frame("values");
        frame.set("values", json.valueToTree(values));
        return text(frame);
    }

    /** @param total how many there are, of which {@code open} may be the first */
    String alerts(List<OpenAlert> open, int total) {
        ObjectNode frame = frame("alerts");
        frame.put("open_total", total);
        frame.set("open", json.valueToTree(open));
        return text(frame);
    }

    /** @param total how many there are, of which {@code pending} may be the first */
    String pending(List<PendingAlert> pending, int total) {
        ObjectNode frame = frame("pending");
        frame.put("pending_total", total);
        frame.set("pending", json.valueToTree(pending));
        return text(frame);
    }

    String pipeline(Pipeline pipeline) {
        ObjectNode frame = frame("pipeline");
        frame.setAll(json.<ObjectNode>valueToTree(pipeline));
        return text(frame);
    }

    String refetch(List<String> ids) {
        ObjectNode frame = frame("refetch");
        frame.set("ids", json.valueToTree(ids));
        return text(frame);
    }

    String error(String detail) {
        ObjectNode frame = frame("error");
        frame.put("detail", detail);
        return text(frame);
    }

    private ObjectNode frame(String type) {
        ObjectNode frame = json.createObjectNode();
        frame.put("v", Watch.VERSION);
        frame.put("type", type);
        return frame;
    }

    private String text(ObjectNode frame) {
        try {
            return json.writeValueAsString(frame);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a frame of our own cannot be written as JSON", e);
        }
    }
}
