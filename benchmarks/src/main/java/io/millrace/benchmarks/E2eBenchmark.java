package io.millrace.benchmarks;

import io.millrace.agent.spool.SpoolUnavailableException;
import io.questdb.griffin.SqlException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Question: how much of what the store can take alone is left when a reading goes all the way, from an agent's spool
 * over the broker and the gateway into the log, flushed, and on into the {@code events} table?
 *
 * <p>Sketch: the store alone appends and applies about 0.4 M of these rows a second on two cores. The way there costs a
 * spool write, an encode, two hops of MQTT, a decode, the log and the fold: about as much CPU again. So half of it is the
 * goal; below 30 % a part is wrong, and the profile says which.
 *
 * <p>Values are a recording's, times are now, as of live readings. With the recording's own times, played at thousands of
 * times their speed, a second between two agents would be hours of event time, and the store would rewrite its partitions.
 */
final class E2eBenchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final double LAG_SECONDS_GOAL = 5;
    private static final Duration LAG_WAIT_MAX = Duration.ofMinutes(2);
    private static final Duration HALF_RATE = Duration.ofSeconds(30);
    private static final Duration ALONE = Duration.ofSeconds(30);

    private final Path home;
    private final Path folder;
    private final Recording recording;
    private final int agentCount;
    private final Duration steady;

    E2eBenchmark(Path home, Path folder, Recording recording, int agentCount, Duration steady) {
        this.home = home;
        this.folder = folder;
        this.recording = recording;
        this.agentCount = agentCount;
        this.steady = steady;
    }

    List<Figure> run()
            throws IOException, InputException, SQLException, InterruptedException, SpoolUnavailableException,
                    SqlException {
        double rate;
        double lagSeconds;
        int rowsPerCommit;
        var delays = new Histogram(TimeUnit.MINUTES.toNanos(5), 3);
        try (Stack stack = Stack.up(home, folder.resolve("data"), Stack.Demo.WITHOUT)) {
            List<LoadAgent> agents = agents(stack);
            try {
                feed(agents, WARM_UP, Long.MAX_VALUE, new Histogram(3));
                long before = receipted(agents);
                long commitsBefore = commits(stack);
                long start = System.nanoTime();
                feed(agents, steady, Long.MAX_VALUE, new Histogram(3));
                rate = (receipted(agents) - before) * 1e9 / (System.nanoTime() - start);
                lagSeconds = lagSeconds(stack, receipted(agents));
                rowsPerCommit = (int) Math.max(1, (receipted(agents) - before) / (commits(stack) - commitsBefore));
                awaitReceipts(agents);
                feed(agents, HALF_RATE, (long) (rate / 2), delays);
            } finally {
                agents.forEach(LoadAgent::close);
            }
        }
        double alone =
                new StoreAlone(recording, agentCount, rowsPerCommit).rowsPerSecond(folder.resolve("alone"), ALONE);
        return List.of(
                Figure.told("receipted_events_per_second", rate),
                Figure.told("store_alone_rows_per_second", alone),
                Figure.told("store_alone_rows_per_commit", rowsPerCommit),
                Figure.atLeast(0.3, "ratio", rate / alone),
                Figure.atLeast(0.5, "ratio_goal", rate / alone),
                Figure.atMost(LAG_SECONDS_GOAL, "events_table_lag_seconds", lagSeconds),
                Figure.told("receipt_delay_half_rate_p50_ms", delays.getValueAtPercentile(50) / 1e6),
                Figure.atMost(50, "receipt_delay_half_rate_p99_ms", delays.getValueAtPercentile(99) / 1e6));
    }

    private List<LoadAgent> agents(Stack stack) throws SpoolUnavailableException {
        var agents = new ArrayList<LoadAgent>();
        for (int i = 0; i < agentCount; i++) {
            var agent = new LoadAgent(folder.resolve("agent-" + i), "agent-" + i, stack.mqtt(), recording);
            agents.add(agent);
            agent.start();
        }
        return agents;
    }

    /** Feeds all agents in turn from one thread, at most so many events a second in all. */
    private static void feed(List<LoadAgent> agents, Duration time, long eventsPerSecond, Histogram delays)
            throws InterruptedException {
        long start = System.nanoTime();
        long fed = 0;
        for (long now = start; now - start < time.toNanos(); now = System.nanoTime()) {
            int fedNow = 0;
            for (LoadAgent agent : agents) {
                if (eventsPerSecond == Long.MAX_VALUE || fed + fedNow < (now - start) / 1e9 * eventsPerSecond) {
                    fedNow += agent.feed(now);
                }
                agent.drainDelays(now, nanos -> delays.recordValue(nanos));
            }
            fed += fedNow;
            if (fedNow == 0) {
                TimeUnit.MICROSECONDS.sleep(500);
            }
        }
    }

    private static long commits(Stack stack) throws SQLException, IOException {
        return (long) stack.number("SELECT count() FROM wal_transactions('events')");
    }

    private static void awaitReceipts(List<LoadAgent> agents) throws InterruptedException {
        long deadline = System.nanoTime() + LAG_WAIT_MAX.toNanos();
        while (agents.stream().anyMatch(agent -> agent.held() > 0) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        agents.forEach(agent -> agent.drainDelays(0, _ -> {}));
    }

    private static long receipted(List<LoadAgent> agents) {
        return agents.stream().mapToLong(LoadAgent::receipted).sum();
    }

    /** How long after now the table shows all that is receipted now. */
    private static double lagSeconds(Stack stack, long receipted)
            throws SQLException, IOException, InterruptedException {
        long start = System.nanoTime();
        while (stack.number("SELECT count() FROM events") < receipted
                && System.nanoTime() - start < LAG_WAIT_MAX.toNanos()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
