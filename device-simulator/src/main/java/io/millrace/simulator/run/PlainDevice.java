package io.millrace.simulator.run;

import io.millrace.model.Topics;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.mqtt.Line;
import io.millrace.simulator.mqtt.MqttConnection;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One plain device: sends each reading when it is due, keeps it until the broker has acknowledged it, connects again when
 * it has to and sends what is unanswered once more. Its event loop owns it. Small, since there are thousands.
 */
final class PlainDevice implements MqttConnection.Listener {
    /** Messages without an answer at which a device waits, whatever the broker allows. */
    static final int WINDOW_MAX = 100;

    private static final int WINDOW_FIRST = 2;
    private static final int KEEP_ALIVE_SECONDS = 60;
    private static final long BACKOFF_FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int DOUBLINGS_MAX = 6;
    private static final long REFUSED_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long FREE = -1;

    /** What a message under way is; two bits below the event. */
    private static final int READING = 0;

    private static final int DUPLICATE = 1;
    private static final int GARBAGE = 2;
    private static final int ROLE_BITS = 2;

    private final PlainLoop loop;
    private final Fleet fleet;
    private final int unit;
    private final Line line;
    private final FaultyMessages faulty;

    /** What is under way by packet id less one, {@link #FREE} where there is nothing: event, and {@code role}. */
    private long[] underWay = new long[WINDOW_FIRST];

    private int underWayCount;
    private int window;
    private int failures;
    private long next;
    private @Nullable MqttConnection connection;
    private boolean online;

    /** When it wants to be called, by the monotonic clock; guarded by the loop. */
    long wakeNanos;

    /** Whether it waits to be called. */
    boolean queued;

    PlainDevice(PlainLoop loop, Fleet fleet, int unit, FaultyMessages faulty) {
        this.line = loop.line();
        this.faulty = faulty;
        this.loop = loop;
        this.fleet = fleet;
        this.unit = unit;
        Arrays.fill(underWay, FREE);
    }

    Fleet fleet() {
        return fleet;
    }

    int unit() {
        return unit;
    }

    /** On which faults happen. */
    Line line() {
        return line;
    }

    /** Events that were sent at least once. */
    long sent() {
        return next;
    }

    boolean isOnline() {
        return online;
    }

    /** Does what is due: connects, or sends. */
    void wake(long nowNanos) {
        if (connection == null) {
            var version = unit % 2 == 0 ? MqttConnection.Version.V5 : MqttConnection.Version.V3_1_1;
            String name = fleet.unitName(unit);
            String id = loop.site() + "/" + name;
            connection = line.open(new MqttConnection.Client(id, name, version, KEEP_ALIVE_SECONDS), this);
        } else if (online) {
            send(nowNanos);
        }
    }

