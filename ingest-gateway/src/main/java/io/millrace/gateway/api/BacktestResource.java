package io.millrace.gateway.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.gateway.backtest.Alert;
import io.millrace.gateway.backtest.Backtest;
import io.millrace.gateway.backtest.Backtest.Outcome;
import io.millrace.gateway.backtest.Comparison;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Rule;
import io.millrace.projections.Rules;
import io.millrace.projections.RulesParser;
import io.millrace.projections.RulesParser.Parsed;
import io.millrace.projections.Stats;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Tries a file of rules on what is logged, before it is switched on. */
@Path("/api/v1/rules/backtest")
@Tag(name = "rules")
public final class BacktestResource {
    private static final int ALERTS_MAX = 10_000;
    private static final double DAY_MICROS = 86_400e6;
    private static final Comparator<AlertJson> ORDER =
            Comparator.comparing(AlertJson::rule).thenComparing(AlertJson::first);

    private final Backtest backtest;
    private final Clock clock;

    BacktestResource(Backtest backtest, Clock clock) {
        this.backtest = backtest;
        this.clock = clock;
    }

    /**
     * @param warmUp event time from which the rules were given readings
     * @param entries of the log that were folded for it, with {@code events} readings
     * @param rules in the order of the file
     * @param alerts at most 10000 that the rules raise within the time, and those that are gone, by rule and time
     * @param alertsLeftOut alerts beyond these
     * @param incomplete whether something did not fit the limits of a backtest, so that alerts may be missing
     * @param changes alerts by how they differ from what was raised; null unless asked for
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Report(
            Instant from,
            Instant to,
            Instant warmUp,
            long entries,
            long events,
            List<RuleJson> rules,
            List<AlertJson> alerts,
            long alertsLeftOut,
            boolean incomplete,
            @Nullable Map<String, Long> changes) {}

    /**
     * @param alerts raised within the time, {@code retroactive} of them from backfill or corrections
     * @param perDay at this rate
     * @param inAlarmSeconds within the time and not beyond now, of all its series together
     */
    public record RuleJson(
            String rule, String severity, long alerts, long retroactive, double perDay, double inAlarmSeconds) {}

    /**
     * @param raised null if it is gone
     * @param cleared null if it is open at the end, or gone
     * @param change same, new, gone, earlier or later; null if nothing was compared
     * @param firedAt when it was raised in truth; null if it is new, or nothing was compared
     * @param firedClearedAt when that was cleared; null if it is open, or there is none
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record AlertJson(
            String rule,
            String severity,
            String site,
            String agent,
            String device,
            String metric,
            @Nullable Instant raised,
            @Nullable Instant cleared,
            @Nullable Double value,
            @Nullable Double threshold,
            String detail,
            boolean retroactive,
            @Nullable String change,
            @Nullable Instant firedAt,
            @Nullable Instant firedClearedAt) {
        private Instant first() {
            Instant last = Instant.MAX;
            Instant a = raised == null ? last : raised;
            Instant b = firedAt == null ? last : firedAt;
            return a.isBefore(b) ? a : b;
        }
    }

    @POST
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "When the rules in the body (as in rules.yaml) would have fired")
    @Parameter(name = "from", in = ParameterIn.QUERY, description = Describe.FROM)
    @Parameter(name = "to", in = ParameterIn.QUERY, description = Describe.TO)
    @Parameter(name = "compare", in = ParameterIn.QUERY, description = "true: also how that differs from what fired")
    @Parameter(name = "file", in = ParameterIn.QUERY, description = "Name that mistakes in the body are told with")
    public Report run(@Context UriInfo uri, byte[] body) throws InterruptedException {
        var parameters = new Parameters(uri, clock);
        Range range = Range.of(parameters);
        Boolean compare = parameters.read("compare", BacktestResource::flag);
        String file = parameters.text("file");
        parameters.check();
        Rules rules = rules(file == null ? "rules.yaml" : file, body);
        boolean compared = Boolean.TRUE.equals(compare);
        return switch (backtest.run(rules, range.fromMicros(), range.toMicros(), compared)) {
            case Outcome.Done done -> report(rules, range, clock.instant(), done);
            case Outcome.Busy() ->
                throw new ProblemException(409, "already running", "Another backtest is running; wait for its end.");
            case Outcome.TooMuch(var span) ->
                throw new ProblemException(
                        422,
                        "too much for a backtest",
                        "From warm-up to end there are %d log entries with %d readings, at most %d with %d are allowed; choose a shorter time"
                                .formatted(span.entries(), span.events(), Backtest.ENTRIES_MAX, Backtest.EVENTS_MAX));
            case Outcome.Stopped() ->
                throw new ProblemException(409, "stopped", "Somebody stopped this backtest; nothing of it is kept.");
            case Outcome.TooSlow(long entries, var span) ->
                throw new ProblemException(
                        503,
                        "took too long",
                        "After %d s only %d of %d log entries were done, since live readings go first; choose a shorter time or try later"
                                .formatted(Backtest.RUN_MAX.toSeconds(), entries, span.entries()));
        };
    }

    /**
     * @param state none or running
     * @param entries of the log that are done, of {@code total}; 0 of 0 while that is not known
     */
    public record Progress(String state, long entries, long total) {}

