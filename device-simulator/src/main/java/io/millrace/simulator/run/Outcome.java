package io.millrace.simulator.run;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fleet.Part;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.Findings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a run.
 *
 * @param began when the schedule began
 * @param interrupted whether somebody ended it before its time
 * @param produced events that were due and sent at least once; if it was not interrupted, all that were due
 * @param acknowledged of these, covered by a PUBACK or a receipt
 * @param ratePerSecond produced, over the time until the last was sent
 * @param receipt delays from intended time to PUBACK or receipt
 * @param visible delays from intended time to a row that SQL shows; null without verification
 * @param findings null without verification
 * @param faults how often each kind was injected
 * @param garbageTaken messages that nobody can read and the broker acknowledged
 * @param episodes what was planned to befall the connections
 * @param lastError the last trouble with a connection, empty if there was none
 */
public record Outcome(
        Population population,
        Instant began,
        boolean interrupted,
        long produced,
        long acknowledged,
        double ratePerSecond,
        Delays receipt,
        @Nullable Delays visible,
        @Nullable Findings findings,
        long connectionsLost,
        long refused,
        String lastError,
        Map<String, Long> faults,
        long garbageTaken,
        List<Episode> episodes,
        List<Sample> samples) {

    /** In milliseconds; all 0 if none was measured. */
    public record Delays(long count, double p50, double p99, double max) {}

    /** Whether all was acknowledged and, if it was looked at, is stored once and as produced. */
    public boolean ok() {
        return (interrupted || acknowledged == produced)
                && (findings == null || (findings.isClean() && (interrupted || isGarbageKept(findings))));
    }

    /** What nobody can read is a dead letter each if the broker took it, and nothing else is. */
    private boolean isGarbageKept(Findings found) {
        if (!population.part().equals(Part.ALL)) {
            return true; // dead letters of other parts are among them
        }
        return found.deadLetters() >= garbageTaken && found.deadLetters() <= faults.getOrDefault("garbage", 0L);
    }
}
