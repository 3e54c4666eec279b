package io.millrace.projections;

import io.millrace.projections.AlertTransition.Kind;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Offline;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One rule on one series, in one of its two times: the present, whose alerts are open for people to see, or history
 * that backfill brings while the present has moved on. Values are judged in event time; older ones change nothing,
 * except that a correction of the window judged last is judged in its place.
 */
final class Judgement {
    private enum Phase {
        GOOD,
        /** Bad, but not for long enough, or something keeps it from being raised. */
        PENDING,
        RAISED
    }

    private static final UUID NO_ALERT = new UUID(0, 0);

    /** Tells apart all of the present; those pending for longest come first. */
    static final Comparator<Judgement> PENDING_ORDER = Comparator.comparingLong((Judgement j) -> j.pendingSince)
            .thenComparing(j -> j.rule.name())
            .thenComparing(j -> j.series.site)
            .thenComparing(j -> j.series.agent)
            .thenComparing(j -> j.series.series.device())
            .thenComparing(j -> j.series.series.metric())
            .thenComparing(j -> j.series.series.unit());

    private final Rule rule;
    private final SeriesState series;
    private final boolean history;

    private Phase phase = Phase.GOOD;
    private long pendingSince;
    private long judgedMicros = Long.MIN_VALUE;

    /** As it was before what was judged last. */
    private Phase phaseBefore = Phase.GOOD;

    private long pendingSinceBefore;

    /** The latest in the lowest bit, 1 is bad. */
    private int judgements;

    private int judgementsBefore;
    private boolean flapping;
    private boolean flappingBefore;

    /** Of the alert that is raised: grows only. */
    private Severity severity;

    private boolean flappingTold;

    /** What made the alert as grave as it is came late, and nothing of the present has confirmed it. */
    private boolean retroactive;

    private @Nullable Note acknowledged;

    /** Outlives the alert: one that is cleared and raised again is shelved still. */
    private @Nullable Note shelved;

    private int transitions;

    /** What was told of it last: many are asked for again and again while few of them change. */
    private @Nullable OpenAlert told;

    private UUID alert = NO_ALERT;
    private long raisedMicros;
    private long raisedPosition;

    /** What raised it, or made it graver; while it is pending, what was judged last. */
    private double raisedValue;

    Judgement(Rule rule, SeriesState series, boolean history) {
        this.rule = rule;
        this.series = series;
        this.history = history;
        severity = rule.severity();
    }

    Rule rule() {
        return rule;
    }

    /** Judges one reading, or the first version of a window. */
    void judge(Threshold threshold, long timeMicros, double value, boolean late, Turn turn) {
        if (timeMicros < judgedMicros) {
            return;
        }
        phaseBefore = phase;
        pendingSinceBefore = pendingSince;
        judgementsBefore = judgements;
        flappingBefore = flapping;
        judgedMicros = timeMicros;
        step(threshold, value, late, turn);
    }

    /** Judges a further version of a window. */
    void revise(Threshold threshold, long timeMicros, double value, Turn turn) {
        if (timeMicros != judgedMicros) {
            return;
        }
        step(threshold, value, true, turn);
    }

    /** @param late of backfill or a correction */
    private void step(Threshold threshold, double value, boolean late, Turn turn) {
        flap(threshold.isBad(value));
        Phase next = next(threshold, value);
        if (phase == Phase.RAISED && next != Phase.RAISED) {
            String detail = detail(value, "cleared at", threshold.clear());
            clear(judgedMicros, value, threshold.clear(), detail, late, turn);
        } else if (phase == Phase.RAISED) {
            boolean quiet = late || (retroactive && isHeldBack(judgedMicros, turn));
            escalate(threshold, value, quiet, turn);
            confirm(threshold, value, quiet, turn);
        } else if (next == Phase.RAISED) {
            severity = severityOf(threshold, value);
            if (!raise(judgedMicros, value, limit(threshold, severity), late, turn)) {
                next = Phase.PENDING;
            }
        }
        if (next == Phase.PENDING) {
            raisedValue = value;
        }
        become(next, turn);
        if (phase == Phase.RAISED && flapping && !flappingTold) {
            tellFlapping(late, turn);
        }
    }

    private void become(Phase next, Turn turn) {
        if (!history && phase == Phase.PENDING && next != Phase.PENDING) {
            turn.pendingNow.remove(this);
        } else if (!history && phase != Phase.PENDING && next == Phase.PENDING) {
            turn.pendingNow.add(this);
        }
        phase = next;
    }

