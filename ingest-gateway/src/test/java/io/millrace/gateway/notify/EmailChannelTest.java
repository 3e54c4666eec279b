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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmailChannelTest {
    private static final String HOST = "127.0.0.1";
    private static final String A = "a@plant.example";
    private static final String B = "b@plant.example";
    private static final String C = "c@plant.example";
    private static final Notification NOTIFICATION = notification("key-1");

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

    private static EmailChannel channel(int port, String... to) {
        return channel(port, Security.NONE, Optional.empty(), to);
    }

    private static Notification notification(String id) {
        return Notification.test(id, "shift", Instant.parse("2026-01-01T03:00:00Z"));
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
        try (var server = new Scripted()) {
            server.answers("RCPT TO:<a@", "550 no such user");
            assertThat(deliver(server.port(), Security.NONE))
                    .isInstanceOfSatisfying(
                            Refused.class, r -> assertThat(r.reason()).contains("no such user"));
            server.answers("RCPT TO:<a@", "451 come back later");
            assertThat(deliver(server.port(), Security.NONE))
                    .isInstanceOfSatisfying(
                            Unavailable.class, u -> assertThat(u.reason()).contains("later"));
        }
    }

    @Test
    void triesAgainOnlyWhoIsAwayAndThenTellsWhoRefused() throws Exception {
        try (var server = new Scripted()) {
            var channel = channel(server.port(), A, B, C);
            server.answers("RCPT TO:<b@", "451 4.7.1 greylisted");
            server.answers("RCPT TO:<c@", "550 5.1.1 no such user");
            assertThat(channel.deliver(NOTIFICATION))
                    .isEqualTo(new Unavailable("127.0.0.1:%d: not yet %s (451 4.7.1 greylisted); %s"
                            .formatted(
                                    server.port(),
                                    B,
                                    "refused for ever by c@plant.example"
                                            + " (550 5.1.1 no such user); a@plant.example has it")));
            assertThat(server.mails()).containsExactly(A);

            server.answers("RCPT TO:<b@", Scripted.OK);
            assertThat(channel.deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            r -> assertThat(r.reason())
                                    .endsWith("refused for ever by c@plant.example (550 5.1.1 no such user);"
                                            + " a@plant.example, b@plant.example have it"));
            assertThat(server.mails()).containsExactly(A, B);
            assertThat(server.texts())
                    .hasSize(2)
                    .allSatisfy(text -> assertThat(text)
                            .contains("Message-ID: <key-1@plant.example>")
                            .containsPattern("To: a@plant\\.example,\\s+b@plant\\.example,\\s+c@plant\\.example"));
        }
    }

    @Test
    void isDoneWhenTheLastAddressHasIt() throws Exception {
        try (var server = new Scripted()) {
            var channel = channel(server.port(), A, B);
            server.answers("RCPT TO:<b@", "452 mailbox busy");
            assertThat(channel.deliver(NOTIFICATION)).isInstanceOf(Unavailable.class);
            assertThat(channel.deliver(NOTIFICATION)).isInstanceOf(Unavailable.class);
            server.answers("RCPT TO:<b@", Scripted.OK);
            assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
            assertThat(server.mails()).as("nobody twice").containsExactly(A, B);
            assertThat(channel.deliver(NOTIFICATION)).isEqualTo(new Delivered());
            assertThat(server.mails()).as("nothing is kept of what is done").containsExactly(A, B, A + "," + B);
        }
    }

    @Test
    void aMailThatIsRefusedItselfIsSoByThoseThatWouldTakeIt() throws Exception {
        try (var server = new Scripted()) {
            var channel = channel(server.port(), A, B);
            server.answers("RCPT TO:<b@", "450 greylisted");
            server.answers(".", "554 looks like spam");
            assertThat(channel.deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Unavailable.class,
                            u -> assertThat(u.reason())
                                    .contains("not yet " + B + " (450 greylisted)")
                                    .endsWith("refused for ever by %s (554 looks like spam)".formatted(A)));
            server.answers("RCPT TO:<b@", Scripted.OK);
            assertThat(channel.deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            r -> assertThat(r.reason())
                                    .endsWith("refused for ever by %s, %s (554 looks like spam)".formatted(A, B)));
            server.answers("MAIL FROM", "550 you may not send");
            assertThat(channel.deliver(NOTIFICATION))
                    .isInstanceOfSatisfying(
                            Refused.class, r -> assertThat(r.reason()).contains(A + ", " + B, "you may not"));
        }
    }

    @Test
    void aLineThatIsCutMeanwhileIsAway() throws Exception {
        try (var server = new Scripted()) {
            var channel = channel(server.port(), A, B);
            server.answers("RCPT TO:<b@", Scripted.CUT);
            assertThat(channel.deliver(NOTIFICATION)).isInstanceOf(Unavailable.class);
            server.answers("RCPT TO:<b@", Scripted.OK);
            server.answers(".", Scripted.CUT);
            assertThat(channel.deliver(NOTIFICATION)).isInstanceOf(Unavailable.class);
            server.answers(".", Scripted.OK);
            server.answers("QUIT", Scripted.CUT);
            assertThat(channel.deliver(NOTIFICATION)).as("taken before the cut").isEqualTo(new Delivered());
        }
    }

    @Test
    void forgetsTheEldestOfTooManyThatAreUnderWay() throws Exception {
        try (var server = new Scripted()) {
            var channel = channel(server.port(), A, B);
            server.answers("RCPT TO:<b@", "450 greylisted");
            for (int i = 0; i <= EmailChannel.PARTIAL_MAX; i++) {
                assertThat(channel.deliver(notification("key-" + i))).isInstanceOf(Unavailable.class);
            }
            server.mails().clear();
            server.answers("RCPT TO:<b@", Scripted.OK);
            assertThat(channel.deliver(notification("key-1"))).isEqualTo(new Delivered());
            assertThat(channel.deliver(notification("key-0"))).isEqualTo(new Delivered());
            assertThat(server.mails()).containsExactly(B, A + "," + B);
        }
    }

    /** Takes mail and answers as it is told; what the library above cannot be told to do. */
    private static final class Scripted implements AutoCloseable {
        private static final String OK = "250 ok";

        /** No answer: the line is cut. */
        private static final String CUT = "";

        private static final Pattern RECIPIENT = Pattern.compile("RCPT TO:<(.+)>");

        private final ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Map<String, String> answers = new ConcurrentHashMap<>();
        private final Queue<String> mails = new ConcurrentLinkedQueue<>();
        private final Queue<String> texts = new ConcurrentLinkedQueue<>();
        private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();

        Scripted() throws IOException {
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket client = socket.accept()) {
                        serve(client);
                    } catch (IOException e) {
                        if (!socket.isClosed()) {
                            failures.add(e);
                        }
                    }
                }
            });
        }

        /**
         * @param command its beginning; {@code .} for the end of a mail
         */
        void answers(String command, String reply) {
            answers.put(command, reply);
        }

        /** For each mail that was taken, to whom. */
        Queue<String> mails() {
            return mails;
        }

        Queue<String> texts() {
            return texts;
        }

        private void serve(Socket client) throws IOException {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            List<String> recipients = new ArrayList<>();
            say(client, "220 hello");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String text = "";
                if (line.equals("DATA")) {
                    say(client, "354 go on");
                    text = text(in);
                    line = ".";
                }
                String reply = reply(line);
                if (reply.equals(CUT)) {
                    client.setSoLinger(true, 0);
                    return;
                }
                Matcher recipient = RECIPIENT.matcher(line);
                if (recipient.lookingAt() && reply.equals(OK)) {
                    recipients.add(recipient.group(1));
                }
                if (line.equals(".") && reply.equals(OK)) {
                    mails.add(String.join(",", recipients));
                    texts.add(text);
                }
                say(client, reply);
            }
        }

        private String reply(String line) {
            return answers.entrySet().stream()
                    .filter(e -> line.startsWith(e.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(line.startsWith("QUIT") ? "221 bye" : OK);
        }

        private static String text(BufferedReader in) throws IOException {
            var text = new StringBuilder();
            for (String line = in.readLine(); line != null && !line.equals("."); line = in.readLine()) {
                text.append(line).append('\n');
            }
            return text.toString();
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