    @GET
    @Operation(summary = "How far the backtest is that is running, if one is")
    public Progress progress() {
        Backtest.Progress progress = backtest.progress();
        return progress == null
                ? new Progress("none", 0, 0)
                : new Progress("running", progress.entries(), progress.total());
    }

    @DELETE
    @Operation(summary = "Stops the backtest that is running, if one is; who asked for it is told")
    public void stop() {
        backtest.stop();
    }

    private static Boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'%s' expected true or false".formatted(text));
        };
    }

    private static Rules rules(String file, byte[] body) {
        return switch (RulesParser.parse(file, body)) {
            case Parsed.Valid(Rules rules) -> rules;
            case Parsed.Invalid(List<Mistake> mistakes) ->
                throw new ProblemException(new Problem(
                        "rules are not usable",
                        422,
                        mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")),
                        List.of(),
                        mistakes.stream()
                                .map(m -> new Problem.Place(m.line(), m.column(), m.what()))
                                .toList()));
        };
    }

    private static Report report(Rules rules, Range range, Instant now, Outcome.Done done) {
        List<AlertJson> all = new ArrayList<>();
        Map<String, Long> changes = null;
        if (done.pairs() == null) {
            done.alerts().stream()
                    .filter(a -> isWithin(range, a))
                    .map(a -> json(a, null, null))
                    .forEach(all::add);
        } else {
            changes = new TreeMap<>();
            for (Comparison.Change change : Comparison.Change.values()) {
                changes.put(label(change), 0L);
            }
            for (Comparison.Pair pair : done.pairs()) {
                if (isWithin(range, pair.draft()) || isWithin(range, pair.actual())) {
                    changes.merge(label(pair.change()), 1L, Long::sum);
                    all.add(json(pair.draft(), pair.actual(), label(pair.change())));
                }
            }
        }
        all.sort(ORDER);
        return new Report(
                instant(range.fromMicros()),
                instant(range.toMicros()),
                instant(done.warmUpMicros()),
                done.span().entries(),
                done.span().events(),
                rules.rules().stream().map(rule -> rule(rule, range, now, done)).toList(),
                all.subList(0, Math.min(ALERTS_MAX, all.size())),
                Math.max(0, all.size() - ALERTS_MAX) + done.leftOut(),
                isIncomplete(done),
                changes);
    }

    private static RuleJson rule(Rule rule, Range range, Instant now, Outcome.Done done) {
        long endMicros = Math.min(range.toMicros(), ChronoUnit.MICROS.between(Instant.EPOCH, now));
        List<Alert> alerts = done.alerts().stream()
                .filter(a -> a.watched().rule().equals(rule.name()))
                .toList();
        List<Alert> raised = alerts.stream().filter(a -> isWithin(range, a)).toList();
        long micros = alerts.stream()
                .mapToLong(a -> a.micros(range.fromMicros(), endMicros))
                .sum();
        double days = (range.toMicros() - range.fromMicros()) / DAY_MICROS;
        return new RuleJson(
                rule.name(),
                rule.severity().label(),
                raised.size(),
                raised.stream().filter(Alert::retroactive).count(),
                raised.size() / days,
                micros / 1e6);
    }

    private static boolean isIncomplete(Outcome.Done done) {
        Stats stats = done.stats();
        return done.leftOut()
                        + stats.seriesRefused()
                        + stats.windowsRefused()
                        + stats.judgementsRefused()
                        + stats.alertsRefused()
                > 0;
    }

    private static boolean isWithin(Range range, @Nullable Alert alert) {
        return alert != null && alert.raisedMicros() >= range.fromMicros() && alert.raisedMicros() < range.toMicros();
    }

    /**
     * @param draft null if the alert is gone; {@code actual} null if it is new; both if nothing was compared
     */
    private static AlertJson json(@Nullable Alert draft, @Nullable Alert actual, @Nullable String change) {
        Alert a = draft == null ? Objects.requireNonNull(actual) : draft;
        return new AlertJson(
                a.watched().rule(),
                a.severity(),
                a.watched().site(),
                a.watched().agent(),
                a.watched().device(),
                a.watched().metric(),
                raised(draft),
                cleared(draft),
                Double.isNaN(a.value()) ? null : a.value(),
                Double.isNaN(a.limit()) ? null : a.limit(),
                a.text(),
                a.retroactive(),
                change,
                raised(actual),
                cleared(actual));
    }

    private static @Nullable Instant raised(@Nullable Alert alert) {
        return alert == null ? null : instant(alert.raisedMicros());
    }

    private static @Nullable Instant cleared(@Nullable Alert alert) {
        return alert == null || alert.isOpen() ? null : instant(alert.clearedMicros());
    }

    private static String label(Comparison.Change change) {
        return change.name().toLowerCase(Locale.ROOT);
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
