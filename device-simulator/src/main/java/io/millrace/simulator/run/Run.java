package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One run: connects all, plays the schedule, waits until all is acknowledged, compares. */
public final class Run {
    /** Without a further acknowledgement for so long after the end, no more are awaited. An agent may rest for a minute. */
    private static final Duration DRAIN_STALL_MAX = Duration.ofSeconds(90);

    /** The same for one that was interrupted, in all. */
    private static final Duration INTERRUPTED_DRAIN_MAX = Duration.ofSeconds(5);

    /** All events are acknowledged; the answer to garbage would come within this time. */
    private static final Duration GARBAGE_ANSWER_MAX = Duration.ofSeconds(1);

    private static final long POLL_MILLIS = 5;

    private final Plan plan;
    private final Population population;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Narrator narrator;
    private final Tally tally = new Tally();
    private final CountDownLatch stop = new CountDownLatch(1);

    public Run(Plan plan, InstantSource wall, LongSupplier nanoTime, Narrator narrator) {
        this.plan = plan;
        this.population = plan.population();
        this.wall = wall;
        this.nanoTime = nanoTime;
        this.narrator = narrator;
    }

    /** Ends it before its time: what is sent is brought to its end for a few seconds, then the report follows. */
    public void stop() {
        stop.countDown();
    }

    private boolean isInterrupted() {
        return stop.getCount() == 0;
    }

    /**
     * Blocks until it is over.
     *
     * @throws UnreachableException if the broker refuses or is absent, or the store is
     * @throws ProofLostException if it was played and the proof was lost meanwhile; it then ends at once
     */
    public Outcome execute() throws UnreachableException, ProofLostException, InterruptedException {
        Preflight.checkStore(plan.proof());
        try (var connections = new Connections(plan.broker(), plan.access())) {
            Preflight.checkBroker(plan, connections, nanoTime);
            try (var clients = new Clients(plan, connections, tally, wall, nanoTime);
                    Subscriber subscriber = subscriber(connections)) {
                clients.connect(narrator, this::isInterrupted);
                return play(clients, subscriber);
            }
        }
    }

    private @Nullable Subscriber subscriber(Connections connections) throws UnreachableException {
        return plan.proof() instanceof Proof.Broker(boolean subscribing) && subscribing
                ? Subscriber.open(plan, connections, nanoTime, this::subscriptionLost)
                : null;
    }

    private void subscriptionLost(String reason) {
        narrator.says("the subscription ended: %s. Nothing can be proved any more, so the run ends".formatted(reason));
        stop();
    }

    private Outcome play(Clients clients, @Nullable Subscriber subscriber)
            throws UnreachableException, ProofLostException, InterruptedException {
        RunClock clock = RunClock.start(wall, nanoTime);
        try (Verifier verifier = verifier(clock, subscriber);
                var sampler = new Sampler(tally, clock, narrator::progress);
                var faults = new FaultPlayer(plan.faults(), population.seed(), clients.victims(), clock, tally);
                Metrics _ = metrics(sampler)) {
            clients.begin(clock);
            sampler.start();
            faults.start();
            if (stop.await(population.horizonMicros() / 1_000, TimeUnit.MILLISECONDS)) {
                clients.stopSending();
            }
            drain(clock, verifier);
            faults.stop();
            boolean interrupted = isInterrupted();
            if (interrupted) {
                clients.stopSending();
            } else {
                clients.stopDevices();
            }
            Verifier.Result proof = verifier.verify(clients.produced(interrupted), interrupted);
            Outcome outcome = outcome(clock, sampler, faults.happened(), interrupted, proof);
            Verifier.Lost lost = proof.lost();
            if (lost != null) {
                throw new ProofLostException(lost.why(), outcome, lost.delivered());
            }
            return outcome;
        }
    }

    private Verifier verifier(RunClock clock, @Nullable Subscriber subscriber) {
        if (plan.proof() instanceof Proof.Store store) {
            return new StoreVerifier(store, population, tally, clock, nanoTime, narrator);
        }
        return subscriber == null ? Verifier.NONE : new SubscriberVerifier(plan, subscriber, tally, clock, nanoTime);
    }

    private @Nullable Metrics metrics(Sampler sampler) throws UnreachableException {
        Integer port = plan.metricsPort();
        if (port == null) {
            return null;
        }
        try {
            var metrics = new Metrics(port, tally, sampler);
            narrator.says("metrics are at http://127.0.0.1:%d/metrics".formatted(metrics.port()));
            return metrics;
        } catch (IOException e) {
            throw new UnreachableException(
                    "metrics cannot be served on port %d: %s. Choose another with --metrics-port, 0 is any free one"
                            .formatted(port, e.getMessage()));
        }
    }

    /**
     * Waits until all that is due is acknowledged, or nothing has been for long: an outage may last beyond the end, and
     * does not count.
     */
    private void drain(RunClock clock, Verifier verifier) throws InterruptedException {
        long start = nanoTime.getAsLong();
        long ends = start + TimeUnit.MICROSECONDS.toNanos(plan.faults().endMicros() - clock.offsetMicros());
        long changed = start;
        long before = -1;
        while (true) {
            long acknowledged = tally.acknowledged.sum();
            long goal = isInterrupted() ? tally.sent.sum() : population.events();
            long now = nanoTime.getAsLong();
            changed = acknowledged == before ? changed : now;
            before = acknowledged;
            boolean late = isInterrupted()
                    ? now - start > INTERRUPTED_DRAIN_MAX.toNanos()
                    : Math.min(now - changed, now - ends) > DRAIN_STALL_MAX.toNanos();
            boolean answered = tally.garbageTaken.sum() >= tally.faults().getOrDefault("garbage", 0L)
                    || now - changed > GARBAGE_ANSWER_MAX.toNanos();
            if ((acknowledged >= goal && answered) || late || verifier.isLost()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private Outcome outcome(
            RunClock clock, Sampler sampler, List<Struck> happened, boolean interrupted, Verifier.Result proof) {
        long produced = interrupted ? tally.sent.sum() : population.events();
        long micros =
                interrupted ? tally.lastSentMicros() : Math.max(population.horizonMicros(), tally.lastSentMicros());
        return new Outcome(
                Played.of(population, plan.faults()),
                Instant.EPOCH.plus(clock.startWallMicros(), ChronoUnit.MICROS),
                interrupted,
                produced,
                tally.acknowledged.sum(),
                micros == 0 ? 0 : produced * 1e6 / micros,
                new Delays(sampler.receipts()),
                proof.visible(),
                proof.alert(),
                proof.findings(),
                tally.connectionsLost.sum(),
                tally.refused.sum(),
                tally.lastError(),
                tally.faults(),
                tally.garbageTaken.sum(),
                happened,
                sampler.samples());
    }
}
