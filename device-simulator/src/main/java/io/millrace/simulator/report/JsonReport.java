package io.millrace.simulator.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.run.Delays;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.ProofLostException;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome as one JSON object; figures that were not measured are null, alerts that were not raised absent, and so are
 * seconds that were not asked for.
 */
public final class JsonReport {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonReport() {}

    public static String of(Outcome outcome, boolean withSeconds) {
        return of(outcome, withSeconds, null);
    }

    /** The same with what is known; {@code error} says why the rest is not. */
    public static String of(ProofLostException lost, boolean withSeconds) {
        return of(lost.known(), withSeconds, lost);
    }

    private static String of(Outcome outcome, boolean withSeconds, @Nullable ProofLostException lost) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("ok", lost == null && outcome.ok());
            if (lost != null) {
                json.writeStringField("error", lost.getMessage());
            }
            json.writeArrayFieldStart("reasons");
            if (lost != null) {
                json.writeString(lost.getMessage());
            }
            for (String reason : outcome.reasons()) {
                json.writeString(reason);
            }
            json.writeEndArray();
            json.writeNumberField("seed", outcome.played().seed());
            json.writeStringField("site", outcome.played().site());
            json.writeStringField("part", outcome.played().part().toString());
            json.writeBooleanField("interrupted", outcome.interrupted());
            json.writeNumberField("devices", outcome.played().units(Fleet.Transport.PLAIN));
            json.writeNumberField("agents", outcome.played().units(Fleet.Transport.AGENT));
            json.writeNumberField("produced", outcome.produced());
            json.writeNumberField("acknowledged", outcome.acknowledged());
            findings(json, outcome.findings(), lost == null ? null : lost.delivered());
            json.writeNumberField("rate", rounded(outcome.ratePerSecond()));
            json.writeObjectFieldStart("latency_ms");
            delays(json, "receipt", outcome.receipt());
            delays(json, "visible", outcome.visible());
            if (outcome.alert() != null) {
                delays(json, "alert", outcome.alert());
            }
            json.writeEndObject();
            json.writeNumberField("connections_lost", outcome.connectionsLost());
            json.writeNumberField("refused", outcome.refused());
            json.writeObjectFieldStart("faults");
            for (Map.Entry<String, Long> fault : outcome.faults().entrySet()) {
                json.writeNumberField(fault.getKey(), fault.getValue());
            }
            json.writeEndObject();
            if (withSeconds) {
                json.writeArrayFieldStart("seconds");
                for (Sample sample : outcome.samples()) {
                    second(json, sample);
                }
                json.writeEndArray();
            }
            if (lost == null && outcome.played().part().count() > 1) {
                PartJson.write(json, outcome);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    /** For a program that asked for JSON, when there is no outcome. */
    public static String error(String message) {
        var text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeBooleanField("ok", false);
            json.writeStringField("error", message);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text.toString();
    }

    private static void findings(JsonGenerator json, @Nullable Findings findings, @Nullable Long delivered)
            throws IOException {
        if (findings == null) {
            json.writePOJOField("stored", delivered);
            for (Kind kind : Findings.Where.STORE.kinds()) {
                json.writeNullField(name(kind));
            }
            json.writeNullField("dead_letters");
            return;
        }
        json.writeNumberField("stored", findings.storedCount());
        for (Kind kind : findings.where().kinds()) {
            json.writeNumberField(name(kind), findings.count(kind));
        }
        json.writeNumberField("dead_letters", findings.deadLetters());
        json.writeObjectFieldStart("first");
        for (Kind kind : findings.where().kinds()) {
            json.writeArrayFieldStart(name(kind));
            for (String event : findings.first(kind)) {
                json.writeString(event);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static void delays(JsonGenerator json, String name, @Nullable Delays delays) throws IOException {
        if (delays == null) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeNumberField("p50", rounded(delays.p50()));
        json.writeNumberField("p99", rounded(delays.p99()));
        json.writeNumberField("max", rounded(delays.max()));
        json.writeNumberField("count", delays.count());
        json.writeEndObject();
    }

    private static void second(JsonGenerator json, Sample sample) throws IOException {
        json.writeStartObject();
        json.writeNumberField("at_s", rounded(sample.atSeconds()));
        json.writeNumberField("connected", sample.connected());
        json.writeNumberField("sent", sample.sent());
        json.writeNumberField("acknowledged", sample.acknowledged());
        json.writeNumberField("receipt_p50_ms", rounded(sample.receiptP50Millis()));
        json.writeNumberField("receipt_p99_ms", rounded(sample.receiptP99Millis()));
        json.writeNumberField("receipt_max_ms", rounded(sample.receiptMaxMillis()));
        json.writeNumberField("visible_max_ms", rounded(sample.visibleMaxMillis()));
        json.writeNumberField("connections_lost", sample.connectionsLost());
        json.writeNumberField("refused", sample.refused());
        json.writeEndObject();
    }

    private static double rounded(double value) {
        return Math.rint(value * 10) / 10;
    }
}
