package io.millrace.projections;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.AlertTransition.Kind;
import io.millrace.projections.Condition.NoData;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.RuleOptions.Dimension;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an engine should say, worked out the slow way: it keeps every reading of a window and reckons the window from
 * scratch whenever it is given out, and keeps every value that a rule judged and walks through all of them for each
 * transition. It looks at everything at every tick. Knows thresholds with hysteresis and {@code for}, silence, groups and
 * corrections; not inhibition, maintenance, flapping, escalation, agents and commands.
 */
final class Naive {
    /** A window as it was given out; numbers that take more than a comparison are only close to the engine's. */
    record Given(
            long position,
            long start,
            long size,
            String site,
            String agent,
            Series series,
            int version,
            int flags,
            WindowValues values) {}

    record Told(
            long position,
            String rule,
            String site,
            String agent,
            Series series,
            Kind kind,
            long time,
            double value,
            double limit,
            boolean retroactive) {}

    private record Reading(long time, double number) {}

    private record Judged(long time, double value) {}

    private enum Phase {
        GOOD,
        PENDING,
        RAISED
    }

    /** Live or backfill. */
    private static final class Side {
        final boolean backfill;
        long watermark = Long.MIN_VALUE;
        long arrived;

        Side(boolean backfill) {
            this.backfill = backfill;
        }
    }

    private static final class Kept {
        final long start;
        final long end;
        final Side owner;
        final List<Reading> readings = new ArrayList<>();
        boolean closed;
        boolean idle;
        boolean history;
        boolean stale;
        int version;
        int given;
        boolean givenStale;

        Kept(long start, long end, Side owner) {
            this.start = start;
            this.end = end;
            this.owner = owner;
            closed = end <= owner.watermark;
        }

        boolean changed() {
            return closed && (readings.size() > given || stale != givenStale);
        }
    }

    /** A rule on a series or group; what it judged, in the present and in history. */
    private static final class Watched {
        final Rule rule;
        final List<Judged> present = new ArrayList<>();
        final List<Judged> past = new ArrayList<>();
        boolean silent;

        /** What is raised in the present was found in late data. */
        boolean late;

        Watched(Rule rule) {
            this.rule = rule;
        }
    }

    private final class State {
        final String site;
        final String agent;
        final Series series;
        final boolean group;
        final Side live = new Side(false);
        final Side backfill = new Side(true);
        final List<long[]> outages = new ArrayList<>();
        final Map<WindowSpec, TreeMap<Long, Kept>> windows = new LinkedHashMap<>();
        final List<Watched> watched;

        State(String site, String agent, Series series, boolean group, List<Rule> rules) {
            this.site = site;
            this.agent = agent;
            this.series = series;
            this.group = group;
            watched = rules.stream().map(Watched::new).toList();
            if (!group) {
                windows.put(WindowSpec.ONE_MINUTE, new TreeMap<>());
            }
            rules.forEach(rule -> rule.on().ifPresent(on -> windows.putIfAbsent(on.window(), new TreeMap<>())));
        }

        void reading(boolean ofBackfill, boolean counts, long time, double number) {
            Side side = ofBackfill ? backfill : live;
            heard(side);
            if (!counts) {
                return;
            }
            windows.forEach((spec, kept) -> add(spec, kept, side, time, number));
            boolean history = ofBackfill && time <= live.watermark;
            if (time > side.watermark) {
                if (side == live && time - live.watermark > 2 * MINUTE
                        || live.watermark == Long.MIN_VALUE && side == live) {
                    outages.add(new long[] {live.watermark, time});
                }
                side.watermark = time;
                windows.forEach((spec, kept) -> advance(spec, kept, side));
            }
            for (Watched w : watched) {
                if (w.rule.on().isEmpty() && w.rule.condition() instanceof Threshold threshold) {
                    judge(w, threshold, history, time, number, ofBackfill, false);
                }
            }
        }

        private void add(WindowSpec spec, TreeMap<Long, Kept> kept, Side side, long time, double number) {
            for (long[] range : holding(spec, time)) {
                if (range[1] + lateness(spec) > side.watermark) {
                    kept.computeIfAbsent(range[0], start -> new Kept(start, range[1], side))
                            .readings
                            .add(new Reading(time, number));
                } else if (!group && kept.containsKey(range[0])) {
                    kept.get(range[0]).stale = true;
                }
            }
        }

