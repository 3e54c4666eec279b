package io.millrace.agent.input;

import io.millrace.agent.input.Submission.RefusedException;
import io.millrace.agent.input.Submission.TooManyEventsException;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads InfluxDB line protocol, version 2: {@code measurement,tag=value field=1.5,other=2i 1700000000000000000}. Each
 * field becomes an event; a line that is wrong is refused as a whole.
 *
 * <pre>
 * device   tag "device", else tag "host", else the agent; then /VALUE for each other tag, in the order of tag names
 * metric   measurement.field, or just measurement if the field is called "value"
 * unit     tag "unit"
 * value    1.5 number · 2i and 2u integer · t, true, f, false boolean · "text"
 * </pre>
 *
 * @see <a href="https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/">line protocol</a>
 */
final class LineProtocol {
    private static final Pattern FLOAT = Pattern.compile("[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,20}[iu]");

    private final Submission into;
    private final String lane;
    private final String agent;
    private final @Nullable Long nowMicros;
    private final TimeUnit precision;
    private String text = "";
    private int at;

    private record Field(String name, Value value) {}

    /**
     * @param agent device of lines without a tag
     * @param nowMicros time of lines that have none; null while the clock cannot be right
     * @param precision unit of the times
     */
    LineProtocol(Submission into, String lane, String agent, @Nullable Long nowMicros, TimeUnit precision) {
        this.into = into;
        this.lane = lane;
        this.agent = agent;
        this.nowMicros = nowMicros;
        this.precision = precision;
    }

    /** Reads a whole body. */
    void read(String body) throws TooManyEventsException {
        text = body;
        at = 0;
        int line = 1;
        while (at < text.length()) {
            int start = at;
            try {
                if (!isEmptyOrComment()) {
                    line();
                }
            } catch (RefusedException e) {
                into.refuse(line, e.reason());
                at = start; // an open quote may have run on into good lines
            }
            skipToNextLine();
            line += (int)
                    text.substring(start, at).chars().filter(c -> c == '\n').count();
        }
    }

    private boolean isEmptyOrComment() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\r')) {
            at++;
        }
        return at == text.length() || text.charAt(at) == '\n' || text.charAt(at) == '#';
    }

    private void skipToNextLine() {
        int lineBreak = text.indexOf('\n', at);
        at = lineBreak < 0 ? text.length() : lineBreak + 1;
    }

    private void line() throws RefusedException, TooManyEventsException {
        String measurement = word(", ");
        if (measurement.isEmpty()) {
            throw new RefusedException(
                    "the measurement is missing, expected measurement[,tag=value…] field=value… [time]");
        }
        var tags = new TreeMap<String, String>();
        while (peek() == ',') {
            at++;
            String tag = word("=, ");
            expect('=', "= behind tag " + tag);
            tags.put(tag, word(", "));
        }
        expect(' ', "a space and then fields behind %s".formatted(measurement));
        List<Field> fields = fields();
        long time = time();
        if (isMore()) {
            throw new RefusedException("something follows the time, expected the line's end");
        }
        String device = device(tags);
        String unit = tags.getOrDefault("unit", "");
        var events = new ArrayList<Event>();
        for (Field field : fields) {
            String metric = field.name.equals("value") ? measurement : measurement + "." + field.name;
            events.add(new Event(Submission.series(device, metric, unit), time, field.value, Quality.GOOD));
        }
        into.add(lane, events);
    }

    private List<Field> fields() throws RefusedException {
        var fields = new ArrayList<Field>();
        do {
            skip(' ');
            String name = word("=, ");
            if (name.isEmpty()) {
                throw new RefusedException("a field's name is missing, expected field=value");
            }
            expect('=', "= behind field " + name);
            fields.add(new Field(name, value(name)));
        } while (skip(','));
        return fields;
    }

    private Value value(String field) throws RefusedException {
        if (skip('"')) {
            return new Value.Text(quoted(field));
        }
        String value = word(", ");
        return switch (value) {
            case "t", "T", "true", "True", "TRUE" -> new Value.Bool(true);
            case "f", "F", "false", "False", "FALSE" -> new Value.Bool(false);
            default -> number(field, value);
        };
    }

    private static Value number(String field, String value) throws RefusedException {
        try {
            if (INTEGER.matcher(value).matches()) {
                return new Value.Whole(Long.parseLong(value.substring(0, value.length() - 1)));
            }
            if (value.length() <= 400 && FLOAT.matcher(value).matches() && Double.isFinite(Double.parseDouble(value))) {
                return new Value.Numeric(Double.parseDouble(value));
            }
        } catch (NumberFormatException e) {
            // beyond 63 bits: told below, like any other that is no number
        }
        throw new RefusedException(
                "field %s is %s, expected a number, an integer such as 2i below 2^63, true, false or \"text\""
                        .formatted(field, value.length() <= 60 ? value : value.substring(0, 60) + "…"));
    }

    private String quoted(String field) throws RefusedException {
        var value = new StringBuilder();
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            boolean isEscape = c == '\\' && at < text.length() && "\"\\".indexOf(text.charAt(at)) >= 0;
            value.append(isEscape ? text.charAt(at++) : c);
        }
        throw new RefusedException("the quote of field %s is not closed".formatted(field));
    }

    /** Microseconds since 1970. */
    private long time() throws RefusedException {
        skip(' ');
        String time = word(" ");
        if (time.isEmpty()) {
            if (nowMicros == null) {
                throw new RefusedException("the time is missing, and the clock of this machine is not set yet");
            }
            return nowMicros;
        }
        try {
            long value = Long.parseLong(time);
            long micros = precision.toMicros(value);
            if (micros != Long.MAX_VALUE && micros != Long.MIN_VALUE) {
                return micros;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new RefusedException("time is %s, expected a whole number of %s since 1970"
                .formatted(time.length() <= 60 ? time : time.substring(0, 60) + "…", precision));
    }

    private String device(Map<String, String> tags) {
        String named = tags.containsKey("device") ? "device" : "host";
        var device = new StringBuilder(tags.getOrDefault(named, ""));
        tags.forEach((tag, value) -> {
            if (!tag.equals(named) && !tag.equals("unit")) {
                device.append(device.isEmpty() ? "" : "/").append(value);
            }
        });
        return device.isEmpty() ? agent : device.toString();
    }

    /** Reads up to one of the characters, a line break or the end; a backslash before one of them or itself takes it in. */
    private String word(String end) {
        var word = new StringBuilder();
        while (isMore() && end.indexOf(text.charAt(at)) < 0) {
            char c = text.charAt(at++);
            boolean isEscape = c == '\\' && isMore() && ",= \\".indexOf(text.charAt(at)) >= 0;
            word.append(isEscape ? text.charAt(at++) : c);
        }
        return word.toString();
    }

    private boolean isMore() {
        return at < text.length()
                && text.charAt(at) != '\n'
                && !(text.charAt(at) == '\r' && at + 1 < text.length() && text.charAt(at + 1) == '\n');
    }

    private char peek() {
        return isMore() ? text.charAt(at) : '\n';
    }

    private boolean skip(char c) {
        boolean isThere = peek() == c;
        at += isThere ? 1 : 0;
        return isThere;
    }

    private void expect(char c, String what) throws RefusedException {
        if (!skip(c)) {
            throw new RefusedException("no %s, expected measurement[,tag=value…] field=value… [time]".formatted(what));
        }
    }
}
