package io.millrace.cli.api;

import io.millrace.cli.CommandException;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Copies stored events to a stream, in event-time order, as fast as asked for. */
public final class Replay {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final GatewayClient gateway;
    private final Speed speed;
    private final LongSupplier nanoClock;

    private @Nullable Instant firstEvent;
    private long firstNanos;

    /** @param nanoClock monotonic, in nanoseconds */
    public Replay(GatewayClient gateway, Speed speed, LongSupplier nanoClock) {
        this.gateway = gateway;
        this.speed = speed;
        this.nanoClock = nanoClock;
    }

    /**
     * Copies until the gateway says there is no more, or the reader of {@code out} has seen enough.
     *
     * @throws CommandException if the gateway refuses, or goes away in the middle
     */
    public void copy(Filter filter, OutputStream out) throws CommandException, InterruptedException {
        var buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        try (var lines = new BufferedReader(new InputStreamReader(
                gateway.stream("events" + filter.query(), "application/x-ndjson"), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                awaitDue(line, buffered);
                if (!written(line, buffered)) {
                    return;
                }
            }
            flushed(buffered);
        } catch (IOException e) {
            flushed(buffered);
            throw gateway.unreachable(e);
        }
    }

    private void awaitDue(String line, OutputStream out) throws IOException, InterruptedException {
        if (Double.isInfinite(speed.factor())) {
            return;
        }
        Instant event = time(line);
        if (firstEvent == null) {
            firstEvent = event;
            firstNanos = nanoClock.getAsLong();
        }
        Duration due = speed.due(Duration.between(firstEvent, event));
        long waitNanos = due.toNanos() - (nanoClock.getAsLong() - firstNanos);
        if (waitNanos > 0) {
            flushed(out);
            TimeUnit.NANOSECONDS.sleep(waitNanos);
        }
    }

    private static Instant time(String line) throws IOException {
        String text = Json.string(line, "ts");
        try {
            return OffsetDateTime.parse(text == null ? "" : text).toInstant();
        } catch (DateTimeException e) {
            throw new IOException("event without a time: " + line, e);
        }
    }

    /** False when nobody reads any more: that ends a replay without a complaint, as in {@code replay | head}. */
    private static boolean written(String line, OutputStream out) {
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void flushed(OutputStream out) {
        try {
            out.flush();
        } catch (IOException e) {
            // Nobody reads any more: the next write says so.
        }
    }
}
