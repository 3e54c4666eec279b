package io.millrace.simulator.run;

import io.millrace.agent.spool.SpoolMemory;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.MqttConnection;
import io.millrace.simulator.verify.AlertHint;
import io.millrace.simulator.verify.AlertProbe;
import io.millrace.simulator.verify.Deliveries;
import io.millrace.simulator.verify.Findings;
import io.millrace.simulator.verify.Produced;
import io.millrace.simulator.verify.SqlAddress;
import io.millrace.simulator.verify.Verification;
import io.millrace.simulator.verify.VisibleProbe;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One run: connects all, plays the schedule, waits until all is acknowledged, compares. */
public final class Run {
    /** New connections a second; a broker's queue for them is short. */
    private static final int CONNECTS_PER_SECOND = 1_000;

    /** Without a further connection for so long, no more are awaited. */
    private static final Duration CONNECT_STALL_MAX = Duration.ofSeconds(20);

    /** Without a further acknowledgement for so long after the end, no more are awaited. An agent may rest for a minute. */
    private static final Duration DRAIN_STALL_MAX = Duration.ofSeconds(90);

    /** The same for one that was interrupted, in all. */
    private static final Duration INTERRUPTED_DRAIN_MAX = Duration.ofSeconds(5);

    /** All has come; one message too many, or the answer to garbage, would come within this time. */
    private static final Duration SURPLUS = Duration.ofSeconds(1);

    private static final Duration INTERRUPTED_SETTLED = Duration.ofSeconds(1);
    private static final long POLL_MILLIS = 5;

    private final Plan plan;
    private final Population population;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final Narrator narrator;
    private final Tally tally = new Tally();
    private final Histogram visible = new ConcurrentHistogram(Tally.DELAY_MICROS_MAX, 3);
    private final Histogram alerts = new ConcurrentHistogram(Tally.DELAY_MICROS_MAX, 3);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<PlainLoop> loops = new ArrayList<>();
    private final List<VirtualAgent> agents = new ArrayList<>();
    private @Nullable Subscriber subscriber;

    /** Why nothing can be proved any more. */
    private volatile @Nullable String lost;

    /** Hears how a run goes. */
    public interface Narrator {
        /** A sentence. */
        void says(String what);

