package io.millrace.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.cli.CommandException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands make of the gateway's answers. */
class GatewayCommandsTest {
    private static final String AUDIT = """
            {"ok": %s, "as_of": "2026-01-31T12:00:00Z", "lanes": [{"site": "plant-1", "agent": "gw-7",
              "lane": "telemetry", "epoch": "8123456789012345678", "produced": 1000, "stored": 990, "dead_lettered": 1,
              "dropped": {"disk_full": 4}, "waiting": 5, "missing": %d, "duplicated": 0, "retired": 0}],
             "plain": {"stored": 3000, "collapsed": 0, "broker_dropped": 0, "dead_lettered": 3}}
            """;
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00Z");
    private static final Filter ALL = Filter.of("site", null, "agent", null);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private CannedGateway canned;
    private GatewayClient gateway;

    @BeforeEach
    void start() throws Exception {
        canned = new CannedGateway();
        gateway = new GatewayClient(canned.address());
    }

    @AfterEach
    void stop() {
        gateway.close();
        canned.close();
    }

    @Test
    void anAuditWithNothingMissingIsOk() throws Exception {
        canned.answer(200, AUDIT.formatted(true, 0));
        Audit audit =
                Audit.ask(gateway, Filter.of("site", "plant 1", "agent", null).between(NOON, null));
        assertThat(audit.ok()).isTrue();
        assertThat(audit.table())
                .contains(
                        "plant-1/gw-7/telemetry  8123456789012345678", "disk_full 4", "ok as of 2026-01-31T12:00:00Z");
        assertThat(canned.questions).containsExactly("GET /api/v1/audit?site=plant+1&from=2026-01-31T12%3A00%3A00Z");
    }

    @Test
    void aBacktestTellsWhenRulesWouldHaveFiredAndHowThatDiffers() throws Exception {
        String alert = """
                {"rule": "hot", "severity": "major", "site": "lab", "agent": "gw", "device": "pump", "metric": "temp",
                 "raised": %s, "cleared": %s, "value": 81.0, "threshold": 80.0, "detail": "value is 81, above 80",
                 "retroactive": false, "change": "%s", "fired_at": %s}""";
        String time = "\"2026-01-01T00:00:0%dZ\"";
        String alerts = String.join(
                ",",
                alert.formatted(time.formatted(1), time.formatted(3), "earlier", time.formatted(2)),
                alert.formatted(time.formatted(5), "null", "new", "null"),
                alert.formatted("null", "null", "gone", time.formatted(7)));
        canned.answer(200, """
                {"entries": 12, "events": 34, "warm_up": "2025-12-31T23:50:00Z", "alerts": [%s], "alerts_left_out": 0,
                 "incomplete": false, "changes": {"same": 0, "new": 1, "gone": 1, "earlier": 1, "later": 0},
                 "rules": [{"rule": "hot", "severity": "major", "alerts": 2, "retroactive": 0, "per_day": 2.5,
                            "in_alarm_seconds": 3725.0}]}""".formatted(alerts));
        new Backtest(gateway, new PrintStream(out, true, StandardCharsets.UTF_8), false)
                .run(Filter.of("file", "r.yaml", "compare", "true"), new byte[] {'x'});
        assertThat(out.toString(StandardCharsets.UTF_8).lines().toList())
                .containsExactly(
                        "2026-01-01T00:00:01Z … 2026-01-01T00:00:03Z  major    hot  lab/gw/pump+temp  value is 81, above 80"
                                + " [earlier, fired at 2026-01-01T00:00:02Z]",
                        "2026-01-01T00:00:05Z … open  major    hot  lab/gw/pump+temp  value is 81, above 80 [new]",
                        "2026-01-01T00:00:07Z … gone  major    hot  lab/gw/pump+temp  value is 81, above 80 [gone]",
                        "",
                        "12 log entries with 34 readings since 2025-12-31T23:50:00Z",
                        "hot: alerts 2 (0 retroactive), 2.50 a day, in alarm 1 h 2 min",
                        "compared with what fired: 0 same, 1 new, 1 gone, 1 earlier, 0 later");
        assertThat(canned.questions).containsExactly("POST /api/v1/rules/backtest?file=r.yaml&compare=true");
    }

