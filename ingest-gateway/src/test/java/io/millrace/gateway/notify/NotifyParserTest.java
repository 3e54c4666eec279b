package io.millrace.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.gateway.notify.ChannelConfig.Security;
import io.millrace.gateway.notify.NotifyParser.Parsed;
import io.millrace.model.Glob;
import io.millrace.model.yaml.Mistake;
import io.millrace.projections.Severity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotifyParserTest {
    private static final String GOOD = """
            channels:
              - name: shift
                type: email
                smtp: {host: mail.plant.example, user: millrace, password: {file: secret}}
                from: millrace@plant.example
                to: [shift@plant.example, lead@plant.example]
              - {name: on-call, type: webhook, url: "https://hooks.plant.example/x", secret: {file: secret}}
            routes:
              - name: grave
                to: [shift, on-call]
                severity: major
                on: {rule: "pump-*", site: plant-1}
                group-by: [site]
                group-wait: 10s
                repeat: never
                cleared: false
              - {name: all, to: [shift]}
            """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void secret() throws Exception {
        Files.writeString(folder.resolve("secret"), "s3cret");
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(folder.resolve("notify.yaml"), yaml);
    }

    private List<String> mistakes(String yaml) throws Exception {
        return switch (NotifyParser.read(write(yaml), folder, true)) {
            case Parsed.Valid _ -> List.of();
            case Parsed.Invalid(List<Mistake> mistakes) ->
                mistakes.stream()
                        .map(m -> "%d:%d: %s".formatted(m.line(), m.column(), m.what()))
                        .toList();
        };
    }

    @Test
    void readsChannelsAndRoutes() throws Exception {
        var valid = (Parsed.Valid) NotifyParser.read(write(GOOD), folder, true);
        Secret secret = new Secret.InFile(folder.resolve("secret"));
        assertThat(valid.config().channels())
                .containsExactly(
                        new ChannelConfig.Email(
                                "shift",
                                "mail.plant.example",
                                587,
                                Security.STARTTLS,
                                Optional.of(new ChannelConfig.Login("millrace", secret)),
                                "millrace@plant.example",
                                List.of("shift@plant.example", "lead@plant.example")),
                        new ChannelConfig.Webhook(
                                "on-call", URI.create("https://hooks.plant.example/x"), Optional.of(secret)));
        assertThat(valid.config().routes())
                .containsExactly(
                        new Route(
                                "grave",
                                List.of("shift", "on-call"),
                                Severity.MAJOR,
                                Map.of(Label.RULE, Glob.of("pump-*"), Label.SITE, Glob.of("plant-1")),
                                List.of(Label.SITE),
                                Duration.ofSeconds(10),
                                Optional.empty(),
                                false),
                        new Route(
                                "all",
                                List.of("shift"),
                                Severity.WARNING,
                                Map.of(),
                                List.of(Label.RULE, Label.SITE),
                                Duration.ofSeconds(30),
                                Optional.of(Duration.ofHours(4)),
                                true));
    }

    @Test
    void tellsEveryMistakeWithItsPlace() throws Exception {
        assertThat(mistakes("""
                channels:
                  - {name: a, type: webhook, url: "ftp://x/y"}
                  - {name: a, type: pager}
                  - name: b
                    type: email
                    smtp: {host: "mail server", user: me, security: none, password: {file: secret, env: X}}
                    from: nobody
                    to: []
                  - {name: c, type: webhook, url: "https://x/", secret: plain-text}
                  - {name: d, type: webhook, url: "https://x/", secret: {file: missing}}
                  - {name: e, type: webhook, url: "https://user:pass@x/"}
                routes:
                  - {name: r, to: [nobody], severity: fatal, group-by: [color], group-wait: 2h, repeat: 1s}
                  - {name: s, to: [], on: {devise: "*"}}
                """))
                .satisfiesExactly(
                        m -> assertThat(m).startsWith("2:35: channels[1].url is \"ftp://x/y\", expected an address"),
                        m -> assertThat(m).startsWith("3:5: channels[2].url is missing"),
                        m -> assertThat(m).startsWith("3:12: channels[2].name is \"a\" a second time"),
                        m -> assertThat(m).startsWith("3:21: channels[2].type is \"pager\", expected one of webhook"),
                        m -> assertThat(m).startsWith("6:18: channels[3].smtp.host is \"mail server\""),
                        m -> assertThat(m).contains("channels[3].smtp.security is none beside a password"),
                        m -> assertThat(m).contains("smtp.password has both file and env, expected one of them"),
                        m -> assertThat(m).startsWith("7:11: channels[3].from is \"nobody\""),
                        m -> assertThat(m).contains("channels[3].to has 0 addresses, expected 1 to 50"),
                        m -> assertThat(m).contains("channels[4].secret is a single value, expected a map"),
                        m -> assertThat(m).contains("channels[4].secret has neither file nor env"),
                        m -> assertThat(m).contains("channels[5].secret.file cannot be used", "missing"),
                        m -> assertThat(m).contains("channels[6].url", "without user and password"),
                        m -> assertThat(m).contains("routes[1].to names nobody, expected one of the channels"),
                        m -> assertThat(m).contains("routes[1].severity is \"fatal\""),
                        m -> assertThat(m).contains("routes[1].group-by[1] is \"color\""),
                        m -> assertThat(m).contains("routes[1].group-wait is \"2h\""),
                        m -> assertThat(m).contains("routes[1].repeat is \"1s\", expected never, or a duration"),
                        m -> assertThat(m).contains("routes[2].to names no channel"),
                        m -> assertThat(m).contains("unknown key routes[2].on.devise, expected device perhaps"));
    }

    @Test
    void aGatewayDoesNotStopForASecretThatIsNotThereYet() throws Exception {
        Files.delete(folder.resolve("secret"));
        assertThat(NotifyParser.read(write(GOOD), folder, false)).isInstanceOf(Parsed.Valid.class);
        assertThat(mistakes(GOOD)).hasSize(2);
    }

    @Test
    void theSchemaKnowsTheKeysOfTheParser() throws Exception {
        JsonNode schema = new ObjectMapper().readTree(NotifyParser.schema()).at("/$defs");
        assertThat(schema.at("/route/properties").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(
                        "name", "to", "severity", "on", "group-by", "group-wait", "repeat", "cleared");
        // The parser refuses what is unknown, so a file with every key of the schema tells that it knows them.
        assertThat(mistakes(GOOD.replace(
                                "host: mail.plant.example,", "host: mail.plant.example, port: 587, security: tls,")
                        .replace("site: plant-1}", "site: plant-1, agent: \"*\", device: \"*\", metric: \"*\"}")))
                .isEmpty();
    }

    private int run(String... args) throws Exception {
        out.reset();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Main(stream, stream, InstantSource.fixed(Instant.EPOCH)).run(List.of(args));
    }

    @Test
    void checksAFileWithoutAGateway() throws Exception {
        String file = write(GOOD).toString();
        assertThat(run("check", file)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("is fine, channels: 2, routes: 2");
        write(GOOD + "oops: 1\n");
        assertThat(run("check", file)).isEqualTo(2);
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith(file + ":18:1: unknown key oops");
        assertThat(run("check", file + "x")).isEqualTo(2);
        assertThat(run("check")).isEqualTo(2);
        assertThat(run("send", file)).isEqualTo(2);
        assertThat(run("--help")).isZero();
        assertThat(run("check", "--schema")).isZero();
    }

    @Test
    void triesAChannelWithoutAGateway() throws Exception {
        try (var receiver = new Receiver()) {
            String file = write("channels: [{name: a, type: webhook, url: \"%s\"}]\n".formatted(receiver.url()))
                    .toString();
            assertThat(run("test", file, "a")).isZero();
            assertThat(receiver.await().body()).contains("[test] Millrace can reach you by a");
            assertThat(run("test", file, "b")).isEqualTo(2);
            receiver.answering(Receiver.Answer.status(404));
            assertThat(run("test", file, "a")).isEqualTo(1);
            receiver.answering(Receiver.Answer.status(500));
            assertThat(run("test", file, "a")).isEqualTo(3);
            assertThat(out.toString(StandardCharsets.UTF_8)).contains("HTTP 500");
        }
    }
}
