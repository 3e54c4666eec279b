package io.millrace.simulator.run;

import io.millrace.simulator.fleet.PlainMessages;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.mqtt.Connections;
import io.millrace.simulator.mqtt.Line;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The plain devices of one event loop: wakes each when it has something to do. All but the constructor runs there. */
final class PlainLoop {
    private static final long TICK_MILLIS = 1;

    private final Connections.Loop loop;
    private final Population population;
    private final Proof proof;
    private final Tally tally;
    private final LongSupplier nanoTime;
    private final SplittableRandom random;
    private final List<PlainDevice> devices = new ArrayList<>();
    private final PriorityQueue<PlainDevice> queue =
            new PriorityQueue<>(Comparator.comparingLong((PlainDevice device) -> device.wakeNanos));
    private @Nullable RunClock clock;
    private @Nullable PlainMessages messages;
    private boolean stopping;

    PlainLoop(
            Connections.Loop loop,
            Population population,
            Proof proof,
            Tally tally,
            LongSupplier nanoTime,
            SplittableRandom random) {
        this.loop = loop;
        this.population = population;
        this.proof = proof;
        this.tally = tally;
        this.nanoTime = nanoTime;
        this.random = random;
    }

    /**
     * Takes a device in, which connects at that instant, or when the schedule switches it on if there is a ramp. Before
     * {@link #start} only.
     */
    void add(PlainDevice device, long connectNanos) {
        devices.add(device);
        if (device.fleet().rampMicros() == 0) {
            loop.execute(() -> wakeAt(device, connectNanos));
        }
    }

    /** Begins to wake devices. */
    void start() {
        loop.every(TICK_MILLIS, this::tick);
    }

    /** The schedule begins: from now on devices send. */
    void begin(RunClock started) {
        loop.execute(() -> {
            clock = started;
            messages = new PlainMessages(population, started.startWallMicros());
            for (PlainDevice device : devices) {
                long onMicros = device.fleet().onMicros(device.unit());
                wakeAt(device, nanos() + TimeUnit.MICROSECONDS.toNanos(onMicros - started.offsetMicros()));
            }
        });
    }

    /** Nothing new is sent once that is done; what is under way is brought to its end. */
    CompletableFuture<Void> stop() {
        return CompletableFuture.runAsync(() -> stopping = true, loop::execute);
    }

    List<PlainDevice> devices() {
        return devices;
    }

    void close() {
        loop.execute(() -> {
            stopping = true;
            queue.clear();
            devices.forEach(PlainDevice::close);
        });
    }

    private void tick() {
        long now = nanos();
        for (PlainDevice device = queue.peek(); device != null && device.wakeNanos - now <= 0; device = queue.peek()) {
            queue.remove();
            device.queued = false;
            device.wake(now);
        }
    }

    /** Has the device woken then, or earlier if that was asked for before. */
    void wakeAt(PlainDevice device, long wakeNanos) {
        if (device.queued) {
            if (device.wakeNanos - wakeNanos <= 0) {
                return;
            }
            queue.remove(device);
        }
        device.wakeNanos = wakeNanos;
        device.queued = true;
        queue.add(device);
    }

    void later(long nanos, Runnable task) {
        loop.after(TimeUnit.NANOSECONDS.toMillis(nanos), task);
    }

    /** For one device's connections, on this loop. */
    Line line() {
        return loop.line(nanoTime);
    }

    @Nullable
    RunClock clock() {
        return clock;
    }

    boolean isStopping() {
        return stopping;
    }

    Proof proof() {
        return proof;
    }

    Population population() {
        return population;
    }

    long seed() {
        return population.seed();
    }

    String site() {
        return population.site();
    }

    long horizonMicros() {
        return population.horizonMicros();
    }

    Tally tally() {
        return tally;
    }

    /** Null until the schedule begins. */
    @Nullable
    PlainMessages messages() {
        return messages;
    }

    SplittableRandom random() {
        return random;
    }

    long nanos() {
        return nanoTime.getAsLong();
    }
}
