package io.millrace.simulator.report;

import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.run.Delays;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Played;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.run.Struck;
import java.io.IOException;
import java.util.Base64;

/**
 * What the report of one part says beyond that of a whole run, so that reports of parts can be merged: {@link PartReader}
 * reads it.
 *
 * <pre>
 * "mergeable": {"version": 2, "fingerprint": "…", "began": "…", "seconds": 60.0, "rate": 1000.0,
 *   "fleets": [["pump", "AGENT", 10, 5, false]],          name, how it speaks, units, devices each, clocks wrong
 *   "receipt": "…", "visible": "…" or null, "alert": "…" or null,   HdrHistogram, compressed, microseconds, base64
 *   "garbage_taken": 0, "last_error": "",
 *   "episodes": [[0, "OUTAGE", 20000000, 15000000, 0.8, 0, 0, 12]],        as {@link Episode}; connections befallen
 *   "samples": [[1.0, 100, 98, 97, 3.1, 8.0, 9.2, 0, 0, 810.0]]}           as {@link Sample}, until rows are seen last
 * </pre>
 */
final class PartJson {
    static final int VERSION = 2;

    private PartJson() {}

    static void write(JsonGenerator json, Outcome outcome) throws IOException {
        Played played = outcome.played();
        json.writeObjectFieldStart("mergeable");
        json.writeNumberField("version", VERSION);
        json.writeStringField("fingerprint", played.fingerprint());
        json.writeStringField("began", outcome.began().toString());
        json.writeNumberField("seconds", played.seconds());
        json.writeNumberField("rate", outcome.ratePerSecond());
        json.writeArrayFieldStart("fleets");
        for (Played.Group group : played.fleets()) {
            json.writeStartArray();
            json.writeString(group.name());
            json.writeString(group.transport().name());
            json.writeNumber(group.units());
            json.writeNumber(group.devices());
            json.writeBoolean(group.clocksWrong());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeStringField("receipt", base64(outcome.receipt()));
        Delays visible = outcome.visible();
        json.writeStringField("visible", visible == null ? null : base64(visible));
        Delays alert = outcome.alert();
        json.writeStringField("alert", alert == null ? null : base64(alert));
        json.writeNumberField("garbage_taken", outcome.garbageTaken());
        json.writeStringField("last_error", outcome.lastError());
        json.writeArrayFieldStart("episodes");
        for (Struck struck : outcome.episodes()) {
            episode(json, struck);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("samples");
        for (Sample sample : outcome.samples()) {
            sample(json, sample);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static String base64(Delays delays) {
        return Base64.getEncoder().encodeToString(delays.encoded());
    }

    private static void episode(JsonGenerator json, Struck struck) throws IOException {
        Episode episode = struck.episode();
        json.writeStartArray();
        json.writeNumber(episode.index());
        json.writeString(episode.kind().name());
        json.writeNumber(episode.atMicros());
        json.writeNumber(episode.lengthMicros());
        json.writeNumber(episode.share());
        json.writeNumber(episode.bytesPerSecond());
        json.writeNumber(episode.latencyMillis());
        json.writeNumber(struck.connections());
        json.writeEndArray();
    }

    private static void sample(JsonGenerator json, Sample sample) throws IOException {
        json.writeStartArray();
        json.writeNumber(sample.atSeconds());
        json.writeNumber(sample.connected());
        json.writeNumber(sample.sent());
        json.writeNumber(sample.acknowledged());
        json.writeNumber(sample.receiptP50Millis());
        json.writeNumber(sample.receiptP99Millis());
        json.writeNumber(sample.receiptMaxMillis());
        json.writeNumber(sample.connectionsLost());
        json.writeNumber(sample.refused());
        json.writeNumber(sample.visibleMaxMillis());
        json.writeEndArray();
    }
}
