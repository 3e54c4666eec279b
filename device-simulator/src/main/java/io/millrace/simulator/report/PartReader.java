package io.millrace.simulator.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.run.Delays;
import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Played;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.run.Struck;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import io.millrace.simulator.verify.Findings.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads back what {@link PartJson} describes. */
public final class PartReader {
    private static final long BYTES_MAX = 256L << 20;
    private static final JsonFactory JSON = new JsonFactory();

    private PartReader() {}

    /**
     * Reads the report of one part.
     *
     * @throws IOException if the file cannot be read, or is no such report; the message says which
     */
    public static Outcome read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no such file");
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException("it has %d bytes, expected %d or less".formatted(Files.size(file), BYTES_MAX));
        }
        Map<String, @Nullable Object> report;
        try (JsonParser json = JSON.createParser(file.toFile())) {
            report = object(json.nextToken() == JsonToken.START_OBJECT ? value(json) : null);
        } catch (JsonProcessingException e) {
            throw new IOException("it is no JSON from line %d, column %d on"
                    .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
        }
        if (report.get("mergeable") == null) {
            throw new IOException("it holds no part of a fleet, expected what ./millrace simulate --part I/N --json"
                    + " prints, with an N of 2 or more");
        }
        try {
            return outcome(report, object(report.get("mergeable")));
        } catch (IllegalArgumentException | ClassCastException | IndexOutOfBoundsException | NullPointerException e) {
            // A report is written by a program: which of its values is damaged helps nobody.
            throw new IOException("it is damaged (%s)".formatted(e.getMessage()), e);
        }
    }

    private static Outcome outcome(Map<String, @Nullable Object> report, Map<String, @Nullable Object> part)
            throws IOException {
        if (whole(part.get("version")) > PartJson.VERSION) {
            throw new IOException(
                    "it is of a newer Millrace, format %d, and this one reads up to %d: merge with that one"
                            .formatted(whole(part.get("version")), PartJson.VERSION));
        }
        Object visible = part.get("visible");
        Object alert = part.get("alert");
        var faults = new TreeMap<String, Long>();
        object(report.get("faults")).forEach((kind, count) -> faults.put(kind, whole(count)));
        return new Outcome(
                new Played(
                        whole(report.get("seed")),
                        text(report.get("site")),
                        Part.parse(text(report.get("part"))),
                        number(part.get("seconds")),
                        list(part.get("fleets")).stream()
                                .map(group -> group(list(group)))
                                .toList(),
                        text(part.get("fingerprint"))),
                Instant.parse(text(part.get("began"))),
                flag(report.get("interrupted")),
                whole(report.get("produced")),
                whole(report.get("acknowledged")),
                number(part.get("rate")),
                delays(text(part.get("receipt"))),
                visible == null ? null : delays(text(visible)),
                alert == null ? null : delays(text(alert)),
                report.get("stored") == null ? null : findings(report),
                whole(report.get("connections_lost")),
                whole(report.get("refused")),
                text(part.get("last_error")),
                faults,
                whole(part.get("garbage_taken")),
                list(part.get("episodes")).stream()
                        .map(episode -> struck(list(episode)))
                        .toList(),
                list(part.get("samples")).stream()
                        .map(sample -> sample(list(sample)))
                        .toList());
    }

    private static Played.Group group(List<@Nullable Object> of) {
        return new Played.Group(
                text(of.get(0)),
                Transport.valueOf(text(of.get(1))),
                Math.toIntExact(whole(of.get(2))),
                Math.toIntExact(whole(of.get(3))),
                flag(of.get(4)));
    }

    private static Delays delays(String base64) {
        return Delays.decoded(Base64.getDecoder().decode(base64));
    }

    private static Findings findings(Map<String, @Nullable Object> report) {
        Map<String, @Nullable Object> first = object(report.get("first"));
        var counts = new EnumMap<Kind, Long>(Kind.class);
        var named = new EnumMap<Kind, List<String>>(Kind.class);
        for (Kind kind : Kind.values()) {
            String name = kind.name().toLowerCase(Locale.ROOT);
            if (report.get(name) != null && whole(report.get(name)) > 0) {
                counts.put(kind, whole(report.get(name)));
                named.put(
                        kind,
                        list(first.get(name)).stream().map(PartReader::text).toList());
            }
        }
        Where where = report.containsKey("out_of_order") ? Where.SUBSCRIBER : Where.STORE;
        return Findings.of(where, whole(report.get("stored")), whole(report.get("dead_letters")), counts, named);
    }

    private static Struck struck(List<@Nullable Object> of) {
        return new Struck(
                new Episode(
                        Math.toIntExact(whole(of.get(0))),
                        Episode.Kind.valueOf(text(of.get(1))),
                        whole(of.get(2)),
                        whole(of.get(3)),
                        number(of.get(4)),
                        whole(of.get(5)),
                        whole(of.get(6))),
                whole(of.get(7)));
    }

    private static Sample sample(List<@Nullable Object> of) {
        return new Sample(
                number(of.get(0)),
                whole(of.get(1)),
                whole(of.get(2)),
                whole(of.get(3)),
                number(of.get(4)),
                number(of.get(5)),
                number(of.get(6)),
                of.size() > 9 ? number(of.get(9)) : 0, // parts of version 1 do not say
                whole(of.get(7)),
                whole(of.get(8)));
    }

    /** The value at which the parser is. */
    private static @Nullable Object value(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    json.nextToken();
                    map.put(name, value(json));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<@Nullable Object>();
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(json));
                }
                yield list;
            }
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> json.getNumberValue();
            default -> json.getText();
        };
    }

    @SuppressWarnings("unchecked") // every map here was made above
    private static Map<String, @Nullable Object> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    @SuppressWarnings("unchecked") // every list here was made above
    private static List<@Nullable Object> list(@Nullable Object value) {
        return (List<@Nullable Object>) Objects.requireNonNull(value, "a list is missing");
    }

    private static String text(@Nullable Object value) {
        return (String) Objects.requireNonNull(value, "a text is missing");
    }

    private static boolean flag(@Nullable Object value) {
        return (Boolean) Objects.requireNonNull(value, "a flag is missing");
    }

    private static long whole(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value, "a number is missing")).longValue();
    }

    private static double number(@Nullable Object value) {
        return ((Number) Objects.requireNonNull(value, "a number is missing")).doubleValue();
    }
}