    @Test
    void aBacktestThatIsNotCompleteSaysSo() throws Exception {
        canned.answer(200, "{\"rules\": [], \"alerts\": [], \"incomplete\": true}");
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(new Backtest(gateway, stream, false).run(ALL, new byte[0])).isFalse();
        assertThat(printed()).contains("NOT COMPLETE");
    }

    @Test
    void mistakesInAFileOfRulesAreToldAsCompilersDo() {
        canned.answer(422, "{\"title\": \"rules are not usable\", \"detail\": \"r.yaml:1:2: a\\nr.yaml:3:4: b\"}");
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> new Backtest(gateway, System.out, false).run(ALL, new byte[] {'x'}))
                .withMessage("r.yaml:1:2: a\nr.yaml:3:4: b");
    }

    @Test
    void anAuditOfOneSiteSaysWhichFiguresAreOfAllOfThem() throws Exception {
        String all = AUDIT.formatted(true, 0).replace("\"collapsed\": 0", "\"collapsed\": 7");
        canned.answer(200, all).answer(200, all.replace("\"collapsed\"", "\"whole_store\": [], \"collapsed\""));
        assertThat(Audit.ask(gateway, ALL).table())
                .contains("plain devices: stored 3000, collapsed 7, dropped by the broker 0, dead letters 3\n");
        assertThat(Audit.ask(gateway, Filter.of("site", "plant-1", "agent", null))
                        .table())
                .contains("plain devices: stored 3000, dead letters 3;"
                        + " of all sites and devices together: collapsed 7, dropped by the broker 0\n");
    }

    @Test
    void anAuditWithSomethingMissingIsNot() throws Exception {
        canned.answer(200, AUDIT.formatted(false, 1));
        Audit audit = Audit.ask(gateway, ALL);
        assertThat(audit.ok()).isFalse();
        assertThat(audit.table()).contains("NOT OK");
        assertThat(audit.json()).isEqualTo(AUDIT.formatted(false, 1).strip());
    }

    @Test
    void aProblemIsSaidInItsOwnWords() {
        canned.answer(404, "{\"title\": \"Nothing matches\", \"detail\": \"no agent gw-9 at site plant-1\"}");
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> Audit.ask(gateway, ALL))
                .withMessageContaining("no agent gw-9 at site plant-1");
    }

    @Test
    void aListOfDeadLettersSaysTheirIdsAndWhy() throws Exception {
        canned.answer(200, """
                {"dead_letters": [{"id": "12-3", "ts": "2026-01-31T12:00:00Z", "site": "plant-1", "agent": "gw-7",
                  "reason": "not_finite", "detail": "value is NaN", "outcome": null}], "next": "x"}
                """);
        deadLetters(false).list(ALL.and("state", "all"));
        assertThat(printed()).contains("12-3", "plant-1/gw-7", "not_finite: value is NaN", "and more");
        assertThat(canned.questions).containsExactly("GET /api/v1/dead-letters?state=all");
    }

    @Test
    void aPayloadIsShownAsTextOrElseInHexadecimal() throws Exception {
        String letter = "{\"id\": \"12\", \"reason\": \"malformed\", \"seq\": null, \"payload\": \"%s\"}";
        canned.answer(200, letter.formatted("YsOkbmFuYQ=="));
        deadLetters(false).show("12");
        assertThat(printed())
                .contains("reason    malformed", "payload   7 bytes", "bänana")
                .doesNotContain("seq");
        canned.answer(200, letter.formatted("AP9B"));
        deadLetters(false).show("12");
        deadLetters(false).show("12");
        assertThat(printed()).contains("in hexadecimal", "00 ff 41", "..A");
    }

    @Test
    void aRedriveGoesThroughAllPagesAndHoldsOnlyIfAllAreStored() throws Exception {
        canned.answer(200, """
                        {"redriven": 1, "stored": 1, "letters": [{"id": "12-3", "outcome": "stored"}], "next": "a.b"}""").answer(200, """
                        {"redriven": 1, "stored": 0, "letters": [{"id": "9", "outcome": "dead_lettered",
                          "reason": "malformed", "detail": "no number"}], "next": null}""");
        assertThat(deadLetters(false).redriveAll(ALL.and("reason", "x"))).isFalse();
        assertThat(printed())
                .contains("12-3  stored", "9  dead_lettered: malformed, no number", "2 driven again, 1 of them stored");
        assertThat(canned.questions)
                .containsExactly(
                        "POST /api/v1/dead-letters/redrive?reason=x",
                        "POST /api/v1/dead-letters/redrive?reason=x&cursor=a.b");
    }

    @Test
    void aRedriveOfNothingIsWrongUsage() {
        canned.answer(200, "{\"redriven\": 0, \"stored\": 0, \"letters\": [], \"next\": null}");
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> deadLetters(true).redriveAll(ALL))
                .withMessageContaining("no dead letter matches");
    }

    @Test
    void aClosingSaysWhatWasClosedAndHoldsIfNothingIsLeft() throws Exception {
        String answer = """
                {"closed": [{"site": "plant-1", "agent": "gw-7", "lane": "telemetry", "epoch": "77", "missing": 5,
                  "waiting": 2}], "left": %d}
                """;
        var closing = new Closing(gateway, new PrintStream(out, true, StandardCharsets.UTF_8), false);
        canned.answer(200, answer.formatted(0));
        assertThat(closing.close(ALL.and("agent", "gw-7").and("reason", "disk swapped")))
                .isTrue();
        assertThat(printed())
                .contains("closed plant-1/gw-7/telemetry epoch 77: 5 missing, 2 waiting")
                .doesNotContain("left");
        assertThat(canned.questions).containsExactly("POST /api/v1/ledger/close?agent=gw-7&reason=disk+swapped");
        canned.answer(200, answer.formatted(3)).answer(200, answer.formatted(3));
        assertThat(closing.close(ALL)).isTrue();
        assertThat(closing.close(ALL)).isFalse();
        assertThat(printed()).contains("left: 3 readings");
    }

    private DeadLetters deadLetters(boolean json) {
        return new DeadLetters(gateway, new PrintStream(out, true, StandardCharsets.UTF_8), json);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aReplayKeepsTheDistancesOfTimeDividedByItsSpeed() throws Exception {
        canned.answer(200, """
                {"ts":"2026-01-31T12:00:00Z","value":1}
                {"ts":"2026-01-31T12:00:01Z","value":2}
                """);
        var out = new ByteArrayOutputStream();
        long startedNanos = System.nanoTime();
        new Replay(gateway, Speed.parse("10x"), System::nanoTime).copy(ALL, out);
        assertThat(Duration.ofNanos(System.nanoTime() - startedNanos)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void aReplayEndsQuietlyWhenNobodyReads() throws Exception {
        canned.answer(200, "{\"ts\":\"2026-01-31T12:00:00Z\"}\n".repeat(10_000));
        var broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        new Replay(gateway, Speed.parse("max"), System::nanoTime).copy(ALL, broken);
    }

    @Test
    void aRebuildShowsHowFarItIsUntilItIsDone() throws Exception {
        canned.answer(202, "{}")
                .answer(200, "{\"what\":\"events\",\"position\":25,\"head\":100,\"state\":\"running\"}")
                .answer(200, "{\"what\":\"events\",\"position\":100,\"head\":100,\"state\":\"done\"}");
        var progress = new ByteArrayOutputStream();
        var nanos = new AtomicLong();
        new Rebuild(
                        gateway,
                        new PrintStream(progress, true, StandardCharsets.UTF_8),
                        () -> nanos.addAndGet(1_000_000_000))
                .run(Rebuild.Model.events);
        assertThat(progress.toString(StandardCharsets.UTF_8))
                .contains("events: 25 %, entry 25 of 100", "events: done, 100 entries in 2.0 s");
        assertThat(canned.questions).startsWith("POST /api/v1/rebuild/events", "GET /api/v1/rebuild");
    }

    @Test
    void aRebuildThatFailedSaysWhy() {
        canned.answer(202, "{}")
                .answer(200, "{\"position\":7,\"head\":9,\"state\":\"failed\",\"error\":\"disk full\"}");
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(() -> new Rebuild(gateway, System.err, System::nanoTime).run(Rebuild.Model.ledger))
                .withMessageContaining("failed at entry 7 of 9: disk full");
    }

    @Test
    void timeLeftComesFromTheRateSoFar() throws Exception {
        var status = Rebuild.Status.of("{\"position\":600,\"head\":1000,\"state\":\"running\"}");
        assertThat(status.progress(200, Duration.ofSeconds(4).toNanos()))
                .isEqualTo("60 %, entry 600 of 1000, 4 s left");
        assertThat(status.progress(600, 0)).contains("time left unknown");
    }
}
