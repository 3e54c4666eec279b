package io.millrace.gateway.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Writes what is pushed and reads what a page says, as JSON. Every frame carries {@code v} and {@code type}. */
@Singleton
final class Frames {
    private static final String FORM =
            "{\"v\": 1, \"type\": \"watch\", \"points\": [SERIES, …], \"values\": [SERIES, …]}";

    private final ObjectMapper json;

    Frames(ObjectMapper json) {
        this.json = json;
    }

    /**
     * @throws IllegalArgumentException if it is no message of ours; what it says goes back to the page
     */
    Watch.Wanted wanted(String message) {
        JsonNode node = read(message);
        if (!node.isObject()) {
            throw unexpected("message is no JSON object", message);
        }
        try {
            return json.treeToValue(node, Watch.class).checked();
        } catch (JsonMappingException e) {
            String field =
                    e.getPath().isEmpty() ? "message" : e.getPath().getFirst().getFieldName();
            throw unexpected(field + " has another form", message);
        } catch (JsonProcessingException e) {
            throw unexpected("message has another form", message);
        }
    }

    private JsonNode read(String message) {
        try {
            return json.readTree(message);
        } catch (JsonProcessingException e) {
            throw unexpected("message is no JSON", message);
        }
    }

    private static IllegalArgumentException unexpected(String what, String message) {
        return new IllegalArgumentException("%s, expected %s: %.200s".formatted(what, FORM, message));
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
