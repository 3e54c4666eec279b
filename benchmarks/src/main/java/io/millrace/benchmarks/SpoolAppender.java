package io.millrace.benchmarks;

import io.millrace.agent.spool.AppendResult;
import io.millrace.agent.spool.LaneSpool;
import io.millrace.agent.spool.Spool;
import io.millrace.agent.spool.SpoolConfig;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.agent.spool.SyncPolicy;
import io.millrace.agent.spool.WhenFull;
import io.millrace.model.Event;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** The agent's own spool, of one lane, with its own thread. */
final class SpoolAppender implements DurableAppender {
    static final String SITE = "bench";
    static final String AGENT = "spool";

    private static final String LANE = "telemetry";
    private static final long BYTES_MAX = 32L << 30;

    private final Spool spool;
    private final LaneSpool lane;

    /** Opens the folder, also one that holds events already. */
    SpoolAppender(Path folder) throws SpoolUnavailableException {
        spool = Spool.open(
                new SpoolConfig(
                        folder, SITE, AGENT, List.of(LANE), new SyncPolicy.Every(SYNC), BYTES_MAX, 0, WhenFull.BLOCK),
                InstantSource.system());
        lane = spool.lane(LANE);
    }

    Spool spool() {
        return spool;
    }

    /** Of all that the folder holds, what has no receipt. */
    long events() {
        return lane.backlog();
    }

    long bytes() {
        return lane.metrics().bytes();
    }

    @Override
    public void append(List<Event> events) {
        if (!(lane.append(events, null) instanceof AppendResult.Accepted)) {
            throw new IllegalStateException("the spool took no events, expected room for them: " + lane.metrics());
        }
    }

    @Override
    public void close() {
        spool.close();
    }
}
