package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookChannelTest {
    private static final Instant NOW = Instant.parse("2026-01-01T03:00:00Z");
    private static final InstantSource CLOCK = InstantSource.fixed(NOW);
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Notification NOTIFICATION = Notification.test("key-1", "hook", NOW);

    private static WebhookChannel channel(URI url, Optional<Secret> secret, Duration patience) {
        return new WebhookChannel(new ChannelConfig.Webhook("hook", url, secret), CLOCK, patience);
    }

    private static DeliveryResult deliver(URI url) throws InterruptedException {
        return channel(url, Optional.empty(), PATIENCE).deliver(NOTIFICATION);
    }

    @Test
    void postsTheJsonSignedAndWithItsKey(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        try (var receiver = new Receiver()) {
            var channel = channel(receiver.url(), Optional.of(new Secret.InFile(secret)), PATIENCE);
            assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
            assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
            Receiver.Request request = receiver.await();
            assertThat(receiver.await()).isEqualTo(request);
            assertThat(request.key()).isEqualTo("key-1");
            assertThat(request.body()).isEqualTo(new String(NOTIFICATION.json(), StandardCharsets.UTF_8));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("s3cret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signed = mac.doFinal((NOW.getEpochSecond() + "." + request.body()).getBytes(StandardCharsets.UTF_8));
            assertThat(request.signature())
                    .isEqualTo("t=%d,v1=%s"
                            .formatted(NOW.getEpochSecond(), HexFormat.of().formatHex(signed)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 401, 403, 408, 425, 429})
    void triesAgainWhatMayWorkLater(int status) throws Exception {
        try (var receiver = new Receiver().answering(Receiver.Answer.status(status))) {
            assertThat(deliver(receiver.url())).isInstanceOfSatisfying(Unavailable.class, u -> {
                assertThat(u.reason())
                        .contains("HTTP " + status, "http://127.0.0.1:")
                        .doesNotContain("/hook");
                assertThat(u.retryAfter()).isEmpty();
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 410, 422, 302})
    void doesNotTryAgainWhatIsRefused(int status) throws Exception {
        try (var receiver = new Receiver().answering(Receiver.Answer.status(status))) {
            assertThat(deliver(receiver.url()))
                    .isInstanceOfSatisfying(
                            Refused.class, r -> assertThat(r.reason()).contains("HTTP " + status));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"90", "Thu, 1 Jan 2026 03:01:30 GMT"})
    void honoursWhenItMayTryAgain(String after) throws Exception {
        try (var receiver = new Receiver().answering(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", after);
            exchange.sendResponseHeaders(429, -1);
        })) {
            assertThat(deliver(receiver.url()))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.retryAfter()).contains(Duration.ofSeconds(90)));
        }
    }

    @Test
    void aReceiverThatClosesOrIsNotThereIsAway() throws Exception {
        URI gone;
        try (var receiver = new Receiver().answering(HttpExchange::close)) {
            gone = receiver.url();
            assertThat(deliver(gone)).isInstanceOf(Unavailable.class);
        }
        assertThat(deliver(gone)).isInstanceOf(Unavailable.class);
    }

    @Test
    void givesUpOnAnAnswerThatDoesNotEnd() throws Exception {
        var end = new CountDownLatch(1);
        try (var receiver = new Receiver().answering(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('.');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        })) {
            var channel = channel(receiver.url(), Optional.empty(), Duration.ofMillis(300));
            assertThat(channel.deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.reason()).contains("300 ms"));
            end.countDown();
        }
    }

    @Test
    void sendsNothingWithoutItsSecret(@TempDir Path folder) throws Exception {
        try (var receiver = new Receiver()) {
            var secret = new Secret.InFile(folder.resolve("missing"));
            assertThat(channel(receiver.url(), Optional.of(secret), PATIENCE).deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.reason()).contains("missing", "cannot be read"));
            assertThat(receiver.isIdle()).isTrue();
        }
    }

    @Test
    void trustsNoCertificateThatNobodyVouchesFor(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, "changeit".toCharArray());
        }
        var managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(keys, "changeit".toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(managers.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        try (var receiver = new Receiver(server)) {
            assertThat(deliver(URI.create("https://127.0.0.1:%d/".formatted(receiver.port()))))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.reason()).contains("certification path"));
            assertThat(receiver.isIdle()).isTrue();
        }
    }
}
