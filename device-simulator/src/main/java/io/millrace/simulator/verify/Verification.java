package io.millrace.simulator.verify;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads back what is stored of a run and compares it with what was produced. Waits first until the store shows as many
 * rows as were produced, or has shown no further one for {@link #SETTLED}: a commit is not visible at once.
 */
public final class Verification {
    /** Without a further row for so long, none is awaited. */
    public static final Duration SETTLED = Duration.ofSeconds(10);

    /** All rows are there; one too many would come within this time. */
    private static final Duration SURPLUS = Duration.ofSeconds(1);

    /** What an event of another clock, or with jitter, may lie beyond the end. */
    private static final long BEYOND_MICROS = TimeUnit.MINUTES.toMicros(1);

    private static final long SLICE_ROWS = 100_000;
    private static final long ASK_MILLIS = 100;

    private final SqlAddress address;
    private final Population population;
    private final Produced produced;
    private final long startMicros;
    private final long firstMicros;
    private final long endMicros;
    private final LongSupplier nanoTime;

    /**
     * @param startMicros when the run began, since 1970; with clocks that are right no event is older
     * @param lastMicros when the last event may have arrived, since the run began
     */
    public Verification(
            SqlAddress address,
            Population population,
            Produced produced,
            long startMicros,
            long lastMicros,
            LongSupplier nanoTime) {
        this.address = address;
        this.population = population;
        this.produced = produced;
        this.startMicros = startMicros;
        long wrongMicros = population.fleets().stream()
                .mapToLong(fleet -> fleet.skew().microsMax(population.horizonMicros()))
                .max()
                .orElse(0);
        this.firstMicros = startMicros - wrongMicros;
        this.endMicros = startMicros + Math.max(lastMicros, population.horizonMicros()) + wrongMicros + BEYOND_MICROS;
        this.nanoTime = nanoTime;
    }

    /**
     * Blocks until rows stop coming, then for as long as reading takes.
     *
     * @param settled how long to wait for the next row, {@link #SETTLED} or less
     * @param deadLetters so many are expected at least, and awaited likewise
     */
    public Findings run(Duration settled, long deadLetters) throws SQLException, IOException, InterruptedException {
        long expected = 0;
        for (var fleet : population.fleets()) {
            for (int unit : population.unitsOf(fleet)) {
                expected += produced.events(fleet, unit);
            }
        }
        try (Connection connection = address.connect();
                Statement statement = connection.createStatement()) {
            await(() -> count(statement), expected, settled);
            var comparison = new Comparison(population, produced, startMicros);
            long slice = Math.max(1_000, population.horizonMicros() / (1 + expected / SLICE_ROWS));
            for (long from = firstMicros; from < endMicros; from += slice) {
                read(statement, from, Math.min(endMicros, from + slice), comparison);
            }
            Findings findings = comparison.end();
            if (deadLetters > 0) {
                await(() -> deadLetters(statement), deadLetters, settled);
            }
            findings.deadLetters(deadLetters(statement));
            return findings;
        }
    }

    /** How many rows there are at present. */
    @FunctionalInterface
    private interface Rows {
        long count() throws SQLException;
    }

    private void await(Rows counted, long expected, Duration settled) throws SQLException, InterruptedException {
        long before = -1;
        long changed = nanoTime.getAsLong();
        while (true) {
            long rows = counted.count();
            long now = nanoTime.getAsLong();
            changed = rows == before ? changed : now;
            before = rows;
            Duration enough = rows >= expected ? SURPLUS : settled;
            if (now - changed >= enough.toNanos()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(ASK_MILLIS);
        }
    }

    private long count(Statement statement) throws SQLException {
        return count(statement, "events", firstMicros, endMicros);
    }

    private long deadLetters(Statement statement) throws SQLException {
        return count(statement, "dead_letters", startMicros, Long.MAX_VALUE);
    }

    /** Rows of what is played here; those of other parts come and go as they like. */
    private long count(Statement statement, String table, long from, long to) throws SQLException {
        boolean whole = population.part().equals(Part.ALL);
        String query = whole
                ? "SELECT '', count() FROM %s WHERE %s".formatted(table, where(from, to))
                : "SELECT agent, count() FROM %s WHERE %s GROUP BY agent".formatted(table, where(from, to));
        long count = 0;
        try (ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                count += whole || !isAnothers(result.getString(1)) ? result.getLong(2) : 0;
            }
        }
        return count;
    }

    /** Whether another part of the population looks after a unit of that name. */
    private boolean isAnothers(@Nullable String agent) {
        for (Fleet fleet : population.fleets()) {
            int unit = agent == null ? -1 : fleet.unit(agent);
            if (unit >= 0) {
                return !population.includes(fleet, unit);
            }
        }
        return false;
    }

    private void read(Statement statement, long from, long to, Comparison comparison) throws SQLException {
        try (ResultSet rows = statement.executeQuery(
                "SELECT cast(ts AS long), agent, device, metric, unit, type, value, text, quality FROM events WHERE "
                        + where(from, to))) {
            while (rows.next()) {
                String unit = rows.getString(5);
                comparison.add(new StoredRow(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getString(3),
                        rows.getString(4),
                        unit == null ? "" : unit,
                        rows.getInt(6),
                        rows.getDouble(7),
                        rows.getString(8),
                        rows.getInt(9)));
            }
        }
    }

    /** The site is a name of ours and was checked: it holds no quote unless we double it. */
    private String where(long from, long to) {
        return "site = '%s' AND ts >= cast(%d AS timestamp) AND ts < cast(%d AS timestamp)"
                .formatted(population.site().replace("'", "''"), from, to);
    }
}
