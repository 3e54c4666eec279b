package io.millrace.simulator.run;

import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.PlainMessages;
import io.millrace.simulator.mqtt.Line;
import io.millrace.simulator.mqtt.MqttConnection;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
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
    private static final int NO_SUBSCRIBERS = 0x10; // MQTT 5.0, section 3.4.2.1
    private static final int FAILURE = 0x80;

    /** What a message under way is; two bits below the event and whether it was sent before. */
    private static final int READING = 0;

    private static final int DUPLICATE = 1;
    private static final int GARBAGE = 2;
    private static final int ROLES = 3;
    private static final int SENT = 4;
    private static final int EVENT_SHIFT = 3;

    private final PlainLoop loop;
    private final Fleet fleet;
    private final int unit;
    private final Line line;
    private final FaultyMessages faulty;

    /** What is under way by packet id less one, {@link #FREE} where there is nothing: event, {@link #SENT}, role. */
    private long[] underWay = new long[WINDOW_FIRST];

    /** By event; null while there are none. */
    private @Nullable Map<Long, Integer> repeats;

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
        PlainMessages messages = loop.messages();
        if (to == null || clock == null || messages == null) {
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
            sendNew(to, messages, next);
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

    private void sendNew(MqttConnection to, PlainMessages messages, long event) {
        int packetId = take(event, READING);
        long heldBackMillis = faulty.heldBackMillis(event);
        if (heldBackMillis > 0) {
            loop.later(TimeUnit.MILLISECONDS.toNanos(heldBackMillis), () -> again(packetId));
        } else {
            publish(to, messages, packetId);
        }
        // Room first: they are counted when asked for.
        if (underWayCount < window && faulty.isDuplicated(event)) {
            publish(to, messages, take(event, DUPLICATE));
        }
        if (underWayCount < window && faulty.isGarbageSent(event)) {
            publish(to, messages, take(event, GARBAGE));
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
        underWay[slot] = event << EVENT_SHIFT | role;
        underWayCount++;
        return slot + 1;
    }

    private void publish(MqttConnection to, PlainMessages messages, int packetId) {
        long event = underWay[packetId - 1] >> EVENT_SHIFT;
        int metric = (int) (event % fleet.metrics().size());
        byte[] payload = role(packetId) == GARBAGE ? faulty.garbage(event) : messages.payload(fleet, unit, event);
        String topic = PlainMessages.topic(loop.population(), fleet, unit, metric);
        to.publish(packetId, topic, payload, false);
        if (role(packetId) == DUPLICATE || (role(packetId) == READING && (underWay[packetId - 1] & SENT) != 0)) {
            repeated(event);
        }
        underWay[packetId - 1] |= SENT;
    }

    /** Takes note of it where the proof sees it: elsewhere our gateway folds it. */
    private void repeated(long event) {
        boolean seen = loop.proof() instanceof Proof.Broker(boolean subscribing)
                ? subscribing
                : !fleet.format().hasTime();
        if (seen) {
            if (repeats == null) {
                repeats = new HashMap<>();
            }
            repeats.merge(event, 1, Integer::sum);
        }
    }

    /** How often an event was sent again. For the loop's thread, or once it was stopped. */
    int repeats(long event) {
        return repeats == null ? 0 : repeats.getOrDefault(event, 0);
    }

    @Override
    public void connected(MqttConnection to, int receiveMaximum) {
        online = true;
        failures = 0;
        window = Math.min(WINDOW_MAX, receiveMaximum);
        loop.tally().connected.increment();
        PlainMessages messages = loop.messages();
        if (messages != null) {
            for (int packetId = 1; packetId <= underWay.length; packetId++) {
                if (underWay[packetId - 1] != FREE && role(packetId) == READING) {
                    publish(to, messages, packetId);
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
        boolean unheard = reasonCode == NO_SUBSCRIBERS && !(loop.proof() instanceof Proof.Broker);
        if (unheard || reasonCode >= FAILURE) {
            loop.tally()
                    .refused(
                            unheard
                                    ? "reason 0x10, nobody subscribes to it; where no gateway of ours does, say --sql none"
                                    : "reason 0x%02x".formatted(reasonCode));
            underWay[packetId - 1] &= ~(long) SENT; // it did not get through
            loop.later(REFUSED_WAIT_NANOS, () -> again(packetId));
            return;
        }
        RunClock clock = loop.clock();
        if (clock != null && role(packetId) == READING) {
            loop.tally().acknowledged(clock.offsetMicros() - dueMicros(underWay[packetId - 1] >> EVENT_SHIFT));
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
        return (int) (underWay[packetId - 1] & ROLES);
    }

    private void again(int packetId) {
        MqttConnection to = connection;
        PlainMessages messages = loop.messages();
        if (to != null && online && messages != null && underWay[packetId - 1] != FREE) {
            publish(to, messages, packetId);
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