        /** A second has passed. */
        void progress(Sample sample);
    }

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
        checkStore();
        try (var connections = new Connections(plan.broker(), plan.access())) {
            checkBroker(connections);
            try {
                subscribe(connections);
                prepare(connections);
                connectAll();
                return play();
            } finally {
                closeAll();
            }
        }
    }

    private void checkStore() throws UnreachableException {
        if (plan.proof() instanceof Proof.Store(SqlAddress address, URI _)) {
            try (Connection connection = address.connect()) {
                connection
                        .createStatement()
                        .executeQuery("SELECT count() FROM events LIMIT 1")
                        .close();
            } catch (SQLException | IOException e) {
                throw new UnreachableException(
                        "store %s cannot be asked: %s. Is ./millrace up running? Its sql line goes with --sql"
                                .formatted(address, sentence(e)));
            }
        }
    }

    /** What PostgreSQL's driver says ends in a full stop. */
    private static String sentence(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("[.\\s]+$", "");
    }

    private void checkBroker(Connections connections) throws UnreachableException, InterruptedException {
        var answer = new CompletableFuture<String>();
        String id = population.site() + "/probe-" + Long.toHexString(nanoTime.getAsLong());
        var probe = connections.open(
                new MqttConnection.Client(
                        id, population.unitNames().findFirst().orElse(""), MqttConnection.Version.V5, 60),
                new MqttConnection.Listener() {
                    @Override
                    public void connected(MqttConnection of, int receiveMaximum) {
                        answer.complete("");
                    }

                    @Override
                    public void acknowledged(int packetId, int reasonCode) {}

                    @Override
                    public void lost(String reason) {
                        answer.complete(reason);
                    }
                });
        String trouble = answer.completeOnTimeout("no answer within 10 s", 10, TimeUnit.SECONDS)
                .join();
        probe.disconnect();
        if (!trouble.isEmpty()) {
            throw new UnreachableException(
                    "broker %s cannot be used: %s. %s".formatted(plan.broker(), trouble, brokerHint(trouble)));
        }
    }

    private void subscribe(Connections connections) throws UnreachableException {
        if (!(plan.proof() instanceof Proof.Broker(boolean subscribing)) || !subscribing) {
            return;
        }
        var made = new Subscriber(
                connections,
                population.site() + "/subscriber-" + Long.toHexString(nanoTime.getAsLong()),
                population.unitNames().findFirst().orElse(""),
                Deliveries.filters(population),
                this::subscriptionLost);
        subscriber = made;
        String trouble = made.await();
        if (!trouble.isEmpty()) {
            throw new UnreachableException(
                    "broker %s lets nobody subscribe to %s: %s. Allow that, or leave out --verify"
                            .formatted(plan.broker(), String.join(", ", Deliveries.filters(population)), trouble));
        }
    }

    private void subscriptionLost(String reason) {
        lost = "the subscription at %s ended, so nothing is proved: %s. Run it again".formatted(plan.broker(), reason);
        narrator.says("the subscription ended: %s. Nothing can be proved any more, so the run ends".formatted(reason));
        stop();
    }

    private String brokerHint(String trouble) {
        if (trouble.startsWith("TLS")) {
            return "Its certificate must lead to one in --ca, or that Java trusts, and name "
                    + plan.broker().host() + "; if it asks for ours, that goes with --client-cert and --client-key";
        }
        return "Does a broker run there? ./millrace up starts ours; another goes with --mqtt, a login with --user and"
                + " --password-file";
    }

    private void prepare(Connections connections) throws UnreachableException {
        for (Connections.Loop loop : connections.loops()) {
            loops.add(new PlainLoop(
                    loop,
                    population,
                    plan.proof(),
                    tally,
                    nanoTime,
                    new SplittableRandom(population.seed() + loops.size())));
        }
        long heap = Runtime.getRuntime().maxMemory();
        var memory = new SpoolMemory(heap / 2);
        long connectNanos = nanoTime.getAsLong();
        int made = 0;
        for (Fleet fleet : population.fleets()) {
            for (int unit : population.unitsOf(fleet)) {
                if (fleet.transport() == Fleet.Transport.PLAIN) {
                    PlainLoop loop = loops.get(made % loops.size());
                    loop.add(
                            new PlainDevice(loop, fleet, unit, faulty(fleet, unit)),
                            connectNanos + TimeUnit.SECONDS.toNanos(made) / CONNECTS_PER_SECOND);
                    made++;
                } else {
                    agents.add(agent(fleet, unit, memory, heap / 16, connections));
                }
            }
        }
    }

    private FaultyMessages faulty(Fleet fleet, int unit) {
        return new FaultyMessages(plan.faults(), tally, population, fleet, unit);
    }

    private VirtualAgent agent(Fleet fleet, int unit, SpoolMemory memory, long freeBytesMin, Connections connections)
            throws UnreachableException {
        try {
            return new VirtualAgent(
                    population,
                    fleet,
                    unit,
                    memory,
                    freeBytesMin,
                    connections,
                    tally,
                    faulty(fleet, unit),
                    wall,
                    nanoTime);
        } catch (SpoolUnavailableException e) {
            throw new UnreachableException(
                    "memory is too little for %d agents: %s. Give more with JDK_JAVA_OPTIONS=-Xmx…, or fewer agents"
                            .formatted(population.units(Fleet.Transport.AGENT), e.getMessage()));
        }
    }

    private void connectAll() throws UnreachableException, InterruptedException {
        loops.forEach(PlainLoop::start);
        int connecting = 0;
        long start = nanoTime.getAsLong();
        long changed = start;
        long before = 0;
        List<VirtualAgent> atOnce =
                agents.stream().filter(agent -> agent.fleet().rampMicros() == 0).toList();
        long expected = population.fleets().stream()
                .filter(fleet -> fleet.rampMicros() == 0)
                .mapToLong(fleet -> population.unitsOf(fleet).length)
                .sum();
        while (tally.connected.sum() < expected && !isInterrupted()) {
            long now = nanoTime.getAsLong();
            long allowed = (now - start) * CONNECTS_PER_SECOND / TimeUnit.SECONDS.toNanos(1);
            while (connecting < atOnce.size() && connecting <= allowed) {
                atOnce.get(connecting++).connect();
            }
            long connected = tally.connected.sum();
            changed = connected == before ? changed : now;
            before = connected;
            if (now - changed > CONNECT_STALL_MAX.toNanos()) {
                throw new UnreachableException(
                        "broker %s takes %d of %d connections: %s. Give its process more memory or file descriptors, or"
                                        .formatted(plan.broker(), connected, expected, tally.lastError())
                                + " simulate fewer");
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        long later = population.units() - expected;
        narrator.says("%d of %d connected in %.1f s%s"
                .formatted(
                        tally.connected.sum(),
                        expected,
                        (nanoTime.getAsLong() - start) / 1e9,
                        later == 0 ? "" : ", %d more come as their ramp says".formatted(later)));
    }

    private Outcome play() throws UnreachableException, ProofLostException, InterruptedException {
        RunClock clock = RunClock.start(wall, nanoTime);
        var feeder = new AgentFeeder(agents, clock);
        var sampler = new Sampler(tally, clock, narrator::progress);
        FaultPlayer faults = faults(clock);
        VisibleProbe probe = probe(clock);
        AlertProbe alertProbe = alertProbe(clock);
        Deliveries deliveries = deliveries(clock);
        Metrics metrics = metrics(sampler);
        agents.forEach(agent -> agent.begin(clock));
        loops.forEach(loop -> loop.begin(clock));
        Thread feeding = Thread.ofPlatform().daemon().name("feeder").start(feeder);
        Thread sampling = Thread.ofVirtual().name("sampler").start(sampler);
        Thread faulting = Thread.ofVirtual().name("faults").start(faults);
        Thread probing = probe == null ? null : Thread.ofVirtual().name("probe").start(probe);
        Thread alerting =
                alertProbe == null ? null : Thread.ofVirtual().name("alerts").start(alertProbe);
        try {
            long horizonMillis = population.horizonMicros() / 1_000;
            if (stop.await(horizonMillis, TimeUnit.MILLISECONDS)) {
                stopSending(feeder, feeding);
            }
            drain(clock);
            faulting.interrupt();
            boolean interrupted = isInterrupted();
            if (interrupted) {
                stopSending(feeder, feeding);
            }
            Findings findings = verify(clock, interrupted, deliveries);
            String hint = findings == null || alerts.getTotalCount() > 0 ? null : AlertHint.of(population);
            if (alertProbe != null && hint != null) {
                narrator.says(hint);
            }
            Outcome outcome = outcome(clock, sampler, faults.happened(), interrupted, findings);
            String why = lost;
            if (findings == null && why != null) {
                throw new ProofLostException(why, outcome, deliveries == null ? null : deliveries.delivered());
            }
            return outcome;
        } finally {
            if (metrics != null) {
                metrics.close();
            }
            feeder.stop();
            sampler.stop();
            sampling.interrupt();
            faulting.interrupt();
            if (alertProbe != null && alerting != null) {
                alertProbe.stop();
                alerting.interrupt();
            }
            if (probe != null && probing != null) {
                probe.stop();
                probing.join();
            }
        }
    }

    private void stopSending(AgentFeeder feeder, Thread feeding) throws InterruptedException {
        feeder.stop();
        feeding.join();
        loops.stream().map(PlainLoop::stop).toList().forEach(CompletableFuture::join);
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

    private FaultPlayer faults(RunClock clock) {
        List<FaultPlayer.Victim> victims = new ArrayList<>();
        agents.forEach(agent -> victims.add(new FaultPlayer.Victim(agent.fleet().index(), agent.unit(), agent.line())));
        loops.stream()
                .flatMap(loop -> loop.devices().stream())
                .forEach(device ->
                        victims.add(new FaultPlayer.Victim(device.fleet().index(), device.unit(), device.line())));
        return new FaultPlayer(plan.faults(), population.seed(), victims, clock, tally);
    }

    private @Nullable Deliveries deliveries(RunClock clock) {
        Subscriber to = subscriber;
        if (to == null) {
            return null;
        }
        var deliveries = new Deliveries(population, plan.faults(), clock.startWallMicros(), this::recordVisible);
        to.begin(deliveries, clock);
        return deliveries;
    }

    private @Nullable VisibleProbe probe(RunClock clock) {
        return plan.proof() instanceof Proof.Store(SqlAddress address, URI _)
                ? new VisibleProbe(
                        address, population, clock.startWallMicros(), clock::offsetMicros, this::recordVisible)
                : null;
    }

    private @Nullable AlertProbe alertProbe(RunClock clock) {
        return plan.proof() instanceof Proof.Store(SqlAddress _, URI api)
                ? new AlertProbe(
                        api,
                        population,
                        clock.startWallMicros(),
                        clock::offsetMicros,
                        micros -> alerts.recordValue(Math.clamp(micros, 0, Tally.DELAY_MICROS_MAX)),
                        narrator::says)
                : null;
    }

    private void recordVisible(long micros) {
        visible.recordValue(Math.clamp(micros, 0, Tally.DELAY_MICROS_MAX));
    }

    /**
     * Waits until all that is due is acknowledged, or nothing has been for long: an outage may last beyond the end, and
     * does not count.
     */
    private void drain(RunClock clock) throws InterruptedException {
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
                    || now - changed > SURPLUS.toNanos();
            if ((acknowledged >= goal && answered) || late || lost != null) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** Null if there is nothing to compare with, or it is {@link #lost}. */
    private @Nullable Findings verify(RunClock clock, boolean interrupted, @Nullable Deliveries deliveries)
            throws InterruptedException {
        loops.stream().map(PlainLoop::stop).toList().forEach(CompletableFuture::join);
        Duration settled = interrupted ? INTERRUPTED_SETTLED : Verification.SETTLED;
        if (deliveries != null) {
            return verify(deliveries, settled, interrupted);
        }
        if (!(plan.proof() instanceof Proof.Store(SqlAddress address, URI _))) {
            return null;
        }
        narrator.says("comparing with the store");
        var verification = new Verification(
                address, population, produced(interrupted), clock.startWallMicros(), clock.offsetMicros(), nanoTime);
        try {
            return verification.run(settled, tally.garbageTaken.sum());
        } catch (SQLException | IOException e) {
            lost = "store %s cannot be asked any more: %s. Nothing is proved; run it again once it answers"
                    .formatted(address, sentence(e));
            return null;
        }
    }

    /** Waits for what is on its way to the subscriber. */
    private @Nullable Findings verify(Deliveries deliveries, Duration settled, boolean interrupted)
            throws InterruptedException {
        long expected = interrupted ? tally.sent.sum() : population.events();
        long changed = nanoTime.getAsLong();
        long before = -1;
        while (lost == null) {
            long delivered = deliveries.delivered();
            long now = nanoTime.getAsLong();
            changed = delivered == before ? changed : now;
            before = delivered;
            Duration enough = delivered >= expected ? SURPLUS : settled;
            if (now - changed >= enough.toNanos()) {
                return deliveries.end(produced(interrupted));
            }
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        return null;
    }

    private Produced produced(boolean interrupted) {
        var plain = new PlainDevice[population.fleets().size()][];
        population.fleets().forEach(fleet -> plain[fleet.index()] = new PlainDevice[fleet.units()]);
        for (PlainLoop loop : loops) {
            loop.devices().forEach(device -> plain[device.fleet().index()][device.unit()] = device);
        }
        var sent = new long[population.fleets().size()][];
        population.fleets().forEach(fleet -> sent[fleet.index()] = new long[fleet.units()]);
        agents.forEach(agent -> sent[agent.fleet().index()][agent.unit()] = agent.sent());
        return new Produced() {
            @Override
            public long events(Fleet fleet, int unit) {
                if (!interrupted) {
                    return fleet.eventsOf(unit, population.horizonMicros());
                }
                PlainDevice device = plain[fleet.index()][unit];
                return device == null ? sent[fleet.index()][unit] : device.sent();
            }

            @Override
            public int repeats(Fleet fleet, int unit, long event) {
                PlainDevice device = plain[fleet.index()][unit];
                return device == null ? 0 : device.repeats(event);
            }
        };
    }

    private Outcome outcome(
            RunClock clock, Sampler sampler, List<Struck> happened, boolean interrupted, @Nullable Findings findings) {
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
                findings == null ? null : new Delays(visible.copy()),
                alerts.getTotalCount() == 0 ? null : new Delays(alerts.copy()),
                findings,
                tally.connectionsLost.sum(),
                tally.refused.sum(),
                tally.lastError(),
                tally.faults(),
                tally.garbageTaken.sum(),
                happened,
                sampler.samples());
    }

    private void closeAll() {
        Subscriber closing = subscriber;
        if (closing != null) {
            closing.close();
        }
        loops.forEach(PlainLoop::close);
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            agents.forEach(agent -> each.execute(agent::close));
        }
    }
}