    private void send(long nowNanos) {
        MqttConnection to = connection;
        RunClock clock = loop.clock();
        if (to == null || clock == null) {
            return;
        }
        long offset = clock.offsetMicros();
        long end = loop.isStopping() ? next : fleet.eventsOf(unit, loop.horizonMicros());
        boolean any = false;
        while (next < end && underWayCount < window && to.isWritable()) {
            long due = dueMicros(next);
            if (due > offset) {
                loop.wakeAt(this, nowNanos + TimeUnit.MICROSECONDS.toNanos(due - offset));
                break;
            }
            sendNew(to, clock, next);
            next++;
            loop.tally().sent(1, offset);
            any = true;
        }
        if (any) {
            to.flush();
        }
        if (next < end && !to.isWritable()) {
            loop.wakeAt(this, nowNanos + TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private void sendNew(MqttConnection to, RunClock clock, long event) {
        int packetId = take(event, READING);
        long heldBackMillis = faulty.heldBackMillis(event);
        if (heldBackMillis > 0) {
            loop.later(TimeUnit.MILLISECONDS.toNanos(heldBackMillis), () -> again(packetId));
        } else {
            publish(to, clock, packetId);
        }
        if (faulty.isDuplicated(event) && underWayCount < window) {
            publish(to, clock, take(event, DUPLICATE));
        }
        if (faulty.isGarbageSent(event) && underWayCount < window) {
            publish(to, clock, take(event, GARBAGE));
        }
    }

    private long dueMicros(long event) {
        return fleet.offsetMicros(loop.seed(), unit, event / fleet.metrics().size());
    }

    /** Puts an event under way; returns its packet id. */
    private int take(long event, int role) {
        int slot = 0;
        while (slot < underWay.length && underWay[slot] != FREE) {
            slot++;
        }
        if (slot == underWay.length) {
            underWay = Arrays.copyOf(underWay, Math.min(WINDOW_MAX, 2 * slot));
            Arrays.fill(underWay, slot, underWay.length, FREE);
        }
        underWay[slot] = event << ROLE_BITS | role;
        underWayCount++;
        return slot + 1;
    }

    private void publish(MqttConnection to, RunClock clock, int packetId) {
        long event = underWay[packetId - 1] >> ROLE_BITS;
        int metric = (int) (event % fleet.metrics().size());
        long sample = event / fleet.metrics().size();
        byte[] payload = role(packetId) == GARBAGE
                ? faulty.garbage(event)
                : loop.json()
                        .encode(
                                fleet.value(loop.seed(), unit, sample, metric),
                                clock.startWallMicros() + fleet.stampMicros(loop.seed(), unit, sample),
                                fleet.metrics().get(metric).unit());
        String topic = Topics.plainEvent(
                loop.site(), fleet.unitName(unit), fleet.metrics().get(metric).name());
        to.publish(packetId, topic, payload, false);
    }

    @Override
    public void connected(MqttConnection to, int receiveMaximum) {
        online = true;
        failures = 0;
        window = Math.min(WINDOW_MAX, receiveMaximum);
        loop.tally().connected.increment();
        RunClock clock = loop.clock();
        if (clock != null) {
            for (int packetId = 1; packetId <= underWay.length; packetId++) {
                if (underWay[packetId - 1] != FREE && role(packetId) == READING) {
                    publish(to, clock, packetId);
                } else if (underWay[packetId - 1] != FREE) {
                    underWay[packetId - 1] = FREE; // a fault is not made up for
                    underWayCount--;
                }
            }
            to.flush();
        }
        loop.wakeAt(this, loop.nanos());
    }

    @Override
    public void acknowledged(int packetId, int reasonCode) {
        if (packetId < 1 || packetId > underWay.length || underWay[packetId - 1] == FREE) {
            return;
        }
        if (reasonCode == 0x10 || reasonCode >= 0x80) {
            loop.tally().refused.increment();
            loop.later(REFUSED_WAIT_NANOS, () -> again(packetId));
            return;
        }
        RunClock clock = loop.clock();
        if (clock != null && role(packetId) == READING) {
            loop.tally().acknowledged(clock.offsetMicros() - dueMicros(underWay[packetId - 1] >> ROLE_BITS));
        }
        if (role(packetId) == GARBAGE) {
            loop.tally().garbageTaken.increment();
        }
        underWay[packetId - 1] = FREE;
        if (underWayCount-- == window) {
            loop.wakeAt(this, loop.nanos());
        }
    }

    private int role(int packetId) {
        return (int) (underWay[packetId - 1] & ((1 << ROLE_BITS) - 1));
    }

    private void again(int packetId) {
        MqttConnection to = connection;
        RunClock clock = loop.clock();
        if (to != null && online && clock != null && underWay[packetId - 1] != FREE) {
            publish(to, clock, packetId);
            to.flush();
        }
    }

    @Override
    public void lost(String reason) {
        loop.tally().lost(reason);
        if (online) {
            loop.tally().connected.decrement();
        }
        online = false;
        connection = null;
        long most = BACKOFF_FIRST_NANOS << Math.min(failures++, DOUBLINGS_MAX);
        loop.wakeAt(this, loop.nanos() + loop.random().nextLong(most / 2, most));
    }

    /** Ends the connection if there is one. */
    void close() {
        MqttConnection closing = connection;
        if (closing != null) {
            closing.disconnect();
        }
    }
}
