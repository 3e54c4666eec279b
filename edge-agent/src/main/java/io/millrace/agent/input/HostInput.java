package io.millrace.agent.input;

import io.millrace.agent.config.InputConfig;
import io.millrace.agent.spool.AppendResult;
import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads this machine's own figures at a fixed rate. While the wall clock cannot be right, readings wait in memory with
 * their monotonic time; once it is, they get their time, with quality {@code uncertain}.
 */
final class HostInput implements Input {
    /** Readings that wait for the clock; beyond, the oldest go, and a log line counts them. */
    static final int HELD_MAX = 600;

    private static final Logger log = LoggerFactory.getLogger(HostInput.class);

    /** One round of figures. */
    record Reading(long nanos, List<Figure> figures) {}

    /** One figure of the machine. */
    record Figure(String metric, String unit, double value) {}

    /** Where the figures come from. */
    @FunctionalInterface
    interface Figures {
        /** All of them, now; those that this machine does not have are left out. */
        List<Figure> read();
    }

    private final InputConfig.Host config;
    private final Intake intake;
    private final AgentClock clock;
    private final Figures figures;
    private final Deque<Reading> held = new ArrayDeque<>();
    private final Map<String, Series> seriesByMetric = new HashMap<>();
    private boolean isHolding;
    private boolean isRefused;
    private long lost;

    HostInput(InputConfig.Host config, Intake intake, AgentClock clock, Figures figures) {
        this.config = config;
        this.intake = intake;
        this.clock = clock;
        this.figures = figures;
    }

    @Override
    public String name() {
        return config.name();
    }

    @Override
    public boolean ends() {
        return false;
    }

    @Override
    public InputEnd run() throws InterruptedException {
        long next = clock.nanos();
        while (true) {
            step();
            next += config.every().toNanos();
            long wait = next - clock.nanos();
            if (wait > 0) {
                clock.sleep(Duration.ofNanos(wait));
            } else {
                next = clock.nanos(); // the machine was suspended or too slow: what was missed is not made up for
            }
        }
    }

    void step() {
        Reading reading = new Reading(clock.nanos(), figures.read());
        if (!clock.isPlausible()) {
            hold(reading);
            return;
        }
        while (!held.isEmpty()) {
            append(held.removeFirst(), Quality.UNCERTAIN);
        }
        if (isHolding) {
            log.info("Clock is plausible, held readings got their time: input={} lost={}", name(), lost);
            isHolding = false;
        }
        append(reading, Quality.GOOD);
    }

    private void hold(Reading reading) {
        if (!isHolding) {
            log.warn("Clock is before {}, readings wait for it: input={}", AgentClock.SOFTWARE_DATE, name());
            isHolding = true;
        }
        held.addLast(reading);
        if (held.size() > HELD_MAX) {
            held.removeFirst();
            lost++;
        }
    }

    private void append(Reading reading, Quality quality) {
        long time = clock.micros() - TimeUnit.NANOSECONDS.toMicros(clock.nanos() - reading.nanos());
        var events = new ArrayList<Event>(reading.figures().size());
        for (Figure figure : reading.figures()) {
            events.add(new Event(series(figure), time, new Value.Numeric(figure.value()), quality));
        }
        boolean wasRefused = isRefused;
        isRefused = intake.append(config.lane(), events, null) instanceof AppendResult.Full;
        if (isRefused && !wasRefused) {
            log.warn("Spool is full, readings of this machine are not taken until it has room: input={}", name());
        } else if (wasRefused && !isRefused) {
            log.info("Spool has room again: input={}", name());
        }
    }

    private Series series(Figure figure) {
        return seriesByMetric.computeIfAbsent(
                figure.metric(), metric -> new Series(config.device(), metric, figure.unit()));
    }

    @Override
    public void close() {}
}
