package io.millrace.simulator.run;

import io.millrace.simulator.fault.Episode;
import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.mqtt.Line;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Makes each episode happen at its time, to those whom it befalls. */
final class FaultPlayer implements AutoCloseable {
    private final Faults faults;
    private final long seed;
    private final List<Victim> victims;
    private final RunClock clock;
    private final Tally tally;
    private final Thread thread = Thread.ofVirtual().name("faults").unstarted(this::run);
    private final List<Struck> happened = new CopyOnWriteArrayList<>();

    /** Whom it may befall. */
    record Victim(int fleet, int unit, Line line) {}

    FaultPlayer(Faults faults, long seed, List<Victim> victims, RunClock clock, Tally tally) {
        this.faults = faults;
        this.seed = seed;
        this.victims = victims;
        this.clock = clock;
        this.tally = tally;
    }

    /** What has happened so far. */
    List<Struck> happened() {
        return List.copyOf(happened);
    }

    /** The schedule begins. */
    void start() {
        thread.start();
    }

    private void run() {
        List<Episode> inOrder = faults.episodes().stream()
                .sorted(Comparator.comparingLong(Episode::atMicros))
                .toList();
        try {
            for (Episode episode : inOrder) {
                long left = episode.atMicros() - clock.offsetMicros();
                if (left > 0) {
                    TimeUnit.MICROSECONDS.sleep(left);
                }
                long befallen = 0;
                for (Victim victim : victims) {
                    if (faults.befalls(episode, seed, victim.fleet(), victim.unit())) {
                        befall(episode, victim.line());
                        befallen++;
                    }
                }
                happened.add(new Struck(episode, befallen));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** No further episode begins. */
    void stop() {
        thread.interrupt();
    }

    @Override
    public void close() {
        stop();
    }

    private void befall(Episode episode, Line line) {
        tally.fault(episode.kind().label());
        long nanos = TimeUnit.MICROSECONDS.toNanos(episode.lengthMicros());
        switch (episode.kind()) {
            case DISCONNECT -> line.cut();
            case OUTAGE -> line.outage(nanos);
            case HALF_OPEN -> line.halfOpen(nanos);
            case SLOW -> line.slow(nanos, episode.bytesPerSecond(), episode.latencyMillis());
            case HERD -> line.herd(nanos);
        }
    }
}
