package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.verify.AlertHint;
import io.millrace.simulator.verify.AlertProbe;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Produced;
import io.millrace.simulator.verify.SqlAddress;
import io.millrace.simulator.verify.Verification;
import io.millrace.simulator.verify.VisibleProbe;
import java.io.IOException;
import java.sql.SQLException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Asks a store of ours for rows, and the gateway before it for alerts, while a run goes; compares all rows at its end. */
final class StoreVerifier implements Verifier {
    private final SqlAddress store;
    private final Population population;
    private final Tally tally;
    private final RunClock clock;
    private final LongSupplier nanoTime;
    private final Narrator narrator;
    private final DelayRecorder visible = new DelayRecorder();
    private final DelayRecorder alerts = new DelayRecorder();
    private final VisibleProbe visibleProbe;
    private final AlertProbe alertProbe;
    private final Thread probing;
    private final Thread alerting;

    /** Begins to ask. */
    StoreVerifier(
            Proof.Store proof,
            Population population,
            Tally tally,
            RunClock clock,
            LongSupplier nanoTime,
            Narrator narrator) {
        this.store = proof.address();
        this.population = population;
        this.tally = tally;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.narrator = narrator;
        visibleProbe = new VisibleProbe(store, population, clock.startWallMicros(), clock::offsetMicros, this::visible);
        alertProbe = new AlertProbe(
                proof.api(), population, clock.startWallMicros(), clock::offsetMicros, alerts::record, narrator::says);
        probing = Thread.ofVirtual().name("probe").start(visibleProbe);
        alerting = Thread.ofVirtual().name("alerts").start(alertProbe);
    }

    @Override
    public Result verify(Produced produced, boolean interrupted) throws InterruptedException {
        narrator.says("comparing with the store");
        var verification =
                new Verification(store, population, produced, clock.startWallMicros(), clock.offsetMicros(), nanoTime);
        try {
            Findings findings = verification.run(Verifier.settled(interrupted), tally.garbageTaken.sum());
            alertProbe.stop();
            alerting.join(Verifier.settled(interrupted));
            Delays alert = alertDelays();
            String hint = alert == null ? AlertHint.of(population) : null;
            if (hint != null) {
                narrator.says(hint);
            }
            return new Result(findings, ifAny(visible.delays()), alert, null);
        } catch (SQLException | IOException e) {
            String why = "store %s cannot be asked any more: %s. Nothing is proved; run it again once it answers"
                    .formatted(store, SqlAddress.reason(e));
            return new Result(null, null, alertDelays(), new Lost(why, null));
        }
    }

    private void visible(long delayMicros) {
        visible.record(delayMicros);
        tally.visible(delayMicros);
    }

    private @Nullable Delays alertDelays() {
        return ifAny(alerts.delays());
    }

    /** None measured is not the same as 0 ms. */
    private static @Nullable Delays ifAny(Delays delays) {
        return delays.count() == 0 ? null : delays;
    }

    /** Blocks until the question under way is answered. */
    @Override
    public void close() {
        alertProbe.stop();
        alerting.interrupt();
        visibleProbe.stop();
        try {
            probing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
