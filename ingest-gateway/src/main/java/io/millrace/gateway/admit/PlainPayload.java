package io.millrace.gateway.admit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.millrace.model.EventBatch;
import io.millrace.model.Quality;
import io.millrace.model.Value;
import java.io.IOException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads the payload of a plain device: a number, {@code true} or {@code false}, or an object with {@code value} and,
 * if it likes, {@code ts} (RFC 3339 or integer milliseconds), {@code unit}, {@code quality} and {@code id}.
 */
final class PlainPayload {
    private static final int ID_CHARS_MAX = 256;

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(2)
                    .maxStringLength(EventBatch.EVENT_BYTES_MAX)
                    .maxNumberLength(400)
                    .build())
            .build();

    private PlainPayload() {}

    /**
     * @return what it says
     * @throws BadPayloadException if it is anything else; the message is the dead letter's detail
     */
    static PlainReading parse(byte[] payload) throws BadPayloadException {
        if (payload.length > EventBatch.EVENT_BYTES_MAX) {
            throw new BadPayloadException(
                    "too_large",
                    "payload is %d bytes, expected at most %d".formatted(payload.length, EventBatch.EVENT_BYTES_MAX));
        }
        try (JsonParser json = JSON.createParser(payload)) {
            JsonToken first = json.nextToken();
            if (first == null) {
                throw malformed("payload is empty");
            }
            PlainReading reading = first == JsonToken.START_OBJECT
                    ? object(json)
                    : new PlainReading(scalar(json, first, false), null, "", Quality.GOOD, null);
            if (json.nextToken() != null) {
                throw malformed("payload goes on after its end, at byte "
                        + json.currentTokenLocation().getByteOffset());
            }
            return reading;
        } catch (JsonProcessingException e) {
            throw malformed("payload is not JSON%s: %s".formatted(at(e), words(e)));
        } catch (IOException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private static PlainReading object(JsonParser json) throws IOException, BadPayloadException {
        Value value = null;
        Long timeMicros = null;
        String unit = "";
        Quality quality = Quality.GOOD;
        String id = null;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken token = json.nextToken();
            switch (field) {
                case "value" -> value = scalar(json, token, true);
                case "ts" -> timeMicros = time(json, token);
                case "unit" -> unit = text(json, token, field);
                case "quality" -> quality = quality(text(json, token, field));
                case "id" -> id = id(text(json, token, field));
                default ->
                    throw new BadPayloadException(
                            "unknown_field",
                            "field \"%s\" is not known, expected value, ts, unit, quality or id".formatted(field));
            }
        }
        if (value == null) {
            throw malformed("field \"value\" is missing");
        }
        return new PlainReading(value, timeMicros, unit, quality, id);
    }

    private static Value scalar(JsonParser json, JsonToken token, boolean textAllowed)
            throws IOException, BadPayloadException {
        return switch (token) {
            case VALUE_TRUE -> new Value.Bool(true);
            case VALUE_FALSE -> new Value.Bool(false);
            case VALUE_NUMBER_FLOAT -> new Value.Numeric(json.getDoubleValue());
            case VALUE_NUMBER_INT -> integer(json);
            case VALUE_STRING -> {
                if (!textAllowed) {
                    throw malformed("payload is a bare text, expected a number, true, false or an object");
                }
                yield new Value.Text(json.getText());
            }
            default ->
                throw malformed("value is %s, expected a number, true, false%s"
                        .formatted(kind(token), textAllowed ? " or a text" : ""));
        };
    }

    private static String kind(JsonToken token) {
        return switch (token) {
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case VALUE_NULL -> "null";
            case VALUE_STRING -> "a text";
            case VALUE_TRUE, VALUE_FALSE -> "true or false";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> "not there";
        };
    }

    private static Value integer(JsonParser json) throws IOException {
        BigInteger exact = json.getBigIntegerValue();
        return exact.bitLength() < Long.SIZE
                ? new Value.Whole(exact.longValue())
                : new Value.Numeric(exact.doubleValue());
    }

    private static long time(JsonParser json, JsonToken token) throws IOException, BadPayloadException {
        try {
            if (token == JsonToken.VALUE_NUMBER_INT) {
                return Math.multiplyExact(json.getLongValue(), 1_000L);
            }
            if (token == JsonToken.VALUE_STRING) {
                Instant instant = OffsetDateTime.parse(json.getText()).toInstant();
                return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
            }
        } catch (DateTimeException | ArithmeticException | JsonProcessingException e) {
            throw malformed("field \"ts\" is \"%s\", expected RFC 3339 with offset or integer milliseconds since 1970"
                    .formatted(json.getText()));
        }
        throw malformed("field \"ts\" is %s, expected RFC 3339 with offset or integer milliseconds since 1970"
                .formatted(token));
    }

    private static Quality quality(String label) throws BadPayloadException {
        return switch (label) {
            case "good" -> Quality.GOOD;
            case "uncertain" -> Quality.UNCERTAIN;
            case "bad" -> Quality.BAD;
            default -> throw malformed("field \"quality\" is \"%s\", expected good, uncertain or bad".formatted(label));
        };
    }

    private static String id(String id) throws BadPayloadException {
        if (id.isEmpty() || id.length() > ID_CHARS_MAX) {
            throw malformed(
                    "field \"id\" is %d characters long, expected 1 to %d".formatted(id.length(), ID_CHARS_MAX));
        }
        return id;
    }

    private static String text(JsonParser json, JsonToken token, String field) throws IOException, BadPayloadException {
        if (token != JsonToken.VALUE_STRING) {
            throw malformed("field \"%s\" is %s, expected a text".formatted(field, kind(token)));
        }
        return json.getText();
    }

    private static BadPayloadException malformed(String detail) {
        return new BadPayloadException("malformed", detail);
    }

    /** The parser's own words, without its advice on its settings, which is of no use to a device's owner. */
    private static String words(JsonProcessingException e) {
        return e.getOriginalMessage().replaceAll("(: enable `| \\(start marker at ).*", "");
    }

    private static String at(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " at byte " + e.getLocation().getByteOffset();
    }

    /** The message cannot be used: why, as a word for grouping and a sentence for people. */
    static final class BadPayloadException extends Exception {
        private final String reason;

        BadPayloadException(String reason, @Nullable String detail) {
            super(detail);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }

        String detail() {
            return String.valueOf(getMessage());
        }
    }
}