        /** Closes; when something did, forgets what can be corrected no more. */
        private void advance(WindowSpec spec, TreeMap<Long, Kept> kept, Side side) {
            List<Kept> due = kept.values().stream()
                    .filter(w -> w.owner == side && !w.closed && w.end <= side.watermark)
                    .toList();
            due.forEach(w -> give(spec, w));
            if (due.isEmpty()) {
                return;
            }
            List<Kept> past = kept.values().stream()
                    .filter(w -> w.closed && w.end + lateness(spec) <= w.owner.watermark)
                    .filter(w -> w.owner == backfill || !isNextToOutage(w))
                    .toList();
            past.stream().filter(Kept::changed).forEach(w -> give(spec, w));
            past.forEach(w -> kept.remove(w.start));
        }

        /** That of the most patient rule that looks at these windows; those of a minute are everybody's. */
        private long lateness(WindowSpec spec) {
            long lateness = spec.equals(WindowSpec.ONE_MINUTE) ? Engine.LATENESS_MICROS : 0;
            for (Watched w : watched) {
                if (w.rule.on().isPresent() && w.rule.on().get().window().equals(spec)) {
                    lateness = Math.max(lateness, w.rule.on().get().latenessMicros());
                }
            }
            return lateness;
        }

        private boolean isNextToOutage(Kept w) {
            return outages.reversed().stream().limit(4).anyMatch(o -> w.start <= o[1] && o[0] < w.end);
        }

        void tick() {
            windows.forEach((spec, kept) -> kept.values().forEach(w -> {
                boolean silent = !w.closed && receiving - w.owner.arrived >= Engine.IDLE_MICROS && w.end <= wall;
                w.idle |= silent;
                if (silent || w.changed()) {
                    give(spec, w);
                }
            }));
            for (Watched w : watched) {
                if (w.rule.condition() instanceof NoData(long limit) && !w.silent && silence() >= limit) {
                    w.silent = true;
                    tell(w, Kind.RAISED, wall, silence() / 1e6, limit / 1e6, false);
                }
            }
        }

        private void heard(Side side) {
            for (Watched w : watched) {
                if (w.rule.condition() instanceof NoData(long limit) && w.silent) {
                    w.silent = false;
                    tell(w, Kind.CLEARED, wall, silence() / 1e6, limit / 1e6, false);
                }
            }
            side.arrived = receiving;
        }

        private long silence() {
            return receiving - Math.max(live.arrived, backfill.arrived);
        }

        private void give(WindowSpec spec, Kept w) {
            if (w.version == 0) {
                w.history = w.owner.backfill && w.end <= live.watermark;
            }
            w.closed = true;
            w.version++;
            w.given = w.readings.size();
            w.givenStale = w.stale;
            int flags = (w.owner.backfill ? ClosedWindow.RETROACTIVE : 0)
                    | (w.idle ? ClosedWindow.IDLE : 0)
                    | (w.stale ? ClosedWindow.STALE : 0);
            WindowValues values = values(w.readings);
            if (!group) {
                out.add(new Given(position, w.start, w.end - w.start, site, agent, series, w.version, flags, values));
            }
            for (Watched watch : watched) {
                if (watch.rule.on().isPresent()
                        && watch.rule.on().get().window().equals(spec)
                        && watch.rule.condition() instanceof Threshold threshold) {
                    double value = value(watch.rule.on().get().aggregate(), values);
                    if (!Double.isNaN(value)) {
                        judge(watch, threshold, w.history, w.end, value, w.owner.backfill, w.version > 1);
                    }
                }
            }
        }

        private void judge(
                Watched w,
                Threshold threshold,
                boolean history,
                long time,
                double value,
                boolean retroactive,
                boolean correction) {
            List<Judged> all = history ? w.past : w.present;
            long last = all.isEmpty() ? Long.MIN_VALUE : all.getLast().time;
            if (correction ? time != last : time < last) {
                return;
            }
            Phase before = phase(threshold, all);
            if (correction) {
                all.removeLast();
            }
            all.add(new Judged(time, value));
            boolean was = before == Phase.RAISED;
            boolean is = phase(threshold, all) == Phase.RAISED;
            boolean late = retroactive || correction || history;
            if (was != is) {
                double limit = is ? threshold.limit() : threshold.clear();
                tell(w, is ? Kind.RAISED : Kind.CLEARED, time, value, limit, late);
                w.late = history ? w.late : is && late;
            } else if (is && w.late && !late) {
                w.late = false;
                tell(w, Kind.CONFIRMED, time, value, threshold.clear(), false);
            }
        }

        private void tell(Watched w, Kind kind, long time, double value, double limit, boolean retroactive) {
            out.add(new Told(position, w.rule.name(), site, agent, series, kind, time, value, limit, retroactive));
        }
    }

    private static final long MINUTE = 60_000_000L;

