package io.millrace.simulator.verify;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Measures how long events take until SQL shows them, on a few units of each fleet, by asking again and again for rows
 * that were not there before. A delay counts from the event's intended time, and is a little long by the question's own.
 */
public final class VisibleProbe implements Runnable {
    private static final int UNITS_PER_FLEET = 8;

    /** Fewer units where they have more events than this together: what is asked for costs the store time. */
    private static final int EVENTS_PER_SECOND_MAX = 500;

    private static final long ASK_MICROS = 20_000;

    /** At most one part in so many of the time is spent asking. */
    private static final int ASK_SHARE = 5;

    /** Samples awaited at once; beyond, further ones are not measured. */
    private static final int AWAITED_MAX = 20_000;

    private final SqlAddress address;
    private final Population population;
    private final long startMicros;
    private final LongSupplier offsetMicros;
    private final LongConsumer delayMicros;
    private final List<Watched> watched = new ArrayList<>();
    private final Map<String, Watched> byDevice = new HashMap<>();

    /** Awaited events by the time they bear: device and metric, and when they were taken. */
    private final TreeMap<Long, Map<String, Long>> awaited = new TreeMap<>();

    private volatile boolean stopped;

    private static final class Watched {
        private final Fleet fleet;
        private final int unit;
        private long next;

        private Watched(Fleet fleet, int unit) {
            this.fleet = fleet;
            this.unit = unit;
        }
    }

    /**
     * @param startMicros when the run began, since 1970
     * @param offsetMicros the time since then
     * @param delayMicros hears each delay
     */
    public VisibleProbe(
            SqlAddress address,
            Population population,
            long startMicros,
            LongSupplier offsetMicros,
            LongConsumer delayMicros) {
        this.address = address;
        this.population = population;
        this.startMicros = startMicros;
        this.offsetMicros = offsetMicros;
        this.delayMicros = delayMicros;
        for (Fleet fleet : population.fleets()) {
            int[] units = fleet.format().hasTime() ? population.unitsOf(fleet) : new int[0];
            int most = units.length == 0 ? 0 : watchedUnits(fleet.eventsOf(units[0], population.horizonMicros()));
            int step = Math.max(1, units.length / Math.max(1, most));
            for (int i = 0; i < units.length && i / step < most; i += step) {
                int unit = units[i];
                var unitWatched = new Watched(fleet, unit);
                watched.add(unitWatched);
                byDevice.put(fleet.unitName(unit), unitWatched);
            }
        }
    }

    private int watchedUnits(long eventsOfOne) {
        double perSecond = eventsOfOne / (population.horizonMicros() / 1e6);
        return (int) Math.clamp(EVENTS_PER_SECOND_MAX / perSecond, 1, UNITS_PER_FLEET);
    }

    /** Asks until {@link #stop}; while the store is away, it is asked again each second. */
    @Override
    public void run() {
        while (!stopped) {
            try (Connection connection = address.connect();
                    Statement statement = connection.createStatement()) {
                while (!stopped) {
                    long before = offsetMicros.getAsLong();
                    expect(before);
                    if (!awaited.isEmpty()) {
                        ask(statement);
                    }
                    long took = offsetMicros.getAsLong() - before;
                    TimeUnit.MICROSECONDS.sleep(Math.max(ASK_MICROS, (ASK_SHARE - 1) * took));
                }
            } catch (SQLException | IOException _) {
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }

    /** Ends {@link #run} soon. */
    public void stop() {
        stopped = true;
    }

    private void expect(long now) {
        for (Watched each : watched) {
            Fleet fleet = each.fleet;
            long end = fleet.samplesOf(each.unit, population.horizonMicros());
            long offset = fleet.offsetMicros(population.seed(), each.unit, each.next);
            while (each.next < end && offset <= now) {
                if (awaited.size() < AWAITED_MAX) {
                    await(fleet, each.unit, each.next, offset);
                }
                each.next++;
                offset = fleet.offsetMicros(population.seed(), each.unit, each.next);
            }
        }
    }

    private void await(Fleet fleet, int unit, long sample, long taken) {
        String device = fleet.deviceName(unit, fleet.deviceOf(sample));
        long stamp = fleet.stampMicros(population.seed(), unit, sample);
        Map<String, Long> series = awaited.computeIfAbsent(stamp, _ -> new HashMap<>());
        fleet.metrics().forEach(metric -> series.put(device + "\n" + metric.name(), taken));
    }

    private void ask(Statement statement) throws SQLException {
        String units = byDevice.keySet().stream()
                .map(name -> "'" + name.replace("'", "''") + "'")
                .collect(Collectors.joining(", "));
        String query =
                "SELECT cast(ts AS long), device, metric FROM events WHERE site = '%s' AND agent IN (%s) AND ts >= cast(%d AS timestamp)"
                        .formatted(population.site().replace("'", "''"), units, startMicros + awaited.firstKey());
        try (ResultSet rows = statement.executeQuery(query)) {
            long now = offsetMicros.getAsLong();
            while (rows.next()) {
                long stamp = rows.getLong(1) - startMicros;
                Map<String, Long> series = awaited.get(stamp);
                Long taken = series == null ? null : series.remove(rows.getString(2) + "\n" + rows.getString(3));
                if (series != null && taken != null) {
                    delayMicros.accept(now - taken);
                    if (series.isEmpty()) {
                        awaited.remove(stamp);
                    }
                }
            }
        }
    }
}
