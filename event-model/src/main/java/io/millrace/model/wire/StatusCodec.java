package io.millrace.model.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.model.Interval;
import io.millrace.model.Names;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An agent's status as JSON, readable with any MQTT client. Fields that are not known are ignored; {@code version},
 * {@code epochs} and {@code held} may be missing and are empty then; so may {@code backlog}. {@code etaSeconds} is
 * there if the backlog becomes less; who reads it may as well divide.
 *
 * <pre>
 * {"online":true,"sentAt":"2026-01-01T00:00:00Z","version":"0.1.0",
 *  "epochs":[{"lane":"telemetry","epoch":"812…","produced":1000,"held":[[996,1000]]}],
 *  "backlog":{"events":1200000,"drainedPerSecond":40000,"etaSeconds":30}}
 * </pre>
 */
public final class StatusCodec {
    /** Most epochs in a status. */
    public static final int EPOCHS_MAX = 10_000;

    private static final int LANE_EPOCH_PRODUCED = 3;

    private StatusCodec() {}

    public static byte[] encode(AgentStatus status) {
        return Json.object(json -> {
            json.writeBooleanField("online", status.online());
            json.writeStringField(
                    "sentAt",
                    Instant.EPOCH.plus(status.sentAtMicros(), ChronoUnit.MICROS).toString());
            json.writeStringField("version", status.version());
            json.writeArrayFieldStart("epochs");
            for (AgentStatus.Epoch epoch : status.epochs()) {
                write(json, epoch);
            }
            json.writeEndArray();
            if (status.backlog() != null) {
                write(json, status.backlog());
            }
        });
    }

    private static void write(JsonGenerator json, AgentStatus.Backlog backlog) throws IOException {
        json.writeObjectFieldStart("backlog");
        json.writeNumberField("events", backlog.events());
        json.writeNumberField("drainedPerSecond", backlog.drainedPerSecond());
        Long etaSeconds = backlog.etaSeconds();
        if (etaSeconds != null) {
            json.writeNumberField("etaSeconds", etaSeconds);
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, AgentStatus.Epoch epoch) throws IOException {
        json.writeStartObject();
        json.writeStringField("lane", epoch.lane());
        Json.writeEpoch(json, epoch.epoch());
        json.writeNumberField("produced", epoch.produced());
        Json.writeIntervals(json, "held", epoch.held());
        json.writeEndObject();
    }

    /**
     * @return the status; intervals are disjoint and ascending
     * @throws MalformedMessageException if it is none, or larger than 1 MiB
     */
    public static AgentStatus decode(byte[] message) throws MalformedMessageException {
        var fields = new Fields();
        Json.readMessage("status", message, fields::read);
        return fields.status();
    }

    private static final class Fields {
        private final List<AgentStatus.Epoch> epochs = new ArrayList<>();
        private boolean online;
        private boolean onlineSeen;
        private long sentAtMicros;
        private boolean sentAtSeen;
        private String version = "";
        private AgentStatus.@Nullable Backlog backlog;

        boolean read(String field, JsonParser json) throws IOException, MalformedMessageException {
            switch (field) {
                case "online" -> {
                    online = Json.bool(field, json);
                    onlineSeen = true;
                }
                case "sentAt" -> {
                    sentAtMicros = micros(json);
                    sentAtSeen = true;
                }
                case "version" -> version = Json.text(field, json);
                case "epochs" -> readEpochs(json);
                case "backlog" -> {
                    var fields = new BacklogFields();
                    Json.readObject("backlog", json, fields::read);
                    backlog = new AgentStatus.Backlog(fields.events, fields.drainedPerSecond);
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private void readEpochs(JsonParser json) throws IOException, MalformedMessageException {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                throw Json.wrong("epochs is %s, expected an array".formatted(json.currentToken()), json);
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (epochs.size() == EPOCHS_MAX) {
                    throw Json.wrong("status holds more than %d epochs".formatted(EPOCHS_MAX), json);
                }
                var epoch = new EpochFields();
                Json.readObject("an epoch", json, epoch::read);
                epochs.add(epoch.epoch(json));
            }
        }

        AgentStatus status() throws MalformedMessageException {
            if (!onlineSeen || !sentAtSeen) {
                throw new MalformedMessageException("status has no %s".formatted(onlineSeen ? "sentAt" : "online"));
            }
            return new AgentStatus(online, sentAtMicros, version, List.copyOf(epochs), backlog);
        }
    }

    private static final class BacklogFields {
        private long events;
        private long drainedPerSecond;

        boolean read(String field, JsonParser json) throws IOException, MalformedMessageException {
            switch (field) {
                case "events" -> events = Json.count(field, json);
                case "drainedPerSecond" -> drainedPerSecond = Json.count(field, json);
                default -> {
                    return false;
                }
            }
            return true;
        }
    }

    private static final class EpochFields {
        private String lane = "";
        private long epoch;
        private long produced;
        private List<Interval> held = List.of();
        private int seen;

        boolean read(String field, JsonParser json) throws IOException, MalformedMessageException {
            switch (field) {
                case "lane" -> {
                    lane = lane(json);
                    seen++;
                }
                case "epoch" -> {
                    epoch = Json.epoch(json);
                    seen++;
                }
                case "produced" -> {
                    produced = Json.count(field, json);
                    seen++;
                }
                case "held" -> held = Json.intervals(field, json);
                default -> {
                    return false;
                }
            }
            return true;
        }

        AgentStatus.Epoch epoch(JsonParser json) throws MalformedMessageException {
            if (seen != LANE_EPOCH_PRODUCED) {
                throw Json.wrong("an epoch needs lane, epoch and produced, once each", json);
            }
            return new AgentStatus.Epoch(lane, epoch, produced, held);
        }
    }

    private static String lane(JsonParser json) throws IOException, MalformedMessageException {
        try {
            return Names.check("lane", Json.text("lane", json));
        } catch (IllegalArgumentException e) {
            throw Json.wrong(String.valueOf(e.getMessage()), json);
        }
    }

    private static long micros(JsonParser json) throws IOException, MalformedMessageException {
        String text = Json.text("sentAt", json);
        try {
            return ChronoUnit.MICROS.between(
                    Instant.EPOCH, OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException | ArithmeticException e) {
            throw Json.wrong("sentAt is '%s', expected a time such as 2026-01-01T00:00:00Z".formatted(text), json);
        }
    }
}
