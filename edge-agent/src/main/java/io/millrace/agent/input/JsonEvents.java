package io.millrace.agent.input;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.agent.input.Submission.MalformedException;
import io.millrace.agent.input.Submission.RefusedException;
import io.millrace.agent.input.Submission.TooManyEventsException;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads events from JSON: one object, or an array of them.
 *
 * <pre>
 * device, metric   text, required
 * value            number, boolean or text, required; whole numbers beyond 2^53 are kept exactly
 * ts               RFC 3339 text, or whole milliseconds since 1970; now if absent
 * unit             text
 * quality          good, uncertain or bad; good if absent
 * lane             one of the agent's; the input's if absent
 * </pre>
 */
final class JsonEvents {
    private static final long EXACT_DOUBLE_MAX = 1L << 53;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(16)
                    .maxNumberLength(400)
                    .build())
            .build();

    private final Submission into;
    private final String lane;
    private final @Nullable Long nowMicros;

    /**
     * @param lane of events that name none
     * @param nowMicros time of events that name none; null while the clock cannot be right
     */
    JsonEvents(Submission into, String lane, @Nullable Long nowMicros) {
        this.into = into;
        this.lane = lane;
        this.nowMicros = nowMicros;
    }

    /**
     * Reads a whole body.
     *
     * @throws MalformedException if it is not JSON; nothing of it may be used then
     */
    void read(byte[] body) throws MalformedException, TooManyEventsException {
        try (JsonParser json = JSON.createParser(body)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                int index = 0;
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    item(json, index++);
                }
            } else if (first == JsonToken.START_OBJECT) {
                item(json, 0);
            } else {
                throw new MalformedException("body is neither an object nor an array, expected one event or an array");
            }
            if (json.nextToken() != null) {
                throw new MalformedException(
                        "something follows the JSON, expected one value; put events into an array");
            }
        } catch (JsonProcessingException e) {
            throw new MalformedException("line %d, column %d: %s"
                    .formatted(
                            e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                            e.getLocation() == null ? 0 : e.getLocation().getColumnNr(),
                            words(e)));
        } catch (IOException e) {
            throw new MalformedException("not JSON: " + e.getMessage());
        }
    }

    /** The parser's own words, without advice to whoever configures it. */
    private static String words(JsonProcessingException e) {
        return e.getOriginalMessage().replaceAll("(: enable `| \\(start marker at ).*", "");
    }

    private void item(JsonParser json, int index) throws IOException, TooManyEventsException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            into.refuse(index, "is no object, expected an event");
            return;
        }
        var item = new Item();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String field = json.currentName();
            json.nextToken();
            item.read(field, json);
        }
        try {
            item.addTo(into);
        } catch (RefusedException e) {
            into.refuse(index, e.reason());
        }
    }

    /** One object being read; the first thing wrong with it is kept while the rest is passed over. */
    private final class Item {
        private @Nullable String problem;
        private @Nullable String device;
        private @Nullable String metric;
        private @Nullable Value value;
        private @Nullable Long timeMicros = nowMicros;
        private String unit = "";
        private String itemLane = lane;
        private Quality quality = Quality.GOOD;

        void read(String field, JsonParser json) throws IOException {
            try {
                switch (field) {
                    case "device" -> device = text(field, json);
                    case "metric" -> metric = text(field, json);
                    case "value" -> value = value(json);
                    case "ts" -> timeMicros = time(json);
                    case "unit" -> unit = text(field, json);
                    case "quality" -> quality = quality(text(field, json));
                    case "lane" -> itemLane = text(field, json);
                    default ->
                        throw new RefusedException(
                                "unknown field %s, expected device, metric, value, ts, unit, quality or lane"
                                        .formatted(shortened(field)));
                }
            } catch (RefusedException e) {
                problem = problem == null ? e.reason() : problem;
                json.skipChildren();
            }
        }

        void addTo(Submission submission) throws RefusedException, TooManyEventsException {
            if (problem != null) {
                throw new RefusedException(problem);
            }
            if (device == null || metric == null || value == null) {
                throw new RefusedException("%s is missing, expected device, metric and value"
                        .formatted(device == null ? "device" : metric == null ? "metric" : "value"));
            }
            if (timeMicros == null) {
                throw new RefusedException(
                        "ts is missing, and the clock of this machine is not set yet; send ts, or send it again later");
            }
            Series series = Submission.series(device, metric, unit);
            submission.add(itemLane, List.of(new Event(series, timeMicros, value, quality)));
        }
    }

    private static String text(String field, JsonParser json) throws IOException, RefusedException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new RefusedException("%s is %s, expected text".formatted(field, shown(json)));
        }
        return json.getText();
    }

    private static Value value(JsonParser json) throws IOException, RefusedException {
        return switch (json.currentToken()) {
            case VALUE_STRING -> new Value.Text(json.getText());
            case VALUE_TRUE -> new Value.Bool(true);
            case VALUE_FALSE -> new Value.Bool(false);
            case VALUE_NUMBER_FLOAT -> {
                double number = json.getDoubleValue();
                if (!Double.isFinite(number)) {
                    throw new RefusedException("value is %s, expected a number below 1.8e308".formatted(shown(json)));
                }
                yield new Value.Numeric(number);
            }
            case VALUE_NUMBER_INT -> {
                if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw new RefusedException(
                            "value is %s, expected a whole number of at most 64 bits".formatted(shown(json)));
                }
                yield whole(json.getLongValue());
            }
            default ->
                throw new RefusedException(
                        "value is %s, expected a number, true, false or text".formatted(shown(json)));
        };
    }

    /** A metric must not change its type where a reading happens to be whole, so only what a double rounds is kept so. */
    private static Value whole(long number) {
        return number >= -EXACT_DOUBLE_MAX && number <= EXACT_DOUBLE_MAX
                ? new Value.Numeric(number)
                : new Value.Whole(number);
    }

    private static long time(JsonParser json) throws IOException, RefusedException {
        try {
            if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
                return Math.multiplyExact(json.getLongValue(), 1_000L);
            }
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                Instant time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(json.getText(), Instant::from);
                return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000L), time.getNano() / 1_000);
            }
        } catch (DateTimeException | ArithmeticException e) {
            // told below, like any other that is no time
        }
        throw new RefusedException(
                "ts is %s, expected a time such as 2026-01-01T00:00:00Z or whole milliseconds".formatted(shown(json)));
    }

    private static Quality quality(String text) throws RefusedException {
        for (Quality quality : Quality.values()) {
            if (quality.name().toLowerCase(Locale.ROOT).equals(text)) {
                return quality;
            }
        }
        throw new RefusedException("quality is %s, expected good, uncertain or bad".formatted(shortened(text)));
    }

    private static String shown(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> shortened(json.getText());
        };
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