    private final Rules rules;
    private final Map<Series, List<Rule>> matching = new HashMap<>();
    private final Map<List<Object>, State> states = new LinkedHashMap<>();
    private final List<Record> out = new ArrayList<>();
    private long position;
    private long wall = Long.MIN_VALUE;
    private long receiving;

    Naive(Rules rules) {
        this.rules = rules;
    }

    void event(
            long at,
            String site,
            String agent,
            Series series,
            long time,
            double number,
            Quality quality,
            boolean future,
            boolean backfill) {
        position = at;
        boolean counts = Double.isFinite(number) && !future && quality != Quality.BAD;
        List<Rule> matching = matching(series);
        List<Rule> alone =
                matching.stream().filter(r -> r.options().by().isEmpty()).toList();
        states.computeIfAbsent(List.of(site, agent, series), _ -> new State(site, agent, series, false, alone))
                .reading(backfill, counts, time, number);
        for (Rule rule : matching) {
            List<Dimension> by = rule.options().by();
            if (!by.isEmpty()) {
                String ofSite = by.contains(Dimension.SITE) ? site : "*";
                String ofAgent = by.contains(Dimension.AGENT) ? agent : "*";
                var of = new Series(
                        by.contains(Dimension.DEVICE) ? series.device() : "*",
                        by.contains(Dimension.METRIC) ? series.metric() : "*",
                        "");
                states.computeIfAbsent(
                                List.of(rule.name(), ofSite, ofAgent, of),
                                _ -> new State(ofSite, ofAgent, of, true, List.of(rule)))
                        .reading(backfill, counts, time, number);
            }
        }
    }

    private List<Rule> matching(Series series) {
        return matching.computeIfAbsent(
                series,
                _ -> rules.rules().stream()
                        .filter(r -> r.device().matches(series.device())
                                && r.metric().matches(series.metric()))
                        .toList());
    }

    /** A jump of more than two seconds is an outage of the gateway and counts as two. */
    void tick(long at, long time) {
        position = at;
        receiving += wall == Long.MIN_VALUE ? 0 : Math.clamp(time - wall, 0, 2_000_000);
        wall = time;
        states.values().forEach(State::tick);
    }

    /** What it said since the last call. */
    List<Record> said() {
        List<Record> said = List.copyOf(out);
        out.clear();
        return said;
    }

    /** Begin and end of each window that holds the time. */
    private static List<long[]> holding(WindowSpec spec, long time) {
        Optional<Calendar> calendar = spec.calendar();
        if (calendar.isPresent()) {
            return List.of(holding(calendar.get(), time));
        }
        var found = new ArrayList<long[]>();
        long newest = Math.floorDiv(time, spec.everyMicros()) * spec.everyMicros();
        for (long start = newest; start + spec.sizeMicros() > time; start -= spec.everyMicros()) {
            found.add(new long[] {start, start + spec.sizeMicros()});
        }
        return found;
    }

    /** Of zones without a change of the clock within an hour. */
    private static long[] holding(Calendar calendar, long time) {
        ZonedDateTime at = Instant.EPOCH.plus(time, ChronoUnit.MICROS).atZone(calendar.zone());
        LocalDate day = at.toLocalDate();
        LocalDate monday = day.minusDays(day.getDayOfWeek().getValue() - 1L);
        return switch (calendar.unit()) {
            case HOUR ->
                range(
                        at.truncatedTo(ChronoUnit.HOURS),
                        at.truncatedTo(ChronoUnit.HOURS).plusHours(1));
            case DAY -> range(day.atStartOfDay(calendar.zone()), day.plusDays(1).atStartOfDay(calendar.zone()));
            case WEEK ->
                range(monday.atStartOfDay(calendar.zone()), monday.plusDays(7).atStartOfDay(calendar.zone()));
        };
    }

    private static long[] range(ZonedDateTime from, ZonedDateTime to) {
        return new long[] {from.toEpochSecond() * 1_000_000, to.toEpochSecond() * 1_000_000};
    }

    private static boolean isBad(Threshold threshold, double value) {
        return threshold.side() == Condition.Side.ABOVE ? value > threshold.limit() : value < threshold.limit();
    }

    private static Phase phase(Threshold threshold, List<Judged> all) {
        Phase phase = Phase.GOOD;
        long badSince = 0;
        for (Judged judged : all) {
            boolean isBad = isBad(threshold, judged.value);
            boolean isClear = threshold.side() == Condition.Side.ABOVE
                    ? judged.value <= threshold.clear()
                    : judged.value >= threshold.clear();
            if (phase == Phase.RAISED) {
                phase = isClear ? Phase.GOOD : Phase.RAISED;
            } else if (isBad) {
                badSince = phase == Phase.GOOD ? judged.time : badSince;
                phase = judged.time - badSince >= threshold.forMicros() ? Phase.RAISED : Phase.PENDING;
            } else {
                phase = Phase.GOOD;
            }
        }
        return phase;
    }

