package io.millrace.simulator.run;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** How a run goes, for Prometheus: {@code /metrics} on loopback, in its text format 0.0.4. */
final class Metrics implements AutoCloseable {
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};

    private final HttpServer server;
    private final Tally tally;
    private final Sampler sampler;

    /**
     * @param port 0 for any free one
     * @throws IOException if the port is in use
     */
    Metrics(int port, Tally tally, Sampler sampler) throws IOException {
        this.tally = tally;
        this.sampler = sampler;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/metrics", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = text().getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    String text() {
        var text = new StringBuilder();
        counter(text, "events_sent_total", "Events handed to MQTT or to a spool for the first time.", tally.sent.sum());
        counter(text, "events_acknowledged_total", "Of these, acknowledged or receipted.", tally.acknowledged.sum());
        counter(
                text,
                "connections_lost_total",
                "Connections lost, and attempts that failed.",
                tally.connectionsLost.sum());
        counter(text, "messages_refused_total", "Messages that the broker did not take.", tally.refused.sum());
        head(text, "faults_total", "counter", "Faults injected.");
        tally.faults().forEach((kind, count) -> value(text, "faults_total{kind=\"%s\"}".formatted(kind), count));
        head(text, "connections", "gauge", "Connections at present.");
        value(text, "connections", tally.connected.sum());
        Histogram micros = sampler.receiptsSoFar();
        head(text, "receipt_delay_seconds", "summary", "From an event's intended time to its acknowledgement.");
        for (double quantile : QUANTILES) {
            value(
                    text,
                    "receipt_delay_seconds{quantile=\"%s\"}".formatted(quantile),
                    micros.getValueAtPercentile(100 * quantile) / 1e6);
        }
        value(text, "receipt_delay_seconds_count", micros.getTotalCount());
        return text.toString();
    }

    private static void counter(StringBuilder text, String name, String help, long count) {
        head(text, name, "counter", help);
        value(text, name, count);
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append(
                "# HELP millrace_simulator_%s %s\n# TYPE millrace_simulator_%s %s\n".formatted(name, help, name, type));
    }

    private static void value(StringBuilder text, String series, long count) {
        line(text, series, Long.toString(count));
    }

    private static void value(StringBuilder text, String series, double value) {
        line(text, series, String.format(Locale.ROOT, "%.6f", value));
    }

    private static void line(StringBuilder text, String series, String number) {
        text.append("millrace_simulator_")
                .append(series)
                .append(' ')
                .append(number)
                .append('\n');
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
