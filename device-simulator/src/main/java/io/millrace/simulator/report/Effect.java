package io.millrace.simulator.report;

import io.millrace.simulator.run.Outcome;
import io.millrace.simulator.run.Sample;
import io.millrace.simulator.run.Struck;
import java.util.List;

/**
 * What an episode did, as far as the seconds of a run show it.
 *
 * @param waitingMost events sent and not yet acknowledged, the most of them until all was well again
 * @param longestMillis the longest delay to a receipt until then
 * @param normalAfterSeconds how long after its end as many were connected as ever before, and no more than a second's
 *     events waited that had not waited before; negative if that was never so
 */
record Effect(long waitingMost, double longestMillis, double normalAfterSeconds) {
    static Effect of(Struck struck, Outcome outcome) {
        double from = struck.episode().atMicros() / 1e6;
        double to = from + struck.episode().lengthMicros() / 1e6;
        long connected = 0;
        List<Sample> samples = outcome.samples();
        long[] waiting = waiting(samples);
        long before = 0;
        long most = 0;
        double longest = 0;
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            if (sample.atSeconds() <= from) {
                before = waiting[i];
                connected = Math.max(connected, sample.connected());
                continue;
            }
            most = Math.max(most, waiting[i]);
            longest = Math.max(longest, sample.receiptMaxMillis());
            boolean well = sample.connected() >= connected && waiting[i] <= before + outcome.ratePerSecond();
            if (sample.atSeconds() > to && well) {
                return new Effect(most, longest, sample.atSeconds() - to);
            }
        }
        return new Effect(most, longest, -1);
    }

    /** Events sent and not yet acknowledged at the end of each second. */
    static long[] waiting(List<Sample> samples) {
        var waiting = new long[samples.size()];
        long now = 0;
        for (int i = 0; i < waiting.length; i++) {
            now += samples.get(i).sent() - samples.get(i).acknowledged();
            waiting[i] = now;
        }
        return waiting;
    }
}
