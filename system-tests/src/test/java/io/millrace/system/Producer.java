package io.millrace.system;

import io.millrace.system.Reading.Type;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Posts readings to an agent at a steady rate, 500 a second at most, whether it is there or not, and keeps a journal of
 * what was acknowledged. It never sends a reading again: what got no answer may be stored or not, but once at most.
 */
final class Producer implements AutoCloseable {
    private static final long POST_EVERY_MILLIS = 20;
    private static final int READINGS_PER_POST = 10;
    private static final int ALARM_EVERY_POSTS = 10;

    /** 16 posts of nearly 1 MiB: more than a spool of 16 MiB leaves for telemetry. */
    private static final int FLOOD_POSTS = 16;

    private static final int FLOOD_READINGS_PER_POST = 56;
    private static final int FLOOD_TEXT_CHARS = 16 * 1024;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final Set<Integer> NOT_TAKEN = Set.of(503, 507);

    private final String agent;
    private final URI events;
    private final SplittableRandom random;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Set<Reading> acknowledged = new HashSet<>();
    private final Set<Reading> unanswered = new HashSet<>();
    private final AtomicInteger floodPosts = new AtomicInteger();
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().factory());
    private final ScheduledFuture<?> posting;
    private long lastMicros;
    private int posts;

    /**
     * Starts at once.
     *
     * @param port where the agent's {@code http} input listens, if the agent runs
     */
    Producer(String agent, int port, long seed) {
        this.agent = agent;
        events = URI.create("http://127.0.0.1:%d/events".formatted(port));
        random = new SplittableRandom(seed);
        posting = thread.scheduleWithFixedDelay(this::post, 0, POST_EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Posts more than the agent's spool holds, as fast as the agent takes it. */
    void flood() {
        floodPosts.set(FLOOD_POSTS);
    }

    /** Ends posting and tells what it knows. */
    Journal end() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(2 * ANSWER_MAX.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("a post to %s still waits for its answer".formatted(events));
        }
        if (posting.state() == Future.State.FAILED) {
            throw new AssertionError("posting to %s failed".formatted(events), posting.exceptionNow());
        }
        return new Journal(agent, acknowledged, unanswered);
    }

    private void post() {
        boolean isFlood = floodPosts.get() > 0;
        if (isFlood) {
            floodPosts.decrementAndGet();
        }
        String lane = !isFlood && posts++ % ALARM_EVERY_POSTS == 0 ? "alarm" : "telemetry";
        List<Reading> readings = new ArrayList<>();
        for (int i = 0; i < (isFlood ? FLOOD_READINGS_PER_POST : READINGS_PER_POST); i++) {
            readings.add(isFlood ? largeText(lane) : any(lane, i));
        }
        (isTaken(readings) ? acknowledged : unanswered).addAll(readings);
    }

    private boolean isTaken(List<Reading> readings) {
        String body = readings.stream().map(Reading::json).collect(Collectors.joining(",", "[", "]"));
        HttpRequest request = HttpRequest.newBuilder(events)
                .timeout(ANSWER_MAX)
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            int status = http.send(request, BodyHandlers.discarding()).statusCode();
            if (status != 204 && !NOT_TAKEN.contains(status)) {
                throw new AssertionError("%s answered %d to good readings: %s".formatted(events, status, body));
            }
            return status == 204;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Reading any(String lane, int i) {
        return switch (i % 4) {
            case 0 -> reading(lane, "pressure", "bar", Type.NUMBER, Double.toString(random.nextDouble(-1e6, 1e6)));
            case 1 -> reading(lane, "energy", "Wh", Type.INTEGER, Long.toString(Long.MAX_VALUE - random.nextInt()));
            case 2 -> reading(lane, "open", "", Type.BOOLEAN, Boolean.toString(random.nextBoolean()));
            default -> reading(lane, "state", "", Type.TEXT, "state " + random.nextLong());
        };
    }

    private Reading largeText(String lane) {
        String text = Long.toHexString(random.nextLong(1L << 60, Long.MAX_VALUE));
        return reading(lane, "report", "", Type.TEXT, text.repeat(FLOOD_TEXT_CHARS / text.length()));
    }

    private Reading reading(String lane, String metric, String unit, Type type, String value) {
        lastMicros = Math.max(lastMicros + 1, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()));
        return new Reading(lane, "pump-" + random.nextInt(3), metric, unit, lastMicros, type, value);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        http.shutdownNow();
    }
}
