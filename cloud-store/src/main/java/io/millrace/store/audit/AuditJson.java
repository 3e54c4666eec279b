package io.millrace.store.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Writes an audit as the contract shows it; epochs are strings, since they do not fit a JSON number everywhere. */
final class AuditJson {
    private static final JsonFactory JSON = new JsonFactory();

    /** What no filter applies to. */
    private static final List<String> WHOLE_STORE = List.of("collapsed", "broker_dropped", "retired");

    private AuditJson() {}

    static String of(AuditReport report) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("ok", report.ok());
            json.writeStringField("as_of", report.asOf().toString());
            json.writeArrayFieldStart("lanes");
            for (AuditReport.Lane lane : report.lanes()) {
                write(json, lane);
            }
            json.writeEndArray();
            write(json, report.plain());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, AuditReport.Lane lane) throws IOException {
        json.writeStartObject();
        json.writeStringField("site", lane.stream().site());
        json.writeStringField("agent", lane.stream().agent());
        json.writeStringField("lane", lane.stream().lane());
        json.writeStringField("epoch", Long.toString(lane.stream().epoch()));
        json.writeNumberField("produced", lane.produced());
        json.writeNumberField("stored", lane.stored());
        json.writeNumberField("dead_lettered", lane.deadLettered());
        json.writeObjectFieldStart("dropped");
        for (Map.Entry<String, Long> e : lane.dropped().entrySet()) {
            json.writeNumberField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("waiting", lane.waiting());
        json.writeNumberField("missing", lane.missing());
        json.writeNumberField("duplicated", lane.duplicated());
        json.writeNumberField("retired", lane.retired());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, AuditReport.Plain plain) throws IOException {
        json.writeObjectFieldStart("plain");
        json.writeNumberField("stored", plain.stored());
        json.writeNumberField("collapsed", plain.collapsed());
        json.writeNumberField("broker_dropped", plain.brokerDropped());
        json.writeNumberField("dead_lettered", plain.deadLettered());
        json.writeNumberField("retired", plain.retired());
        if (plain.filtered()) {
            json.writeArrayFieldStart("whole_store");
            for (String field : WHOLE_STORE) {
                json.writeString(field);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
