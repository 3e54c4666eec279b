package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What all parts of an engine share while it handles one call: where the log stands, where results go, and counts. */
final class Turn {
    /** A jump between two ticks that is longer was an outage of the gateway, in which nobody can be called silent. */
    private static final long TICK_MICROS_MAX = 2_000_000L;

    private static final Output NOWHERE = new Output() {
        @Override
        public void window(ClosedWindow window) {}

        @Override
        public void stale(StaleWindow window) {}

        @Override
        public void transition(AlertTransition transition) {}
    };

    final Limits limits;
    Output out = NOWHERE;
    long position = Long.MIN_VALUE;

    /** Time of the last tick, microseconds since 1970. */
    long wallMicros = Long.MIN_VALUE;

    /** For how long the gateway was receiving, by its ticks; grows only. The measure of silence. */
    long receivingMicros;

    final Inhibition inhibition;
    final StaleMarks stale = new StaleMarks();
    final Gaps gaps = new Gaps();

    /**
     * Receiving time at which a tick should look at a series, by its place in the engine's list; may be too early, never
     * too late. Apart from the series, since each tick reads all of it.
     */
    long[] wakes = new long[16];

    /** Alerts of the present that are raised, nearly in the order in which they were. */
    final Map<UUID, Judgement> openNow = new LinkedHashMap<>();

    /** What is bad in the present and not raised. */
    final Set<Judgement> pendingNow = new HashSet<>();

    /** Judgements that are shelved, raised or not. */
    final Set<Judgement> shelved = new HashSet<>();

    long windows;

    /** With those of history. */
    long openAlerts;

    long judgements;
    long late;
    long unfit;
    long seriesRefused;
    long windowsRefused;
    long judgementsRefused;
    long alertsRefused;

    Turn(Rules rules, Limits limits) {
        this.limits = limits;
        inhibition = new Inhibition(rules);
    }

    void begin(long newPosition, Output output) {
        if (newPosition < position) {
            throw new IllegalArgumentException(
                    "log position %d comes after %d, expected positions to ascend".formatted(newPosition, position));
        }
        position = newPosition;
        out = output;
    }

    void tick(long timeMicros) {
        if (wallMicros != Long.MIN_VALUE) {
            receivingMicros += Math.clamp(timeMicros - wallMicros, 0, TICK_MICROS_MAX);
        }
        wallMicros = timeMicros;
    }

    Stats stats(int series) {
        return new Stats(
                series,
                windows,
                openAlerts,
                late,
                stale.told,
                stale.refused,
                gaps.count(),
                gaps.refused,
                unfit,
                seriesRefused,
                windowsRefused,
                judgementsRefused,
                alertsRefused);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(position);
        to.writeLong(wallMicros);
        to.writeLong(receivingMicros);
        to.writeLong(late);
        to.writeLong(unfit);
        to.writeLong(seriesRefused);
        to.writeLong(windowsRefused);
        to.writeLong(judgementsRefused);
        to.writeLong(alertsRefused);
    }

    /** Counts that follow from what is held are not written: they grow again as that is read. */
    void read(DataInput from) throws IOException {
        position = from.readLong();
        wallMicros = from.readLong();
        receivingMicros = from.readLong();
        late = from.readLong();
        unfit = from.readLong();
        seriesRefused = from.readLong();
        windowsRefused = from.readLong();
        judgementsRefused = from.readLong();
        alertsRefused = from.readLong();
    }
}