    private void flap(boolean bad) {
        if (rule.options().flapping().isPresent()) {
            judgements = Flapping.next(judgementsBefore, bad);
            flapping = rule.options().flapping().get().flaps(judgements, flappingBefore);
        }
    }

    private void tellFlapping(boolean late, Turn turn) {
        flappingTold = true;
        double percent = Flapping.percent(judgements);
        double limit = rule.options().flapping().map(Flapping::above).orElse(0.0);
        String detail = "flapping: %s %% of the last judgements changed, above %s; stays raised until that settles"
                .formatted(Words.number(percent), Words.number(limit));
        tell(Kind.FLAPPING, percent, limit, detail, late, turn);
    }

    private void escalate(Threshold threshold, double value, boolean late, Turn turn) {
        Severity now = severityOf(threshold, value);
        if (now.compareTo(severity) < 0) {
            severity = now;
            acknowledged = null;
            retroactive = late;
            raisedValue = value;
            tell(Kind.ESCALATED, value, raisedLimit(), raisedDetail(), late, turn);
        }
    }

    /** Not for those of history, which no present follows. */
    private void confirm(Threshold threshold, double value, boolean late, Turn turn) {
        if (retroactive && !late && !history) {
            retroactive = false;
            String detail = "%s, came late; now it is %s".formatted(raisedDetail(), Words.number(value));
            tell(Kind.CONFIRMED, value, threshold.clear(), detail, false, turn);
        }
    }

    /** Beyond which an alert is as grave as this. */
    private double limit(Threshold threshold, Severity of) {
        return rule.options().escalation().stream()
                .filter(e -> e.severity() == of)
                .findFirst()
                .map(RuleOptions.Escalation::limit)
                .orElse(threshold.limit());
    }

    private Severity severityOf(Threshold threshold, double value) {
        Severity found = rule.severity();
        for (RuleOptions.Escalation e : rule.options().escalation()) {
            found = threshold.side().isBad(value, e.limit()) ? e.severity() : found;
        }
        return found;
    }

    /** What a person does about the alert, which is raised. */
    void command(AlertCommand command, long timeMicros, Turn turn) {
        var note = new Note(command.who(), command.why(), timeMicros, command.untilMicros());
        switch (command.action()) {
            case ACKNOWLEDGE -> {
                acknowledged = note;
                tell(Kind.ACKNOWLEDGED, timeMicros, note, turn);
            }
            case SHELVE -> {
                shelved = note;
                turn.shelved.add(this);
                tell(Kind.SHELVED, timeMicros, note, turn);
            }
            case UNSHELVE -> {
                if (shelved != null) {
                    shelved = null;
                    turn.shelved.remove(this);
                    tell(Kind.UNSHELVED, timeMicros, note, turn);
                }
            }
        }
    }

    /** {@link Long#MAX_VALUE} if it is not shelved. */
    long shelvedUntilMicros() {
        return shelved == null ? Long.MAX_VALUE : shelved.untilMicros();
    }

    void shelvingIsOver(Turn turn) {
        shelved = null;
        turn.shelved.remove(this);
        tell(Kind.UNSHELVED, turn.wallMicros, null, turn);
    }

    /** The alert that is raised, or was last. */
    UUID alert() {
        return alert;
    }

    private void tell(Kind kind, long timeMicros, @Nullable Note note, Turn turn) {
        UUID id = nextId(turn.position);
        double nothing = Double.NaN;
        turn.out.transition(
                transition(id, kind, timeMicros, nothing, nothing, raisedDetail(), false, turn.position, note));
    }

    /** A transition of the alert that is raised. */
    private void tell(Kind kind, double value, double limit, String detail, boolean late, Turn turn) {
        UUID id = nextId(turn.position);
        turn.out.transition(transition(id, kind, judgedMicros, value, limit, detail, late, turn.position, null));
    }

    /** What follows from the phase before, and since when it has been bad. */
    private Phase next(Threshold threshold, double value) {
        pendingSince = pendingSinceBefore;
        return switch (phaseBefore) {
            case RAISED -> threshold.isClear(value) && !flapping ? Phase.GOOD : Phase.RAISED;
            case GOOD -> {
                pendingSince = judgedMicros;
                yield bad(threshold, value);
            }
            case PENDING -> bad(threshold, value);
        };
    }

