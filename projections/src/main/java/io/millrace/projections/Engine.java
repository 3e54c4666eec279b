package io.millrace.projections;

import io.millrace.model.Gap;
import io.millrace.model.HashCodes;
import io.millrace.model.Interval;
import io.millrace.model.IntervalSet;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.projections.RuleOptions.Dimension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Derives windows and alerts from the log. Reads no clock and draws no random number: the same calls give the same
 * output, and a snapshot in between changes nothing. Time passes by readings, series by series, and by ticks. Not
 * thread-safe; never blocks.
 *
 * <p>A window closes when a reading at or after its end arrives, or when its series has been silent for
 * {@value #IDLE_MICROS} µs and the wall clock, as logged by the ticks, is past its end. Readings that come for it up to
 * the allowed lateness of event time later correct it at the next tick; later ones are counted and left out.
 * See {@code docs/projections.md}.
 */
public final class Engine {
    /** Allowed lateness where no rule says another: how far the series may have moved on when a reading still counts. */
    public static final long LATENESS_MICROS = 10 * 60 * 1_000_000L;

    /** Silence after which an open window is closed. */
    public static final long IDLE_MICROS = 10 * 1_000_000L;

    /** Event times with room to calculate: the years -9999 to 9999, roughly. */
    private static final long TIME_MICROS_MAX = 253_402_300_800_000_000L;

    /** Of agents without a series; nothing is ever added to it. */
    private static final SeriesTable NO_SERIES = new SeriesTable();

    private final Rules rules;
    private final Turn turn;
    private final Plans plans;
    private final Map<Source, SeriesTable> sources = new HashMap<>();

    /** In the order in which they first appeared, which is the order of all output that no reading caused. */
    private final List<SeriesState> series = new ArrayList<>();

    private Source source = new Source("", "");
    private SeriesTable ofSource = NO_SERIES;

    /** Behind the series of the last reading: mostly the place of the next one's, as batches bring them. No state. */
    private int guess;

    private final Agents agents;
    private final Lag lag;
    private final List<Rule> grouping;
    private final Map<Group, SeriesState> groups = new HashMap<>();

    private record Source(String site, String agent) {
        @Override
        public int hashCode() {
            return HashCodes.mixed(site.hashCode(), agent.hashCode());
        }
    }

    /** What the series of a group have in common for a rule; the rest is {@link Inhibition#ANY}. */
    private record Group(String rule, String site, String agent, String device, String metric) {
        static Group of(Rule rule, String site, String agent, Series name) {
            List<Dimension> by = rule.options().by();
            return new Group(
                    rule.name(),
                    by.contains(Dimension.SITE) ? site : Inhibition.ANY,
                    by.contains(Dimension.AGENT) ? agent : Inhibition.ANY,
                    by.contains(Dimension.DEVICE) ? name.device() : Inhibition.ANY,
                    by.contains(Dimension.METRIC) ? name.metric() : Inhibition.ANY);
        }
    }

    public Engine(Rules rules) {
        this(rules, Limits.DEFAULT);
    }

    public Engine(Rules rules, Limits limits) {
        this(rules, limits, false);
    }

    private Engine(Rules rules, Limits limits, boolean watchedOnly) {
        this.rules = rules;
        turn = new Turn(rules, limits);
        plans = new Plans(rules, watchedOnly, turn);
        agents = new Agents(turn);
        lag = new Lag(turn);
        grouping = rules.rules().stream()
                .filter(rule -> !rule.options().by().isEmpty())
                .toList();
    }

    /**
     * An engine for trying rules: it keeps and gives out only the windows that its rules look at, and says the same of
     * alerts as any other. It is not for snapshots.
     */
    public static Engine draft(Rules rules, Limits limits) {
        return new Engine(rules, limits, true);
    }

    /**
     * Takes in one reading. Readings of text are not for windows and offered as bad ones.
     *
     * @param position of the log entry that holds it; the same for all its readings, and never less than before
     * @param number its value; a boolean is 0 or 1
     * @param quality bad readings show that the series is alive and are not aggregated
     * @param future whether admission found its time to be ahead of the clock: it is then treated like a bad one
     * @param backfill whether it was sent from a backlog
     * @param out takes what follows from it, before this method returns
     * @throws IllegalArgumentException if the position goes back
     */
    public void event(
            long position,
            String site,
            String agent,
            Series name,
            long timeMicros,
            double number,
            Quality quality,
            boolean future,
            boolean backfill,
            Output out) {
        turn.begin(position, out);
        SeriesState state = find(site, agent, name);
        if (state == null) {
            turn.seriesRefused++;
            return;
        }
        boolean fit = Double.isFinite(number) && timeMicros > -TIME_MICROS_MAX && timeMicros < TIME_MICROS_MAX;
        turn.unfit += fit ? 0 : 1;
        boolean counts = fit && !future && quality != Quality.BAD;
        take(state, counts, backfill, timeMicros, number);
        for (SeriesState group : state.groups) {
            take(group, counts, backfill, timeMicros, number);
        }
    }

    private static void take(SeriesState state, boolean counts, boolean backfill, long timeMicros, double number) {
        if (counts) {
            state.reading(backfill, timeMicros, number);
        } else {
            state.heard(backfill);
        }
    }

    /**
     * Takes in what an agent, or the broker for it, said of itself.
     *
     * @param position of the log entry that holds it
     * @param gone whether the broker says so, and not the agent itself that it ends
     */
    public void agent(long position, String site, String agent, boolean gone, Output out) {
        turn.begin(position, out);
        agents.heard(site, agent, gone);
    }

    /**
     * Takes in a gap that an agent declared: sequences of which nothing is stored, nor was declared before. Windows of its
     * series in that time are corrected at the next tick.
     *
     * @param position of the log entry that holds it
     */
    public void gap(long position, Gap gap, Output out) {
        turn.begin(position, out);
        turn.gaps.declared(gap);
    }

    /** Whether {@link #stored} need be called at all. */
    public boolean knowsGaps() {
        return !turn.gaps.isEmpty();
    }

    /**
     * Takes in which sequences are stored now and were not before. A gap of which all are is none any more.
     *
     * @param position of the log entry that holds them
     */
    public void stored(long position, StreamId stream, Interval sequences, Output out) {
        turn.begin(position, out);
        turn.gaps.stored(stream, sequences);
    }

    /**
     * Lets time pass. A jump of more than two seconds since the last tick is an outage of the gateway: silence is not
     * counted in it.
     *
     * @param position of the log entry that holds the tick
     * @param timeMicros wall-clock time of the tick as the log has it, microseconds since 1970; may go back
     */
    public void tick(long position, long timeMicros, Output out) {
        tick(position, timeMicros, 0, out);
    }

    /**
     * Lets time pass, and says how far what is derived was behind the log then.
     *
     * @param lagMicros as the tick has it, 0 or more
     */
    public void tick(long position, long timeMicros, long lagMicros, Output out) {
        turn.begin(position, out);
        turn.tick(timeMicros);
        lag.tick(lagMicros);
        unshelve();
        agents.tick();
        turn.gaps.takeChanges().forEach(this::gapsChanged);
        for (int i = 0; i < series.size(); i++) {
            if (turn.wakes[i] <= turn.receivingMicros) {
                series.get(i).tick();
            }
        }
        turn.stale.tell(turn);
    }

    /** What it marks comes out in the order of the series. */
    private void gapsChanged(Gaps.Agent agent, IntervalSet times) {
        SeriesTable ofAgent = sources.get(new Source(agent.site(), agent.agent()));
        if (ofAgent != null) {
            ofAgent.forEach(state -> {
                state.gapsChanged(times);
                for (SeriesState group : state.groups) {
                    if (group.site.equals(agent.site()) && group.agent.equals(agent.agent())) {
                        group.gapsChanged(times);
                    }
                }
            });
        }
    }

    /**
     * Takes in what a person does about an alert. One that is not open any more, or not known, is left alone.
     *
     * @param position of the log entry that holds it
     * @param timeMicros when it was done, microseconds since 1970
     */
    public void command(long position, long timeMicros, AlertCommand command, Output out) {
        turn.begin(position, out);
        Judgement judgement = turn.openNow.get(command.alert());
        if (judgement != null) {
            judgement.command(command, timeMicros, turn);
        }
    }

    /** Those whose time is over, in an order that does not depend on how they came to be known. */
    private void unshelve() {
        if (!turn.shelved.isEmpty()) {
            turn.shelved.stream()
                    .filter(judgement -> judgement.shelvedUntilMicros() <= turn.wallMicros)
                    .sorted(Comparator.comparingLong(Judgement::shelvedUntilMicros)
                            .thenComparing(Judgement::alert))
                    .toList()
                    .forEach(judgement -> judgement.shelvingIsOver(turn));
        }
    }

    /** The position given last, {@link Long#MIN_VALUE} before the first: after a restore, go on with the entry behind it. */
    public long position() {
        return turn.position;
    }

    /** Alerts of the present that are raised, the oldest first; costs as much as there are. */
    public List<OpenAlert> openAlerts() {
        return turn.openNow.values().stream()
                .map(Judgement::openAlert)
                .sorted(Comparator.comparingLong(OpenAlert::position).thenComparing(OpenAlert::alert))
                .toList();
    }

    /** How many rules are bad on a series in the present and not raised. */
    public int pendingCount() {
        return turn.pendingNow.size();
    }

    /**
     * The first of them, those that are bad for longest first; looks at all of them.
     *
     * @param max 1 or more
     */
    public List<PendingAlert> pendingAlerts(int max) {
        var first = new PriorityQueue<Judgement>(Judgement.PENDING_ORDER.reversed());
        for (Judgement judgement : turn.pendingNow) {
            if (first.size() < max) {
                first.add(judgement);
            } else if (Judgement.PENDING_ORDER.compare(judgement, first.element()) < 0) {
                first.remove();
                first.add(judgement);
            }
        }
        return first.stream()
                .sorted(Judgement.PENDING_ORDER)
                .map(judgement -> judgement.pendingAlert(turn))
                .toList();
    }

    public Stats stats() {
        return turn.stats(series.size() - groups.size());
    }

    /** The whole state; equal states give equal bytes. Take it between two log entries. */
    public byte[] snapshot() {
        return Snapshot.write(rules, turn, series, agents, lag);
    }

    public static Engine restore(Rules rules, byte[] snapshot) throws UnusableSnapshotException {
        return restore(rules, Limits.DEFAULT, snapshot);
    }

    /**
     * Goes on from a snapshot.
     *
     * @throws UnusableSnapshotException if it is damaged, of another version of this software, or was made with other
     *     rules or limits
     */
    public static Engine restore(Rules rules, Limits limits, byte[] snapshot) throws UnusableSnapshotException {
        var engine = new Engine(rules, limits);
        Snapshot.read(snapshot, rules, engine.turn, engine::restored, engine.agents, engine.lag);
        return engine;
    }

    private @Nullable SeriesState find(String site, String agent, Series name) {
        SeriesState guessed = guess < series.size() ? series.get(guess) : null;
        if (guessed != null
                && guessed.series.equals(name)
                && guessed.agent.equals(agent)
                && guessed.site.equals(site)
                && !guessed.plan.isGroup) {
            guess++;
            return guessed;
        }
        SeriesState state = tableOf(site, agent).get(name);
        if (state == null && series.size() < turn.limits.seriesMax()) {
            state = add(site, agent, name);
        }
        guess = state == null ? guess : state.place() + 1;
        return state;
    }

    private SeriesTable tableOf(String site, String agent) {
        if (!source.site.equals(site) || !source.agent.equals(agent)) {
            source = new Source(site, agent);
            ofSource = sources.getOrDefault(source, NO_SERIES);
        }
        return ofSource;
    }

    private SeriesState add(String site, String agent, Series name) {
        var state = new SeriesState(site, agent, name, plans.of(name));
        if (tableOf(site, agent) == NO_SERIES) { // only now: agents whose every series is refused leave no trace
            ofSource = new SeriesTable();
            sources.put(source, ofSource);
        }
        ofSource.add(state);
        enlist(state);
        state.groups = groups(site, agent, name);
        return state;
    }

    private void enlist(SeriesState state) {
        state.enlist(series.size());
        series.add(state);
    }

    private SeriesState[] groups(String site, String agent, Series name) {
        if (grouping.isEmpty()) {
            return SeriesState.NO_GROUPS;
        }
        var found = new ArrayList<SeriesState>();
        for (Rule rule : grouping) {
            if (rule.matches(name)) {
                SeriesState group = group(Group.of(rule, site, agent, name), rule);
                if (group == null) {
                    turn.seriesRefused++;
                } else {
                    found.add(group);
                }
            }
        }
        return found.toArray(SeriesState[]::new);
    }

    private @Nullable SeriesState group(Group key, Rule rule) {
        SeriesState group = groups.get(key);
        if (group == null && series.size() < turn.limits.seriesMax()) {
            group = new SeriesState(key.site, key.agent, new Series(key.device, key.metric, ""), plans.ofGroup(rule));
            groups.put(key, group);
            enlist(group);
        }
        return group;
    }

    /**
     * Groups come right behind the series that made them, and are there as soon as it is. What was refused was counted
     * when it came first.
     */
    private SeriesState restored(int i, String site, String agent, Series name) throws IOException {
        long seriesRefused = turn.seriesRefused;
        long judgementsRefused = turn.judgementsRefused;
        SeriesState state = i < series.size() ? series.get(i) : add(site, agent, name);
        turn.seriesRefused = seriesRefused;
        turn.judgementsRefused = judgementsRefused;
        if (!state.site.equals(site) || !state.agent.equals(agent) || !state.series.equals(name)) {
            throw new IOException("series %d is another".formatted(i));
        }
        return state;
    }
}
