package io.millrace.agent.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.agent.config.InputConfig;
import io.millrace.agent.spool.AppendResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpInputTest {
    private static final String EVENT = "{\"device\":\"d\",\"metric\":\"m\",\"value\":1}";

    private final MemoryIntake intake = new MemoryIntake();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpInput input;
    private Thread thread;

    HttpInputTest() throws InputUnavailableException {
        input = open(0);
        thread = new Thread(() -> {});
    }

    private HttpInput open(int port) throws InputUnavailableException {
        var config = new InputConfig.Http(
                "http", "telemetry", new InetSocketAddress(InetAddress.getLoopbackAddress(), port), "gw-7");
        return HttpInput.open(config, intake, new ManualClock(ManualClock.NOON));
    }

    @BeforeEach
    void start() {
        thread = Thread.ofPlatform().start(() -> {
            try {
                input.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @AfterEach
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
        input.close();
        client.close();
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + input.address().getPort() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Speaks HTTP by hand, for what a client library does not let through. */
    private String raw(String request) throws IOException {
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), input.address().getPort())) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    void takesJsonAndLineProtocol() throws Exception {
        assertThat(post("/events", EVENT).statusCode()).isEqualTo(204);
        assertThat(post("/events", "[" + EVENT + "," + EVENT + "]").statusCode())
                .isEqualTo(204);
        assertThat(post("/write?db=x&precision=s", "m,device=d value=1 1700000000\n")
                        .statusCode())
                .isEqualTo(204);
        assertThat(intake.events).hasSize(4);
        assertThat(intake.events.getLast().timeMicros()).isEqualTo(1_700_000_000_000_000L);
    }

    @Test
    void tellsWhichItemsWereRefusedAndTakesTheOthers() throws Exception {
        HttpResponse<String> response = post("/events", "[" + EVENT + ",{}]");
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body()).isEqualTo("""
                {"type":"about:blank","status":422,"title":"Some items are no events",\
                "detail":"1 of 2 were refused; the others are stored and must not be sent again",\
                "accepted":1,"refused":1,"refusals":[{"index":1,\
                "reason":"device is missing, expected device, metric and value"}]}""");
        assertThat(post("/write", "m value=1\nm\n").body())
                .contains("\"accepted\":1")
                .contains("{\"line\":2,");
        assertThat(intake.events).hasSize(2);
    }

    @Test
    void takesNothingOfABodyThatCannotBeRead() throws Exception {
        assertThat(post("/events", "[" + EVENT + ",").statusCode()).isEqualTo(400);
        assertThat(post("/write?precision=weeks", "m value=1").statusCode()).isEqualTo(400);
        assertThat(intake.events).isEmpty();
    }

    @Test
    void refusesBodiesThatAreTooLarge() throws Exception {
        String large = "x".repeat(HttpInput.BODY_BYTES_MAX + 1);
        assertThat(post("/events", large).statusCode()).isEqualTo(413);
        assertThat(post("/write", "m value=1\n".repeat(Submission.EVENTS_MAX + 1))
                        .statusCode())
                .isEqualTo(413);
        assertThat(intake.events).isEmpty();
    }

    @Test
    void asksToSendAgainWhileTheSpoolHasNoRoom() throws Exception {
        intake.answers.add(new AppendResult.Full("no room"));
        intake.answers.add(new AppendResult.Full("no room"));
        HttpResponse<String> response = post("/events", EVENT);
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(response.body()).contains("\"accepted\":0").contains("no room");
    }

    @Test
    void doesNotClaimSuccessWhenTheSpoolCannotBeWrittenOrDrops() throws Exception {
        intake.flushes = false;
        assertThat(post("/events", EVENT).statusCode()).isEqualTo(503);
        intake.flushes = true;
        intake.answers.add(new AppendResult.Dropped(1));
        assertThat(post("/events", EVENT).statusCode()).isEqualTo(507);
    }

    @Test
    void answersOnlyToThisMachine() throws Exception {
        assertThat(raw("POST /events HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(post("/events", EVENT, "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(intake.events).isEmpty();
    }

    @Test
    void tellsWhatItDoesNotDo() throws Exception {
        assertThat(post("/other", EVENT).statusCode()).isEqualTo(404);
        assertThat(post("/events", EVENT, "Content-Encoding", "gzip").statusCode())
                .isEqualTo(415);
        assertThat(raw("GET /events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("Allow: POST");
    }

    @Test
    void aPortThatIsTakenIsTold() {
        assertThatThrownBy(() -> open(input.address().getPort()).close())
                .isInstanceOf(InputUnavailableException.class)
                .hasMessageContaining("cannot listen on");
    }
}
