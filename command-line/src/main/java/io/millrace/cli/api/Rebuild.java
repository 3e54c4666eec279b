package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Has a read model derived from the log again, and shows how far it is. */
public final class Rebuild {
    private static final long ASK_EVERY_MILLIS = 500;

    /** A line every so many answers, so that a log of it stays short. */
    private static final int LINE_EVERY = 4;

    private final GatewayClient gateway;
    private final PrintStream progress;
    private final LongSupplier nanoClock;

    /** What can be derived again. */
    public enum Model {
        events,
        ledger,
        windows
    }

    /**
     * @param progress gets a line every two seconds
     * @param nanoClock monotonic, in nanoseconds
     */
    public Rebuild(GatewayClient gateway, PrintStream progress, LongSupplier nanoClock) {
        this.gateway = gateway;
        this.progress = progress;
        this.nanoClock = nanoClock;
    }

    /**
     * Starts it and returns when it is done.
     *
     * @throws CommandException if the gateway refuses, goes away, or says that it failed
     */
    public void run(Model model) throws CommandException, InterruptedException {
        gateway.post("rebuild/" + model);
        long startedNanos = nanoClock.getAsLong();
        long first = -1;
        for (int answers = 0; ; answers++) {
            Status status = Status.of(gateway.get("rebuild"));
            first = first < 0 ? status.position() : first;
            long elapsedNanos = nanoClock.getAsLong() - startedNanos;
            switch (status.state()) {
                case "done" -> {
                    progress.printf(
                            Locale.ROOT, "%s: done, %d entries in %.1f s%n", model, status.head(), elapsedNanos / 1e9);
                    return;
                }
                case "running" -> {
                    if (answers % LINE_EVERY == 0) {
                        progress.println(model + ": " + status.progress(first, elapsedNanos));
                    }
                }
                default ->
                    throw CommandException.notHolding("rebuild of %s failed at entry %d of %d: %s"
                            .formatted(model, status.position(), status.head(), status.error()));
            }
            TimeUnit.MILLISECONDS.sleep(ASK_EVERY_MILLIS);
        }
    }

    /**
     * How far a rebuild is.
     *
     * @param position entries derived
     * @param head entries there are
     * @param state running, done or failed
     */
    record Status(
            long position,
            long head,
            String state,
            @Nullable String error) {
        static Status of(String json) throws CommandException {
            try {
                Map<String, @Nullable Object> map = Json.object(json);
                Object error = map.get("error");
                return new Status(
                        map.get("position") instanceof Number position ? position.longValue() : 0,
                        map.get("head") instanceof Number head ? head.longValue() : 0,
                        String.valueOf(map.get("state")),
                        error == null ? null : error.toString());
            } catch (IOException e) {
                throw CommandException.unavailable("the gateway's progress cannot be read: " + e.getMessage());
            }
        }

        /** Percent, entries, and the time left at the rate so far. */
        String progress(long first, long elapsedNanos) {
            double percent = head == 0 ? 100 : 100.0 * position / head;
            String left = position > first
                    ? "%.0f s left".formatted((double) (head - position) / (position - first) * elapsedNanos / 1e9)
                    : "time left unknown";
            return String.format(Locale.ROOT, "%.0f %%, entry %d of %d, %s", percent, position, head, left);
        }
    }
}
