package io.millrace.gateway.notify;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A webhook's other end: a real HTTP server on loopback that answers as it is told. */
final class Receiver implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;

    /** What came in. */
    record Request(String key, String signature, String body) {}

    /** Answers a request; the default is 204. */
    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;

        static Answer status(int status) {
            return exchange -> exchange.sendResponseHeaders(status, -1);
        }
    }

    private final HttpServer server;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    private volatile Answer answer = Answer.status(204);

    Receiver() throws IOException {
        this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    Receiver(HttpServer server) {
        this.server = server;
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            requests.add(new Request(
                    String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key")),
                    String.valueOf(exchange.getRequestHeaders().getFirst(Signature.HEADER)),
                    body));
            answer.to(exchange);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Receiver answering(Answer next) {
        answer = next;
        return this;
    }

    URI url() {
        return URI.create("http://127.0.0.1:%d/hook".formatted(port()));
    }

    int port() {
        return server.getAddress().getPort();
    }

    Request await() throws InterruptedException {
        Request request = requests.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request came in %d s".formatted(PATIENCE_SECONDS));
        }
        return request;
    }

    boolean isIdle() {
        return requests.isEmpty();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
