package io.millrace.simulator.run;

import io.millrace.simulator.verify.Deliveries;
import io.millrace.simulator.verify.Produced;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Compares what comes to a subscriber at the broker, as it comes. */
final class SubscriberVerifier implements Verifier {
    /** All has come; one message too many would come within this time. */
    private static final Duration SURPLUS = Duration.ofSeconds(1);

    private static final long POLL_MILLIS = 5;

    private final Plan plan;
    private final Subscriber subscriber;
    private final Tally tally;
    private final LongSupplier nanoTime;
    private final DelayRecorder visible = new DelayRecorder();
    private final Deliveries deliveries;

    /** From now on messages count. */
    SubscriberVerifier(Plan plan, Subscriber subscriber, Tally tally, RunClock clock, LongSupplier nanoTime) {
        this.plan = plan;
        this.subscriber = subscriber;
        this.tally = tally;
        this.nanoTime = nanoTime;
        this.deliveries = new Deliveries(plan.population(), plan.faults(), clock.startWallMicros(), visible::record);
        subscriber.begin(deliveries, clock);
    }

    @Override
    public boolean isLost() {
        return subscriber.ended() != null;
    }

    @Override
    public Result verify(Produced produced, boolean interrupted) throws InterruptedException {
        long expected = interrupted ? tally.sent.sum() : plan.population().events();
        long changed = nanoTime.getAsLong();
        long before = -1;
        while (!isLost()) {
            long delivered = deliveries.delivered();
            long now = nanoTime.getAsLong();
            changed = delivered == before ? changed : now;
            before = delivered;
            Duration enough = delivered >= expected ? SURPLUS : Verifier.settled(interrupted);
            if (now - changed >= enough.toNanos()) {
                return new Result(deliveries.end(produced), visible.delays(), null, null);
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        String why = "the subscription at %s ended, so nothing is proved: %s. Run it again"
                .formatted(plan.broker(), subscriber.ended());
        return new Result(null, null, null, new Lost(why, deliveries.delivered()));
    }
}