    private static WindowValues values(List<Reading> readings) {
        double sum = readings.stream().mapToDouble(Reading::number).sum();
        double mean = sum / readings.size();
        Reading first = readings.getFirst();
        Reading last = readings.getFirst();
        for (Reading r : readings) {
            first = r.time < first.time ? r : first;
            last = r.time >= last.time ? r : last;
        }
        return new WindowValues(
                readings.size(),
                readings.stream().mapToDouble(Reading::number).min().orElseThrow(),
                readings.stream().mapToDouble(Reading::number).max().orElseThrow(),
                mean,
                sum,
                readings.stream()
                        .mapToDouble(r -> (r.number - mean) * (r.number - mean))
                        .average()
                        .orElseThrow(),
                first.number,
                last.number,
                last.time - first.time,
                rate(readings),
                0);
    }

    /** What a counter grew by each second: the readings as they came, those out of order left out. */
    private static double rate(List<Reading> readings) {
        double growth = 0;
        Reading before = null;
        for (Reading r : readings) {
            if (before == null || r.time >= before.time) {
                growth += before == null ? 0 : r.number < before.number ? r.number : r.number - before.number;
                before = r;
            }
        }
        long span = before == null ? 0 : before.time - readings.getFirst().time;
        return span == 0 ? Double.NaN : growth / (span / 1e6);
    }

    private static double value(Aggregate aggregate, WindowValues v) {
        return switch (aggregate) {
            case COUNT -> v.count();
            case MIN -> v.min();
            case MAX -> v.max();
            case MEAN -> v.mean();
            case SUM -> v.sum();
            case VARIANCE -> v.variance();
            case STDDEV -> Math.sqrt(v.variance());
            case FIRST -> v.first();
            case LAST -> v.last();
            case CHANGE -> v.last() - v.first();
            case SLOPE -> v.spanMicros() == 0 ? Double.NaN : (v.last() - v.first()) / (v.spanMicros() / 1e6);
            case RATE -> v.rate();
            case GAP_SHARE -> v.gapShare();
        };
    }

    /** The same as the engine's, in this model's words; null if this model does not know of it. */
    static @Nullable Record of(Record said) {
        return switch (said) {
            case ClosedWindow w ->
                new Given(
                        w.position(),
                        w.startMicros(),
                        w.sizeMicros(),
                        w.site(),
                        w.agent(),
                        w.series(),
                        w.version(),
                        w.flags(),
                        w.values());
            case AlertTransition t
            when t.kind() == Kind.RAISED || t.kind() == Kind.CONFIRMED || t.kind() == Kind.CLEARED ->
                new Told(
                        t.position(),
                        t.rule(),
                        t.site(),
                        t.agent(),
                        t.series(),
                        t.kind(),
                        t.timeMicros(),
                        t.value(),
                        t.limit(),
                        t.retroactive());
            default -> null;
        };
    }

    /** Whether both say the same; what was added up in another order differs in the last digits. */
    static boolean isSame(Record a, Record b) {
        return switch (a) {
            case Given x when b instanceof Given y -> isSame(x, y);
            case Told x
            when b instanceof Told y ->
                x.equals(y)
                        || isClose(x.value, y.value)
                                && new Told(
                                                x.position,
                                                x.rule,
                                                x.site,
                                                x.agent,
                                                x.series,
                                                x.kind,
                                                x.time,
                                                y.value,
                                                x.limit,
                                                x.retroactive)
                                        .equals(y);
            default -> false;
        };
    }

    private static boolean isSame(Given a, Given b) {
        WindowValues x = a.values;
        WindowValues y = b.values;
        return new Given(a.position, a.start, a.size, a.site, a.agent, a.series, a.version, a.flags, y).equals(b)
                && x.count() == y.count()
                && x.min() == y.min()
                && x.max() == y.max()
                && isClose(x.mean(), y.mean())
                && isClose(x.sum(), y.sum())
                && isClose(x.variance(), y.variance())
                && x.first() == y.first()
                && x.last() == y.last()
                && x.spanMicros() == y.spanMicros()
                && isClose(x.rate(), y.rate());
    }

    private static boolean isClose(double a, double b) {
        return Double.compare(a, b) == 0 || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    }
}