    private Phase bad(Threshold threshold, double value) {
        if (!threshold.isBad(value)) {
            return Phase.GOOD;
        }
        return judgedMicros - pendingSince >= threshold.forMicros() ? Phase.RAISED : Phase.PENDING;
    }

    private String detail(double value, String verb, double limit) {
        String what = rule.on()
                .map(on ->
                        on.aggregate().label() + " of " + Words.span(on.window().sizeMicros()))
                .orElse(rule.name().equals(Rule.PROJECTION_LAG) ? "lag in seconds" : "value");
        return "%s is %s, %s %s".formatted(what, Words.number(value), verb, Words.number(limit));
    }

    /** At a tick: whether it has been silent for as long as the rule allows. */
    void silent(long limitMicros, long silenceMicros, Turn turn) {
        if (phase == Phase.RAISED) {
            return;
        }
        boolean over = silenceMicros >= limitMicros;
        severity = over ? rule.severity() : severity;
        boolean raised = over && raise(turn.wallMicros, silenceMicros / 1e6, limitMicros / 1e6, false, turn);
        // Every series is silent between two readings, and only an agent that is gone is about to be an alert.
        if (!raised && phase == Phase.GOOD && (over || rule.condition() instanceof Offline)) {
            pendingSince = turn.wallMicros - silenceMicros;
            become(Phase.PENDING, turn);
        }
    }

    /** At a sign of life, whatever its time. */
    void heard(long limitMicros, long silenceMicros, Turn turn) {
        if (phase == Phase.RAISED) {
            double seconds = silenceMicros / 1e6;
            String what = rule.condition() instanceof Offline ? "agent is back" : "data again";
            clear(turn.wallMicros, seconds, limitMicros / 1e6, what + " after %s s".formatted(seconds), false, turn);
        } else {
            become(Phase.GOOD, turn);
        }
    }

    boolean isRaised() {
        return phase == Phase.RAISED;
    }

    private boolean raise(long timeMicros, double value, double limit, boolean late, Turn turn) {
        if (isHeldBack(timeMicros, turn)) {
            return false;
        }
        if (turn.openAlerts >= turn.limits.openAlertsMax()) {
            turn.alertsRefused++;
            return false;
        }
        become(Phase.RAISED, turn);
        flappingTold = false;
        retroactive = late;
        acknowledged = null;
        alert = nextId(turn.position);
        raisedMicros = timeMicros;
        raisedPosition = turn.position;
        raisedValue = value;
        opened(turn);
        turn.out.transition(
                transition(alert, Kind.RAISED, timeMicros, value, limit, raisedDetail(), late, turn.position, null));
        return true;
    }

    /** Whether nobody is to be told of it now. */
    private boolean isHeldBack(long timeMicros, Turn turn) {
        boolean inhibited = !history && turn.inhibition.inhibitor(rule, series) != null;
        return inhibited || series.maintenanceEnd(timeMicros) != Maintenance.NONE;
    }

    private void clear(long timeMicros, double value, double limit, String detail, boolean late, Turn turn) {
        turn.openAlerts--;
        if (!history) {
            turn.openNow.remove(alert);
            turn.inhibition.cleared(rule, series);
        }
        become(Phase.GOOD, turn);
        UUID id = nextId(turn.position);
        turn.out.transition(transition(id, Kind.CLEARED, timeMicros, value, limit, detail, late, turn.position, null));
    }

    private AlertTransition transition(
            UUID id,
            Kind kind,
            long timeMicros,
            double value,
            double limit,
            String detail,
            boolean late,
            long position,
            @Nullable Note note) {
        return new AlertTransition(
                id,
                alert,
                position,
                timeMicros,
                rule.name(),
                severity,
                series.site,
                series.agent,
                series.series,
                kind,
                value,
                limit,
                detail,
                late || history,
                note);
    }

