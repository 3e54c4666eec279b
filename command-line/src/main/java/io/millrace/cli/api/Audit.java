package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gateway's account of every event that agents say they produced. */
public final class Audit {
    private static final List<String> COUNTS =
            List.of("produced", "stored", "dead_lettered", "waiting", "missing", "duplicated", "retired");

    private final String json;
    private final Answer answer;

    private Audit(String json, Answer answer) {
        this.json = json;
        this.answer = answer;
    }

    /**
     * Asks the gateway, which waits up to 30 s until all that was committed is applied.
     *
     * @throws CommandException if nothing matches, or the gateway cannot answer
     */
    public static Audit ask(GatewayClient gateway, Filter filter) throws CommandException, InterruptedException {
        return of(gateway.get("audit" + filter.query()));
    }

    static Audit of(String json) throws CommandException {
        return new Audit(json.strip(), Answer.of(json));
    }

    /** The gateway's answer, one JSON object. */
    public String json() {
        return json;
    }

    /** Whether nothing is missing and nothing is there twice. */
    public boolean ok() {
        return Boolean.TRUE.equals(answer.fields().get("ok"))
                && answer.maps("lanes").stream()
                        .allMatch(lane -> number(lane, "missing") == 0 && number(lane, "duplicated") == 0);
    }

    /** The answer for people: a line for each epoch of a lane, one for plain devices, and the verdict. */
    public String table() {
        if (answer.maps("lanes").isEmpty()) {
            return "agents: none has reported yet\n" + plain() + verdict();
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "lane", "epoch", "produced", "stored", "dead", "waiting", "missing", "doubled", "retired", "dropped"));
        for (Map<?, ?> lane : answer.maps("lanes")) {
            List<String> row = new ArrayList<>();
            row.add("%s/%s/%s".formatted(lane.get("site"), lane.get("agent"), lane.get("lane")));
            row.add(String.valueOf(lane.get("epoch")));
            COUNTS.forEach(count -> row.add(Long.toString(number(lane, count))));
            row.add(reasons(lane.get("dropped")));
            rows.add(row);
        }
        return aligned(rows) + plain() + verdict();
    }

    private String plain() {
        if (!(answer.fields().get("plain") instanceof Map<?, ?> plain)) {
            return "";
        }
        String form = plain.containsKey("whole_store")
                ? "plain devices: stored %1$d, dead letters %4$d; of all sites and devices together:"
                        + " collapsed %2$d, dropped by the broker %3$d%n"
                : "plain devices: stored %d, collapsed %d, dropped by the broker %d, dead letters %d%n";
        return form.formatted(
                number(plain, "stored"),
                number(plain, "collapsed"),
                number(plain, "broker_dropped"),
                number(plain, "dead_lettered"));
    }

    private String verdict() {
        return (ok() ? "ok" : "NOT OK: events are missing or stored twice") + " as of " + answer.text("as_of") + "\n";
    }

    private static String reasons(@Nullable Object dropped) {
        return dropped instanceof Map<?, ?> reasons
                ? reasons.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "))
                : "";
    }

    private static long number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number ? number.longValue() : 0;
    }

    /** Names to the left, numbers to the right, two spaces between. */
    private static String aligned(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                boolean left = i == 0 || i == columns - 1;
                String blanks = " ".repeat(widths[i] - row.get(i).length());
                line.append(left ? row.get(i) + blanks : blanks + row.get(i)).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
