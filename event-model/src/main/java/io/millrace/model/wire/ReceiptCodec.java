package io.millrace.model.wire;

import com.fasterxml.jackson.core.JsonParser;
import io.millrace.model.Interval;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Receipts as JSON, readable with any MQTT client. Fields that are not known are ignored.
 *
 * <pre>
 * {"epoch":"812…","durability":"fsync","settled":[[1,500],[502,null]]}     null: the end is open
 * {"epoch":"812…","unsupported":{"max":1}}
 * </pre>
 */
public final class ReceiptCodec {
    private ReceiptCodec() {}

    public static byte[] encode(Receipt receipt) {
        return Json.object(json -> {
            Json.writeEpoch(json, receipt.epoch());
            switch (receipt) {
                case Receipt.Settled(long _, Durability durability, List<Interval> settled) -> {
                    json.writeStringField("durability", durability.name().toLowerCase(Locale.ROOT));
                    Json.writeIntervals(json, "settled", settled);
                }
                case Receipt.Unsupported(long _, int versionMax) -> {
                    json.writeObjectFieldStart("unsupported");
                    json.writeNumberField("max", versionMax);
                    json.writeEndObject();
                }
            }
        });
    }

    /**
     * @return the receipt; its intervals are disjoint and ascending
     * @throws MalformedMessageException if it is none, or larger than 1 MiB
     */
    public static Receipt decode(byte[] message) throws MalformedMessageException {
        var fields = new Fields();
        Json.readMessage("receipt", message, fields::read);
        return fields.receipt();
    }

    private static final class Fields {
        private long epoch = -1;
        private int versionMax = -1;
        private @Nullable Durability durability;
        private @Nullable List<Interval> settled;

        boolean read(String field, JsonParser json) throws IOException, MalformedMessageException {
            switch (field) {
                case "epoch" -> epoch = Json.epoch(json);
                case "durability" -> durability = durability(json);
                case "settled" -> settled = Json.intervals(field, json);
                case "unsupported" -> Json.readObject(field, json, this::readUnsupported);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean readUnsupported(String field, JsonParser json) throws IOException, MalformedMessageException {
            if (!field.equals("max")) {
                return false;
            }
            versionMax = (int) Math.min(Integer.MAX_VALUE, Json.count(field, json));
            return true;
        }

        private static Durability durability(JsonParser json) throws IOException, MalformedMessageException {
            String text = Json.text("durability", json);
            return switch (text) {
                case "fsync" -> Durability.FSYNC;
                case "os" -> Durability.OS;
                default -> throw Json.wrong("durability is '%s', expected fsync or os".formatted(text), json);
            };
        }

        Receipt receipt() throws MalformedMessageException {
            if (epoch < 0) {
                throw new MalformedMessageException("receipt has no epoch");
            }
            if (versionMax >= 0) {
                return new Receipt.Unsupported(epoch, versionMax);
            }
            if (durability == null || settled == null) {
                throw new MalformedMessageException(
                        "receipt of epoch %d has neither durability and settled nor unsupported.max".formatted(epoch));
            }
            return new Receipt.Settled(epoch, durability, settled);
        }
    }
}