    /** A number of its own keeps apart what one log entry raises, clears and raises again. */
    private UUID nextId(long position) {
        transitions++;
        told = null;
        String name = String.join(
                "\n",
                rule.name(),
                series.site,
                series.agent,
                series.series.device(),
                series.series.metric(),
                series.series.unit(),
                Boolean.toString(history),
                Long.toString(position),
                Integer.toString(transitions));
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private void opened(Turn turn) {
        turn.openAlerts++;
        if (!history) {
            turn.openNow.put(alert, this);
            turn.inhibition.opened(rule, series);
        }
    }

    /** While it is raised. */
    OpenAlert openAlert() {
        if (told == null) {
            told = toOpenAlert();
        }
        return told;
    }

    private OpenAlert toOpenAlert() {
        return new OpenAlert(
                alert,
                rule.name(),
                severity,
                series.site,
                series.agent,
                series.series,
                raisedMicros,
                raisedPosition,
                raisedValue,
                raisedLimit(),
                raisedDetail(),
                retroactive,
                acknowledged,
                shelved);
    }

    /** While it is pending, in the present. */
    PendingAlert pendingAlert(Turn turn) {
        boolean threshold = rule.condition() instanceof Threshold;
        long now = threshold ? judgedMicros : turn.wallMicros;
        long due = pendingSince
                + switch (rule.condition()) {
                    case Threshold(Side _, double _, double _, long forMicros) -> forMicros;
                    case NoData(long silenceMicros) -> silenceMicros;
                    case Offline() -> Agents.GONE_MICROS_MIN;
                };
        String inhibitor = turn.inhibition.inhibitor(rule, series);
        long maintenanceEnd = series.maintenanceEnd(Math.max(now, due));
        PendingAlert.Reason reason = PendingAlert.Reason.WAITING;
        if (inhibitor != null) {
            reason = PendingAlert.Reason.INHIBITED;
            due = PendingAlert.NOT_KNOWN;
        } else if (maintenanceEnd != Maintenance.NONE) {
            reason = PendingAlert.Reason.MAINTENANCE;
            due = maintenanceEnd;
        } else if (due <= now && turn.openAlerts >= turn.limits.openAlertsMax()) {
            reason = PendingAlert.Reason.LIMIT;
            due = PendingAlert.NOT_KNOWN;
        }
        return new PendingAlert(
                rule.name(),
                rule.condition() instanceof Threshold t ? severityOf(t, raisedValue) : rule.severity(),
                series.site,
                series.agent,
                series.series,
                pendingSince,
                threshold ? raisedValue : Double.NaN,
                raisedDetail(),
                reason,
                inhibitor,
                due);
    }

    private double raisedLimit() {
        return switch (rule.condition()) {
            case Threshold threshold -> phase == Phase.RAISED ? limit(threshold, severity) : threshold.limit();
            case NoData(long silenceMicros) -> silenceMicros / 1e6;
            case Offline() -> Agents.GONE_MICROS_MIN / 1e6;
        };
    }

    private String raisedDetail() {
        return switch (rule.condition()) {
            case Threshold threshold -> detail(raisedValue, threshold.side().label(), raisedLimit());
            case NoData(long silenceMicros) -> "no data for %s".formatted(Words.span(silenceMicros));
            case Offline() -> "the broker lost the connection of the agent, which did not say goodbye";
        };
    }

    void write(DataOutput to) throws IOException {
        to.writeUTF(phase.name());
        to.writeLong(pendingSince);
        to.writeLong(judgedMicros);
        to.writeUTF(phaseBefore.name());
        to.writeLong(pendingSinceBefore);
        to.writeInt(judgements);
        to.writeInt(judgementsBefore);
        to.writeBoolean(flapping);
        to.writeBoolean(flappingBefore);
        to.writeUTF(severity.name());
        to.writeBoolean(flappingTold);
        to.writeBoolean(retroactive);
        Note.write(acknowledged, to);
        Note.write(shelved, to);
        to.writeInt(transitions);
        to.writeLong(alert.getMostSignificantBits());
        to.writeLong(alert.getLeastSignificantBits());
        to.writeLong(raisedMicros);
        to.writeLong(raisedPosition);
        to.writeDouble(raisedValue);
    }

    void read(DataInput from, Turn turn) throws IOException {
        become(Phase.valueOf(from.readUTF()), turn);
        pendingSince = from.readLong();
        judgedMicros = from.readLong();
        phaseBefore = Phase.valueOf(from.readUTF());
        pendingSinceBefore = from.readLong();
        judgements = from.readInt();
        judgementsBefore = from.readInt();
        flapping = from.readBoolean();
        flappingBefore = from.readBoolean();
        severity = Severity.valueOf(from.readUTF());
        flappingTold = from.readBoolean();
        retroactive = from.readBoolean();
        acknowledged = Note.read(from);
        shelved = Note.read(from);
        transitions = from.readInt();
        alert = new UUID(from.readLong(), from.readLong());
        raisedMicros = from.readLong();
        raisedPosition = from.readLong();
        raisedValue = from.readDouble();
        if (phase == Phase.RAISED) {
            opened(turn);
        }
        if (shelved != null) {
            turn.shelved.add(this);
        }
    }
}
