package io.millrace.projections;

import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * A log as bad as the field makes it, from a seed: readings out of order, repeated, late, bad, not finite or from the
 * future; an agent that goes and comes; people who
 * acknowledge and shelve; gaps, declared and filled; outages with backfill beside live readings; series that fall silent; ticks that jump and go back.
 */
final class RandomLog {
    /** One call to an engine. */
    sealed interface Call {
        record Reading(
                long position,
                Series series,
                long micros,
                double number,
                Quality quality,
                boolean future,
                boolean backfill)
                implements Call {}

        record Tick(long position, long micros) implements Call {}

        /** The agent is gone, or there again. */
        record Agent(long position, boolean gone) implements Call {}

        /** The agent gave up sequences. */
        record Lost(long position, Gap gap) implements Call {}

        /** Some of these came after all. */
        record Found(long position, Gap gap, Interval sequences) implements Call {}

        /** Somebody does something about one of the alerts that are open, if there are any. */
        record Command(long position, long micros, int which, AlertCommand.Action action, long untilMicros)
                implements Call {}
    }

    static final String SITE = "plant-1";
    static final String AGENT = "gw-1";
    private static final int SERIES = 6;

    private final SplittableRandom random;
    private final List<Call> calls = new ArrayList<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final Map<Gap, Long> foundUntil = new HashMap<>();
    private final Device[] devices = new Device[SERIES];
    private long wall = Feed.START;
    private long position;

    private static final class Device {
        final Series series;
        final Deque<Long> backlog = new ArrayDeque<>();
        long now = Feed.START;
        long resumed = Feed.START;

        Device(int number) {
            series = new Series("pump-" + number, "temperature", "°C");
        }
    }

    private RandomLog(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < SERIES; i++) {
            devices[i] = new Device(i);
        }
    }

    static List<Call> of(long seed, int length) {
        var log = new RandomLog(seed);
        while (log.calls.size() < length) {
            log.step();
        }
        for (int i = 0; i < 20; i++) { // all falls silent, so that everything closes
            log.position++;
            log.calls.add(new Call.Tick(log.position, Feed.START + (200 * 3_600L + i) * Feed.SECOND));
        }
        return log.calls;
    }

    static void play(List<Call> calls, Engine engine, Output out) {
        for (Call call : calls) {
            switch (call) {
                case Call.Reading r ->
                    engine.event(
                            r.position,
                            SITE,
                            AGENT,
                            r.series,
                            r.micros,
                            r.number,
                            r.quality,
                            r.future,
                            r.backfill,
                            out);
                case Call.Tick t ->
                    engine.tick(t.position, t.micros, t.position % 512 < 128 ? 20 * Feed.SECOND : 0, out);
                case Call.Agent a -> engine.agent(a.position, SITE, AGENT, a.gone, out);
                case Call.Lost l -> engine.gap(l.position, l.gap, out);
                case Call.Found f -> engine.stored(f.position, f.gap.stream(), f.sequences, out);
                case Call.Command c -> command(c, engine, out);
            }
        }
    }

    private static void command(Call.Command c, Engine engine, Output out) {
        List<OpenAlert> open = engine.openAlerts();
        if (!open.isEmpty()) {
            UUID alert = open.get(c.which % open.size()).alert();
            var command = new AlertCommand(alert, c.action, "ada", "seed", c.untilMicros);
            engine.command(c.position, c.micros, command, out);
        }
    }

    private void step() {
        position += random.nextInt(3) == 0 ? 1 : 0;
        if (random.nextInt(10) == 0) {
            tick();
            return;
        }
        if (random.nextInt(100) == 0) {
            calls.add(new Call.Agent(position, random.nextBoolean()));
            return;
        }
        if (random.nextInt(60) == 0) {
            position++;
            var actions = AlertCommand.Action.values();
            calls.add(new Call.Command(
                    position,
                    wall,
                    random.nextInt(1_000),
                    actions[random.nextInt(actions.length)],
                    wall + random.nextLong(60 * Feed.SECOND)));
            return;
        }
        if (random.nextInt(60) == 0) {
            gap();
            return;
        }
        // Some series speak often, the last ones seldom, so that these fall silent between two readings.
        Device device = devices[Math.min(random.nextInt(SERIES), random.nextInt(SERIES))];
        if (!device.backlog.isEmpty() && random.nextInt(3) > 0) {
            reading(device, device.backlog.pop(), true);
        } else if (device.backlog.isEmpty() && random.nextInt(200) == 0) {
            outage(device);
        } else {
            device.now += random.nextInt(20) * Feed.SECOND;
            reading(device, Math.max(device.resumed, device.now - disorder()), false);
        }
    }

    /** A gap around now, or some of what one hides. */
    private void gap() {
        position++;
        int found = gaps.size() - 1 - random.nextInt(gaps.size() + 2);
        if (found >= 0) {
            Gap gap = gaps.get(found);
            long first = foundUntil.getOrDefault(gap, gap.range().first());
            long last = Math.min(gap.range().last(), first + random.nextInt(12));
            if (first <= last) {
                foundUntil.put(gap, last + 1);
                calls.add(new Call.Found(position, gap, new Interval(first, last)));
            }
            return;
        }
        long from = devices[random.nextInt(SERIES)].now - random.nextLong(1_200 * Feed.SECOND);
        long first = 1_000L * gaps.size();
        long last = random.nextInt(5) == 0 ? Long.MAX_VALUE : first + random.nextInt(20);
        gaps.add(new Gap(
                new StreamId(SITE, AGENT, "telemetry", random.nextInt(2)),
                new Interval(first, last),
                Gap.Reason.DISK_FULL,
                from,
                from + random.nextLong(300 * Feed.SECOND)));
        calls.add(new Call.Lost(position, gaps.getLast()));
    }

    private void tick() {
        position++;
        wall += switch (random.nextInt(60)) {
            case 0 -> -5 * Feed.SECOND;
            case 1 -> 7_200 * Feed.SECOND;
            case 2 -> 0;
            default -> random.nextLong(2 * Feed.SECOND);
        };
        calls.add(new Call.Tick(position, wall));
    }

    /** How far behind a reading comes. */
    private long disorder() {
        return switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> random.nextLong(90 * Feed.SECOND);
            case 6 -> random.nextLong(1_800 * Feed.SECOND);
            default -> 0;
        };
    }

    private void outage(Device device) {
        long from = device.now;
        device.now += (600 + random.nextInt(7_200)) * Feed.SECOND;
        device.resumed = device.now;
        reading(device, device.now, false);
        for (long t = from; t < device.now; t += random.nextLong(60 * Feed.SECOND)) {
            device.backlog.add(t - Math.min(t - from, disorder()));
        }
    }

    private void reading(Device device, long micros, boolean backfill) {
        double number = random.nextInt(8) == 0 ? 80 : random.nextInt(700, 900) / 10.0;
        Quality quality = Quality.ofCode(Math.max(0, random.nextInt(20) - 17));
        boolean future = random.nextInt(50) == 0;
        if (random.nextInt(50) == 0) {
            number = random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY;
        }
        calls.add(new Call.Reading(position, device.series, micros, number, quality, future, backfill));
    }
}
