package io.millrace.simulator.run;

import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Findings.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * @param visible delays from intended time to a row that SQL shows, or to a subscriber; null without verification
 * @param alert delays from the intended time of a reading to the alert that it raised; null if none was seen
 * @param findings null without verification
 * @param faults how often each kind was injected
 * @param garbageTaken messages that nobody can read and the broker acknowledged
 * @param episodes what befell the connections
 * @param lastError the last trouble with a connection, empty if there was none
 */
public record Outcome(
        Played played,
        Instant began,
        boolean interrupted,
        long produced,
        long acknowledged,
        double ratePerSecond,
        Delays receipt,
        @Nullable Delays visible,
        @Nullable Delays alert,
        @Nullable Findings findings,
        long connectionsLost,
        long refused,
        String lastError,
        Map<String, Long> faults,
        long garbageTaken,
        List<Struck> episodes,
        List<Sample> samples) {

    /** Whether all was acknowledged and, if it was looked at, is stored once and as produced. */
    public boolean ok() {
        return reasons().isEmpty();
    }

    /** What does not hold, and no fault explains; nothing if all does. */
    public List<String> reasons() {
        List<String> reasons = new ArrayList<>();
        if (!interrupted && acknowledged != produced) {
            reasons.add("%d of %d events were not acknowledged in time".formatted(produced - acknowledged, produced));
        }
        Findings found = findings;
        if (found != null) {
            for (Kind kind : Kind.values()) {
                if (found.count(kind) > 0) {
                    String is = found.count(kind) == 1 ? "1 event is" : found.count(kind) + " events are";
                    reasons.add(is + " " + kind.name().toLowerCase(Locale.ROOT).replace('_', ' '));
                }
            }
            deadLetters(reasons, found);
        }
        return reasons;
    }

    /** What nobody can read is a dead letter each if the broker took it, and nothing else is. */
    private void deadLetters(List<String> reasons, Findings found) {
        long sent = faults.getOrDefault("garbage", 0L);
        if (!interrupted && (found.deadLetters() < garbageTaken || found.deadLetters() > sent)) {
            reasons.add("%d dead letters, expected %s: of what nobody can read %d were sent, and the broker took %d"
                    .formatted(
                            found.deadLetters(),
                            sent == garbageTaken ? sent : "%d to %d".formatted(garbageTaken, sent),
                            sent,
                            garbageTaken));
        }
    }
}
