package io.millrace.simulator.run;

import io.millrace.agent.spool.SpoolMemory;
import io.millrace.agent.spool.SpoolUnavailableException;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.verify.Produced;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The simulated clients of a run, plain devices and agents: connects them, lets them send, and ends them. */
final class Clients implements AutoCloseable {
    /** New connections a second; a broker's queue for them is short. */
    private static final int CONNECTS_PER_SECOND = 1_000;

    /** Without a further connection for so long, no more are awaited. */
    private static final Duration CONNECT_STALL_MAX = Duration.ofSeconds(20);

    private static final long POLL_MILLIS = 5;

    private final Plan plan;
    private final Population population;
    private final Connections connections;
    private final Tally tally;
    private final InstantSource wall;
    private final LongSupplier nanoTime;
    private final List<PlainLoop> loops = new ArrayList<>();
    private final List<AgentFeeder> feeders = new ArrayList<>();

    Clients(Plan plan, Connections connections, Tally tally, InstantSource wall, LongSupplier nanoTime) {
        this.plan = plan;
        this.population = plan.population();
        this.connections = connections;
        this.tally = tally;
        this.wall = wall;
        this.nanoTime = nanoTime;
    }

    /** Blocks until all are connected but those that a ramp switches on later, or until it is interrupted. */
    void connect(Narrator narrator, BooleanSupplier interrupted) throws UnreachableException, InterruptedException {
        create();
        loops.forEach(PlainLoop::start);
        int connecting = 0;
        long start = nanoTime.getAsLong();
        long changed = start;
        long before = 0;
        List<VirtualAgent> atOnce = agents().stream()
                .filter(agent -> agent.fleet().rampMicros() == 0)
                .toList();
        long expected = population.fleets().stream()
                .filter(fleet -> fleet.rampMicros() == 0)
                .mapToLong(fleet -> population.unitsOf(fleet).length)
                .sum();
        while (tally.connected.sum() < expected && !interrupted.getAsBoolean()) {
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

    private void create() throws UnreachableException {
        for (Connections.Loop loop : connections.loops()) {
            loops.add(new PlainLoop(
                    loop,
                    population,
                    plan.proof(),
                    tally,
                    nanoTime,
                    new SplittableRandom(population.seed() + loops.size())));
            feeders.add(new AgentFeeder(loop));
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
                } else {
                    AgentFeeder feeder = feeders.get(made % feeders.size());
                    feeder.add(agent(feeder, fleet, unit, memory, heap / 16));
                }
                made++;
            }
        }
    }

    private FaultyMessages faulty(Fleet fleet, int unit) {
        return new FaultyMessages(plan.faults(), tally, population, fleet, unit);
    }

    private VirtualAgent agent(AgentFeeder feeder, Fleet fleet, int unit, SpoolMemory memory, long freeBytesMin)
            throws UnreachableException {
        try {
            return new VirtualAgent(
                    population, fleet, unit, memory, freeBytesMin, feeder, tally, faulty(fleet, unit), wall, nanoTime);
        } catch (SpoolUnavailableException e) {
            throw new UnreachableException(
                    "memory is too little for %d agents: %s. Give more with JDK_JAVA_OPTIONS=-Xmx…, or fewer agents"
                            .formatted(population.units(Fleet.Transport.AGENT), e.getMessage()));
        }
    }

    /** The schedule begins. */
    void begin(RunClock clock) {
        feeders.forEach(feeder -> feeder.begin(clock));
        loops.forEach(loop -> loop.begin(clock));
    }

    /** Nothing new is sent once that is done; what is under way is brought to its end. */
    void stopSending() throws InterruptedException {
        feeders.stream().map(AgentFeeder::stop).toList().forEach(CompletableFuture::join);
        stopDevices();
    }

    /** The same of devices only: an agent may still have to send what its spool had no room for. */
    void stopDevices() {
        loops.stream().map(PlainLoop::stop).toList().forEach(CompletableFuture::join);
    }

    /** Whom faults may befall. */
    List<FaultPlayer.Victim> victims() {
        List<FaultPlayer.Victim> victims = new ArrayList<>();
        agents().forEach(agent ->
                victims.add(new FaultPlayer.Victim(agent.fleet().index(), agent.unit(), agent.line())));
        devices()
                .forEach(device ->
                        victims.add(new FaultPlayer.Victim(device.fleet().index(), device.unit(), device.line())));
        return victims;
    }

    /** What was due; or, if the run was interrupted, what has been sent. */
    Produced produced(boolean interrupted) {
        return new ProducedEvents(population, interrupted, devices(), agents());
    }

    private List<PlainDevice> devices() {
        return loops.stream().flatMap(loop -> loop.devices().stream()).toList();
    }

    private List<VirtualAgent> agents() {
        return feeders.stream().flatMap(feeder -> feeder.agents().stream()).toList();
    }

    @Override
    public void close() {
        feeders.forEach(AgentFeeder::close);
        loops.forEach(PlainLoop::close);
        try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
            agents().forEach(agent -> each.execute(agent::close));
        }
    }
}
