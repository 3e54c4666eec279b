package io.millrace.projections;

import io.millrace.model.Series;
import io.millrace.projections.Condition.NoData;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * All that is remembered of one series, or of a group of series that a rule judges as one: how far it has come, its
 * windows, and the rules that watch it.
 */
final class SeriesState {
    /** A live reading so much newer than all before it tells of an outage; so does the first one. */
    private static final long OUTAGE_MICROS_MIN = 2 * 60 * 1_000_000L;

    final String site;
    final String agent;
    final Series series;
    final Track live = new Track(false);
    final Track backfill = new Track(true);

    /** Groups that it is part of, none for most. */
    SeriesState[] groups = {};

    final boolean isGroup;
    private final List<Maintenance> maintenance;
    private final Outages outages = new Outages();
    private final Turn turn;
    private final Strip[] strips;
    private final Watch[] watches;

    /** Whether any rule does; most readings concern none, and looking costs as much as counting them. */
    private final boolean looksForSilence;

    private final boolean looksAtReadings;

    /** The shortest silence that anything waits for. */
    private final long silenceMicrosMin;

    /** Place in the engine's list, and in {@link Turn#wakes}; -1 where no tick looks. */
    private int place = -1;

    /** A series by itself. */
    SeriesState(String site, String agent, Series series, Rules rules, boolean watchedOnly, Turn turn) {
        this(
                site,
                agent,
                series,
                rules.rules().stream()
                        .filter(rule -> rule.options().by().isEmpty() && rule.matches(series))
                        .toList(),
                rules.maintenanceOf(series),
                watchedOnly,
                false,
                turn);
    }

    /** A group that one rule judges as one; its windows are not given out. */
    static SeriesState group(String site, String agent, Series series, Rule rule, Turn turn) {
        return new SeriesState(site, agent, series, List.of(rule), List.of(), true, true, turn);
    }

    private SeriesState(
            String site,
            String agent,
            Series series,
            List<Rule> matching,
            List<Maintenance> maintenance,
            boolean watchedOnly,
            boolean isGroup,
            Turn turn) {
        this.site = site;
        this.agent = agent;
        this.series = series;
        this.maintenance = maintenance;
        this.isGroup = isGroup;
        this.turn = turn;
        List<Rule> watched = withRoom(matching);
        watches = watched.stream().map(rule -> new Watch(rule, this)).toArray(Watch[]::new);
        var watching = new Rules(watched);
        List<WindowSpec> windows = watchedOnly ? watching.watchedWindows() : watching.windows();
        strips = windows.stream().map(spec -> new Strip(spec, this, turn)).toArray(Strip[]::new);
        turn.judgements += watches.length;
        looksForSilence = watched.stream().anyMatch(rule -> rule.condition() instanceof NoData);
        looksAtReadings = watched.stream().anyMatch(Rule::looksAtReadings);
        silenceMicrosMin = watched.stream()
                .map(Rule::condition)
                .mapToLong(c -> c instanceof NoData(long silenceMicros) ? silenceMicros : Engine.IDLE_MICROS)
                .reduce(Engine.IDLE_MICROS, Math::min);
    }

    private List<Rule> withRoom(List<Rule> matching) {
        int room = (int) Math.min(matching.size(), turn.limits.judgementsMax() - turn.judgements);
        turn.judgementsRefused += matching.size() - room;
        return matching.subList(0, room);
    }

    /** Whether people work on it at this event time. */
    boolean isInMaintenance(long timeMicros) {
        for (Maintenance m : maintenance) {
            if (m.holds(timeMicros)) {
                return true;
            }
        }
        return false;
    }

    /** A reading came that says nothing but that the series is alive. */
    void heard(Track track) {
        if (looksForSilence) {
            long silence = silence();
            for (Watch watch : watches) {
                watch.heard(silence, turn);
            }
        }
        track.arrivedMicros = turn.receivingMicros;
        wakeAt(turn.receivingMicros + silenceMicrosMin);
    }

    /** A reading came that counts. */
    void reading(Track track, long timeMicros, double number) {
        heard(track);
        for (int i = 0; i < strips.length; i++) {
            int late = strips[i].add(track, timeMicros, number);
            turn.late += i == 0 && !isGroup ? late : 0;
        }
        boolean history = track.backfill && timeMicros <= live.watermark;
        if (timeMicros > track.watermark) {
            if (track == live && timeMicros - OUTAGE_MICROS_MIN > live.watermark) {
                outages.add(live.watermark, timeMicros);
            }
            track.watermark = timeMicros;
            for (Strip strip : strips) {
                strip.advance(track);
            }
        }
        if (looksAtReadings) {
            for (Watch watch : watches) {
                watch.reading(timeMicros, number, track.backfill, history, turn);
            }
        }
    }

    boolean isNextToOutage(Window window) {
        return window.owner == live && outages.touch(window);
    }

    void judge(WindowSpec spec, ClosedWindow window, boolean history) {
        for (Watch watch : watches) {
            watch.window(spec, window, history, turn);
        }
    }

    /** At a tick: does what is due because nothing came. */
    void tick() {
        long wake = Long.MAX_VALUE;
        for (Strip strip : strips) {
            wake = Math.min(wake, strip.settle());
        }
        long silence = silence();
        for (Watch watch : watches) {
            long wait = watch.silent(silence, turn);
            wake = wait == Long.MAX_VALUE ? wake : Math.min(wake, turn.receivingMicros + wait);
        }
        turn.wakes[place] = wake;
    }

    /** Takes its place in the engine's list. */
    void enlist(int at) {
        place = at;
        if (at >= turn.wakes.length) {
            turn.wakes = Arrays.copyOf(turn.wakes, 2 * at);
        }
        turn.wakes[at] = Long.MAX_VALUE;
    }

    /** Asks for a look at the first tick from this receiving time on. */
    void wakeAt(long receivingMicros) {
        turn.wakes[place] = Math.min(turn.wakes[place], receivingMicros);
    }

    private long silence() {
        return turn.receivingMicros - Math.max(live.arrivedMicros, backfill.arrivedMicros);
    }

    void write(DataOutput to) throws IOException {
        live.write(to);
        backfill.write(to);
        outages.write(to);
        to.writeLong(turn.wakes[place]);
        for (Strip strip : strips) {
            strip.write(to);
        }
        for (Watch watch : watches) {
            watch.write(to);
        }
    }

    void read(DataInput from) throws IOException {
        live.read(from);
        backfill.read(from);
        outages.read(from);
        turn.wakes[place] = from.readLong();
        for (Strip strip : strips) {
            strip.read(from);
        }
        for (Watch watch : watches) {
            watch.read(from, turn);
        }
    }
}
