package io.millrace.simulator.verify;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Population;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long it takes from the intended time of a reading until the gateway shows the alert that it raised, by
 * asking for open alerts again and again; so a delay is a little long by the question's own and by the wait between two.
 * An alert names the event time at which it was raised: if one of our devices took a reading of that metric then, this
 * reading raised it. Alerts of windows, of silence and of groups name another time or nobody, and are left out, and so is
 * one that is cleared before the next question.
 */
public final class AlertProbe implements Runnable {
    private static final long ASK_MILLIS = 50;

    /** Long lists take long: asking takes at most a part of the time, one in so many, unless it takes very long. */
    private static final int ASK_SHARE = 5;

    /** The first answer of a gateway that has just started may take seconds; what comes then is still to be seen soon. */
    private static final long WAIT_MILLIS_MAX = 2_000;

    private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
    private static final int SEEN_MAX = 1_000_000;
    private static final JsonFactory JSON = new JsonFactory();

    private final URI alerts;
    private final Population population;
    private final long startMicros;
    private final LongSupplier offsetMicros;
    private final LongConsumer delayMicros;
    private final Consumer<String> trouble;
    private final Set<String> seen = new HashSet<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param api the gateway
     * @param startMicros when the run began, since 1970
     * @param offsetMicros the time since then
     * @param delayMicros hears of each alert once
     * @param trouble hears why alerts cannot be timed, if they cannot
     */
    public AlertProbe(
            URI api,
            Population population,
            long startMicros,
            LongSupplier offsetMicros,
            LongConsumer delayMicros,
            Consumer<String> trouble) {
        this.alerts = api.resolve("/api/v1/alerts?history=0");
        this.population = population;
        this.startMicros = startMicros;
        this.offsetMicros = offsetMicros;
        this.delayMicros = delayMicros;
        this.trouble = trouble;
    }

    /** Asks until {@link #stop} and once more then, or until the gateway does not answer. */
    @Override
    public void run() {
        HttpRequest request =
                HttpRequest.newBuilder(alerts).timeout(ANSWER_MAX).GET().build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (long waitMillis = ASK_MILLIS; !stopped.await(waitMillis, TimeUnit.MILLISECONDS); ) {
                long asked = offsetMicros.getAsLong();
                ask(client, request);
                long tookMillis = (offsetMicros.getAsLong() - asked) / 1_000;
                waitMillis = Math.clamp((ASK_SHARE - 1) * tookMillis, ASK_MILLIS, WAIT_MILLIS_MAX);
            }
            ask(client, request);
        } catch (IOException e) {
            trouble.accept("alerts are not timed any more, since %s does not answer: %s. Its address goes with --api"
                    .formatted(alerts, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends {@link #run} after one more question, of at most 10 s; an interrupt ends it at once. */
    public void stop() {
        stopped.countDown();
    }

    private void ask(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        long now = offsetMicros.getAsLong();
        try (InputStream body = response.body();
                JsonParser json = JSON.createParser(body)) {
            if (response.statusCode() / 100 != 2) {
                throw new IOException("HTTP " + response.statusCode());
            }
            read(json, now);
        }
    }

    /** The objects in the list called {@code open}. */
    private void read(JsonParser json, long now) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("the answer is no object");
        }
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            if (!field.equals("open") || value != JsonToken.START_ARRAY) {
                json.skipChildren();
                continue;
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                raised(texts(json), now);
            }
        }
    }

    private static Map<String, String> texts(JsonParser json) throws IOException {
        Map<String, String> texts = new HashMap<>();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            if (json.nextToken() == JsonToken.VALUE_STRING) {
                texts.put(field, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return texts;
    }

    private void raised(Map<String, String> alert, long now) {
        String id = alert.getOrDefault("id", "");
        if (!population.site().equals(alert.get("site")) || seen.size() >= SEEN_MAX || !seen.add(id)) {
            return;
        }
        Long taken =
                takenMicros(alert.getOrDefault("device", ""), alert.get("metric"), alert.getOrDefault("since", ""));
        if (taken != null) {
            delayMicros.accept(now - taken);
        }
    }

    /** When the reading was taken that raised it, since the run began; null if none of ours did. */
    private @Nullable Long takenMicros(String deviceName, @Nullable String metric, String since) {
        long stamp;
        try {
            stamp = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(since)) - startMicros;
        } catch (DateTimeException _) {
            return null;
        }
        for (Fleet fleet : population.fleets()) {
            Fleet.Device device = fleet.device(deviceName);
            if (device != null
                    && population.includes(fleet, device.unit())
                    && fleet.metrics().stream().anyMatch(each -> each.name().equals(metric))) {
                long sample = fleet.sampleAt(population.seed(), device.unit(), device.device(), stamp);
                return sample < 0 || sample >= fleet.samplesOf(device.unit(), population.horizonMicros())
                        ? null
                        : (Long) fleet.offsetMicros(population.seed(), device.unit(), sample);
            }
        }
        return null;
    }
}
