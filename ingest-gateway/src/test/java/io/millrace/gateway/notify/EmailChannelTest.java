package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.millrace.gateway.notify.ChannelConfig.Login;
import io.millrace.gateway.notify.ChannelConfig.Security;
import io.millrace.gateway.notify.DeliveryResult.Delivered;
import io.millrace.gateway.notify.DeliveryResult.Refused;
import io.millrace.gateway.notify.DeliveryResult.Unavailable;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmailChannelTest {
    private static final String HOST = "127.0.0.1";
    private static final Notification NOTIFICATION =
            Notification.test("key-1", "shift", Instant.parse("2026-01-01T03:00:00Z"));

    private final GreenMail plain = new GreenMail(new ServerSetup(0, HOST, ServerSetup.PROTOCOL_SMTP));
    private final GreenMail encrypted = new GreenMail(new ServerSetup(0, HOST, ServerSetup.PROTOCOL_SMTPS));

    @TempDir
    private Path folder;

    @BeforeEach
    void start() {
        plain.start();
        encrypted.start();
    }

    @AfterEach
    void stop() {
        plain.stop();
        encrypted.stop();
    }

    private static EmailChannel channel(int port, Security security, Optional<Login> login, String... to) {
        return new EmailChannel(
                new ChannelConfig.Email("shift", HOST, port, security, login, "millrace@plant.example", List.of(to)));
    }

    private static DeliveryResult deliver(int port, Security security) throws InterruptedException {
        return channel(port, security, Optional.empty(), "a@plant.example").deliver(NOTIFICATION);
    }

    private Login login(String password) throws IOException {
        return new Login("millrace", new Secret.InFile(Files.writeString(folder.resolve("password"), password + "\n")));
    }

    @Test
    void mailsEverybodyUnderTheSameIdEachTime() throws Exception {
        var channel = channel(
                plain.getSmtp().getPort(), Security.NONE, Optional.empty(), "a@plant.example", "b@plant.example");
        assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
        assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
        MimeMessage[] mails = plain.getReceivedMessages();
        assertThat(mails).hasSize(4);
        for (MimeMessage mail : mails) {
            assertThat(mail.getMessageID()).isEqualTo("<key-1@plant.example>");
            assertThat(mail.getSubject()).isEqualTo(NOTIFICATION.subject());
            assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            assertThat(mail.getContent().toString().replace("\r\n", "\n"))
                    .isEqualToIgnoringNewLines(NOTIFICATION.text());
        }
    }

    @Test
    void logsInWithThePasswordAsItIsInItsFileNow() throws Exception {
        plain.setUser("a@plant.example", "millrace", "right");
        int port = plain.getSmtp().getPort();
        var channel = channel(port, Security.NONE, Optional.of(login("wrong")), "a@plant.example");
        assertThat(channel.deliver(NOTIFICATION))
                .isInstanceOfSatisfying(
                        Unavailable.class,
                        u -> assertThat(u.reason()).contains("let us in").doesNotContain("wrong"));
        login("right");
        assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
    }

    @Test
    void saysNothingInTheClearWhereItMustBeEncrypted() throws Exception {
        plain.setUser("a@plant.example", "millrace", "right");
        var channel =
                channel(plain.getSmtp().getPort(), Security.STARTTLS, Optional.of(login("right")), "a@plant.example");
        assertThat(channel.deliver(NOTIFICATION))
                .isInstanceOfSatisfying(
                        Unavailable.class, u -> assertThat(u.reason()).contains("STARTTLS"));
        assertThat(plain.getReceivedMessages()).isEmpty();
    }

    @Test
    void trustsNoCertificateThatNobodyVouchesFor() throws Exception {
        assertThat(deliver(encrypted.getSmtps().getPort(), Security.TLS))
                .isInstanceOfSatisfying(
                        Unavailable.class, u -> assertThat(u.reason()).containsIgnoringCase("certif"));
        assertThat(encrypted.getReceivedMessages()).isEmpty();
    }

    @Test
    void aServerThatIsNotThereIsAway() throws Exception {
        int port = plain.getSmtp().getPort();
        plain.stop();
        assertThat(deliver(port, Security.NONE)).isInstanceOf(Unavailable.class);
    }

    @Test
    void doesNotTryAgainWhatIsRefusedForEver() throws Exception {
        try (var server = new Scripted("550 no such user")) {
            assertThat(deliver(server.port(), Security.NONE))
                    .isInstanceOfSatisfying(
                            Refused.class, r -> assertThat(r.reason()).contains("no such user"));
        }
        try (var server = new Scripted("451 come back later")) {
            assertThat(deliver(server.port(), Security.NONE))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.reason()).contains("later"));
        }
    }

    /** Answers recipients with one line; what the library above cannot be told to do. */
    private static final class Scripted implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();

        Scripted(String answer) throws IOException {
            Thread.ofVirtual().start(() -> {
                try (Socket client = socket.accept()) {
                    serve(client, answer);
                } catch (IOException e) {
                    failures.add(e);
                }
            });
        }

        private static void serve(Socket client, String answer) throws IOException {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            say(client, "220 hello");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                say(client, line.startsWith("RCPT") ? answer : line.startsWith("QUIT") ? "221 bye" : "250 ok");
            }
        }

        private static void say(Socket client, String line) throws IOException {
            client.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().flush();
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
            assertThat(failures).isEmpty();
        }
    }
}
