package io.millrace.simulator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real HTTP server that says what a gateway says. */
class AlertProbeTest {
    private static final long START = 1_767_225_600_000_000L;
    private static final long NOW = 5_000_000;
    private static final Metric METRIC = new Metric("temperature", "", new Signal.Counter(2, 100));
    private static final Fleet FLEET = new Fleet(0, "oven", Transport.PLAIN, 2, 1, List.of(METRIC), 2, 0.1);
    private static final Population POPULATION = new Population(7, "sim", List.of(FLEET), 4_000_000);

    private final List<Long> delays = new CopyOnWriteArrayList<>();
    private final List<String> troubles = new CopyOnWriteArrayList<>();
    private final AtomicInteger status = new AtomicInteger(200);
    private final CountDownLatch askedThrice = new CountDownLatch(3);
    private HttpServer server;
    private String answer = "";

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/alerts", exchange -> {
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                assertThat(exchange.getRequestURI().getQuery()).isEqualTo("history=0");
                exchange.sendResponseHeaders(status.get(), body.length);
                exchange.getResponseBody().write(body);
            }
            askedThrice.countDown();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static String alert(String id, String site, String device, String metric, long sinceMicros) {
        return ("{\"id\":\"%s\",\"rule\":\"hot\",\"site\":\"%s\",\"agent\":\"x\",\"device\":\"%s\",\"metric\":\"%s\","
                        + "\"severity\":\"major\",\"since\":\"%s\",\"value\":81.5,\"acknowledged\":{\"who\":\"me\"}}")
                .formatted(id, site, device, metric, Instant.EPOCH.plus(START + sinceMicros, ChronoUnit.MICROS));
    }

    private AlertProbe probe() {
        return new AlertProbe(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
                POPULATION,
                START,
                () -> NOW,
                delays::add,
                troubles::add);
    }

    @Test
    void timesEachAlertOfAReadingOnceAndNoOther() throws Exception {
        long taken = FLEET.stampMicros(7, 1, 2);
        answer = "{\"history\":[{\"id\":\"h\"}],\"open\":["
                + String.join(
                        ",",
                        alert("a", "sim", "oven-2", "temperature", taken),
                        alert("of another site", "plant", "oven-2", "temperature", taken),
                        alert("of a window", "sim", "oven-2", "temperature", taken + 1),
                        alert("of a group", "sim", "*", "temperature", taken),
                        alert("of another metric", "sim", "oven-2", "noise", taken),
                        alert("of an earlier run", "sim", "oven-2", "temperature", taken - 3_600_000_000L))
                + "]}";
        AlertProbe probe = probe();
        Thread asking = Thread.ofVirtual().start(probe);
        assertThat(askedThrice.await(20, TimeUnit.SECONDS)).isTrue();
        probe.stop();
        asking.join();
        assertThat(delays).containsExactly(NOW - taken);
        assertThat(troubles).isEmpty();
    }

    /** So an alert counts that came since the question before. */
    @Test
    void asksOnceMoreWhenItIsStopped() {
        long taken = FLEET.stampMicros(7, 1, 2);
        answer = "{\"open\":[" + alert("a", "sim", "oven-2", "temperature", taken) + "]}";
        AlertProbe probe = probe();
        probe.stop();
        probe.run();
        assertThat(delays).containsExactly(NOW - taken);
    }

    @Test
    void saysWhyAlertsCannotBeTimed() {
        status.set(503);
        probe().run();
        assertThat(troubles).singleElement().asString().contains("HTTP 503", "--api");
        assertThat(delays).isEmpty();
    }
}
