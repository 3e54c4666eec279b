package io.millrace.model.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamReadException;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What the JSON messages share: bounded reading, and errors that say where. */
final class Json {
    /** Largest JSON message, in bytes. */
    static final int BYTES_MAX = 1024 * 1024;

    private static final int NESTING_MAX = 16;
    private static final int NAME_CHARS_MAX = 256;
    private static final int NUMBER_CHARS_MAX = 32;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(NESTING_MAX)
                    .maxNameLength(NAME_CHARS_MAX)
                    .maxNumberLength(NUMBER_CHARS_MAX)
                    .build())
            .build();

    private Json() {}

    interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    interface FieldReading {
        /** Reads the value that the parser stands on, to its last token; false if the field is not known. */
        boolean read(String field, JsonParser json) throws IOException, MalformedMessageException;
    }

    static byte[] object(Writing fields) {
        var bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            fields.to(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    /** Reads a message that is one object. */
    static void readMessage(String what, byte[] message, FieldReading fields) throws MalformedMessageException {
        if (message.length > BYTES_MAX) {
            throw new MalformedMessageException(
                    "%s is %d bytes long, expected at most %d".formatted(what, message.length, BYTES_MAX));
        }
        try (JsonParser json = FACTORY.createParser(message)) {
            json.nextToken();
            readObject(what, json, fields);
            if (json.nextToken() != null) {
                throw wrong(what + " goes on after its end", json);
            }
        } catch (StreamReadException e) {
            throw new MalformedMessageException("%s is not JSON: %s at byte %d"
                    .formatted(what, e.getOriginalMessage(), e.getLocation().getByteOffset()));
        } catch (IOException e) {
            throw new MalformedMessageException("%s is not JSON: %s".formatted(what, e.getMessage()));
        }
    }

    /** Reads an object that the parser stands on; fields that are not known are skipped. */
    static void readObject(String what, JsonParser json, FieldReading fields)
            throws IOException, MalformedMessageException {
        expect(JsonToken.START_OBJECT, what, "an object", json);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            if (!fields.read(field, json)) {
                json.skipChildren();
            }
        }
    }

    static String text(String field, JsonParser json) throws IOException, MalformedMessageException {
        expect(JsonToken.VALUE_STRING, field, "a string", json);
        return json.getText();
    }

    static boolean bool(String field, JsonParser json) throws MalformedMessageException {
        if (json.currentToken() == null || !json.currentToken().isBoolean()) {
            throw wrong("%s is %s, expected true or false".formatted(field, json.currentToken()), json);
        }
        return json.currentToken() == JsonToken.VALUE_TRUE;
    }

    /** A number from 0 to 2^63-1. */
    static long count(String field, JsonParser json) throws IOException, MalformedMessageException {
        expect(JsonToken.VALUE_NUMBER_INT, field, "a whole number", json);
        if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
            throw wrong("%s is %s, expected 0 to 2^63-1".formatted(field, json.getText()), json);
        }
        return json.getLongValue();
    }

    /** An epoch: a string, because JavaScript would round the number. */
    static long epoch(JsonParser json) throws IOException, MalformedMessageException {
        String text = text("epoch", json);
        try {
            long epoch = Long.parseLong(text);
            if (epoch >= 0) {
                return epoch;
            }
        } catch (NumberFormatException e) {
            // as wrong as a negative one
        }
        throw wrong("epoch is '%s', expected a string of a number from 0 to 2^63-1".formatted(text), json);
    }

    static void writeEpoch(JsonGenerator json, long epoch) throws IOException {
        json.writeStringField("epoch", Long.toString(epoch));
    }

    static void writeIntervals(JsonGenerator json, String field, List<Interval> intervals) throws IOException {
        json.writeArrayFieldStart(field);
        for (Interval interval : intervals) {
            json.writeStartArray();
            json.writeNumber(interval.first());
            if (interval.isOpenEnded()) {
                json.writeNull();
            } else {
                json.writeNumber(interval.last());
            }
            json.writeEndArray();
        }
        json.writeEndArray();
    }

    /** Pairs of first and last, where null is an open end; in any order, given back disjoint and ascending. */
    static List<Interval> intervals(String field, JsonParser json) throws IOException, MalformedMessageException {
        var intervals = new IntervalSet();
        expect(JsonToken.START_ARRAY, field, "an array of pairs", json);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.START_ARRAY, field, "an array of pairs", json);
            json.nextToken();
            long first = count(field, json);
            json.nextToken();
            long last = json.currentToken() == JsonToken.VALUE_NULL ? Long.MAX_VALUE : count(field, json);
            json.nextToken();
            expect(JsonToken.END_ARRAY, field, "pairs of first and last", json);
            if (last < first) {
                throw wrong("%s holds %d to %d, expected first <= last".formatted(field, first, last), json);
            }
            intervals.add(first, last);
        }
        return intervals.intervals();
    }

    static MalformedMessageException wrong(String sentence, JsonParser json) {
        return new MalformedMessageException(
                "%s, at byte %d".formatted(sentence, json.currentTokenLocation().getByteOffset()));
    }

    private static void expect(JsonToken token, String field, String expected, JsonParser json)
            throws MalformedMessageException {
        if (json.currentToken() != token) {
            throw wrong("%s is %s, expected %s".formatted(field, json.currentToken(), expected), json);
        }
    }
}
