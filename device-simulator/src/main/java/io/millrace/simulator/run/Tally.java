package io.millrace.simulator.run;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/** What a run counts while it runs. Thread-safe. Delays are in microseconds from the intended time of the event. */
final class Tally {
    static final long DELAY_MICROS_MAX = 3_600_000_000L;

    final LongAdder sent = new LongAdder();
    final LongAdder acknowledged = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder connectionsLost = new LongAdder();
    final LongAdder garbageTaken = new LongAdder();
    final LongAdder connected = new LongAdder();
    final Recorder receiptDelays = new Recorder(DELAY_MICROS_MAX, 3);
    private final Map<String, LongAdder> faults = new ConcurrentHashMap<>();
    private final AtomicLong visibleMaxMicros = new AtomicLong();
    private final AtomicLong lastSentMicros = new AtomicLong();
    private final AtomicReference<@Nullable String> lastError = new AtomicReference<>();

    /** Takes note of events that were handed to MQTT or to the spool for the first time. */
    void sent(long events, long offsetMicros) {
        sent.add(events);
        if (lastSentMicros.get() < offsetMicros) {
            lastSentMicros.accumulateAndGet(offsetMicros, Math::max);
        }
    }

    void acknowledged(long delayMicros) {
        acknowledged.increment();
        receiptDelays.recordValue(Math.clamp(delayMicros, 0, DELAY_MICROS_MAX));
    }

    /** The store showed a row. */
    void visible(long delayMicros) {
        visibleMaxMicros.accumulateAndGet(delayMicros, Math::max);
    }

    /** The longest of these delays since the last call, 0 if there was none. */
    long takeVisibleMaxMicros() {
        return visibleMaxMicros.getAndSet(0);
    }

    void lost(String reason) {
        connectionsLost.increment();
        lastError.set(reason);
    }

    /** The broker did not take a message. */
    void refused(String reason) {
        refused.increment();
        lastError.set(reason);
    }

    /** A fault was injected. */
    void fault(String kind) {
        faults.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    }

    /** How often each kind of fault was injected. */
    Map<String, Long> faults() {
        var counts = new TreeMap<String, Long>();
        faults.forEach((kind, count) -> counts.put(kind, count.sum()));
        return counts;
    }

    /** The last trouble with a connection, empty if there was none. */
    String lastError() {
        String reason = lastError.get();
        return reason == null ? "" : reason;
    }

    /** When the last event was sent for the first time, in microseconds since the run began. */
    long lastSentMicros() {
        return lastSentMicros.get();
    }
}
