package io.millrace.benchmarks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.benchmarks.WireBenchmark.Sizes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What {@code bench wire} found.
 *
 * @param source what was measured with, for people
 * @param sizes of each recording
 */
record WireReport(String source, int eventsPerBatch, List<Sizes> sizes, double encodeRate, double decodeRate) {
    private static final double BYTES_PER_EVENT_GOAL = 2.5;
    private static final double EVENTS_PER_SECOND_GOAL = 5_000_000;

    List<Figure> figures() {
        long events = sizes.stream().mapToLong(Sizes::events).sum();
        long wireBytes = sizes.stream().mapToLong(Sizes::wireBytes).sum();
        long jsonBytes = sizes.stream().mapToLong(Sizes::jsonBytes).sum();
        double worst =
                sizes.stream().mapToDouble(Sizes::wireBytesPerEvent).max().orElse(0);
        return List.of(
                Figure.atMost(BYTES_PER_EVENT_GOAL, "wire_bytes_per_event", (double) wireBytes / events),
                Figure.atMost(BYTES_PER_EVENT_GOAL, "wire_bytes_per_event_worst_recording", worst),
                Figure.told("json_bytes_per_event", (double) jsonBytes / events),
                Figure.atLeast(EVENTS_PER_SECOND_GOAL, "encode_events_per_second", encodeRate),
                Figure.atLeast(EVENTS_PER_SECOND_GOAL, "decode_events_per_second", decodeRate));
    }

    void writeJson(PrintWriter out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
            json.writeStartObject();
            json.writeStringField("benchmark", "wire");
            json.writeStringField("data", source);
            json.writeNumberField("events_per_batch", eventsPerBatch);
            for (Figure figure : figures()) {
                figure.writeTo(json);
            }
            json.writeArrayFieldStart("recordings");
            for (Sizes recording : sizes) {
                write(json, recording);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        out.println();
    }

    private static void write(JsonGenerator json, Sizes recording) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", recording.name());
        json.writeNumberField("events", recording.events());
        Figure.atMost(BYTES_PER_EVENT_GOAL, "wire_bytes_per_event", recording.wireBytesPerEvent())
                .writeTo(json);
        Figure.told("json_bytes_per_event", recording.jsonBytesPerEvent()).writeTo(json);
        json.writeEndObject();
    }

    void writeTable(PrintWriter out) {
        out.println("wire: %s, %d events a batch, envelope and MQTT header included".formatted(source, eventsPerBatch));
        figures().forEach(out::println);
        for (Sizes recording : sizes) {
            out.println(String.format(
                    Locale.ROOT,
                    "  %-34s %,16.3f   %,d events",
                    recording.name(),
                    recording.wireBytesPerEvent(),
                    recording.events()));
        }
    }
}
