package io.millrace.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.gateway.admit.Admitted;
import io.millrace.gateway.backtest.Backtest;
import io.millrace.gateway.commit.Command;
import io.millrace.gateway.commit.Inbound;
import io.millrace.gateway.commit.Inbox;
import io.millrace.model.EventBatch;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Topics;
import io.millrace.model.ValueType;
import io.millrace.model.wire.AgentStatus;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.StatusCodec;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.Store;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Verdict;
import io.millrace.store.log.Verdicts;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The interface as a client sees it: real HTTP on a real store; messages enter where the MQTT connections put them. */
@QuarkusTest
@QuarkusTestResource(GatewayWithoutBroker.class)
class HttpApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String T0 = "2026-01-01T00:00:00Z";
    private static final long T0_MICROS = Instant.parse(T0).getEpochSecond() * 1_000_000;
    private static final long SECOND = 1_000_000;
    private static final int PATIENCE_SECONDS = 30;

    @TestHTTPResource("/")
    URI root = URI.create("http://127.0.0.1/");

    @Inject
    Inbox inbox;

    @Inject
    Store store;

    @Inject
    Backtest backtest;

    @Test
    void pagesAndLinesGiveTheSameEventsInOrder() throws Exception {
        batch("pages", 1, ramp("pages", 250));
        String query = "agent=pages&from=" + T0 + "&to=2026-01-01T01:00:00Z";
        awaitEvents(query, 250);

        var paged = new ArrayList<String>();
        String next = "";
        do {
            JsonNode page = get("events?limit=100&" + query + next);
            page.get("events").forEach(e -> paged.add(e.toString()));
            next = page.get("next").isNull()
                    ? ""
                    : "&cursor=" + page.get("next").asText();
        } while (!next.isEmpty());

        HttpResponse<String> lines = send(request("events?" + query).header("Accept", "application/x-ndjson"));
        assertThat(lines.headers().firstValue("Content-Type").orElse("")).startsWith("application/x-ndjson");
        assertThat(paged).hasSize(250).isEqualTo(lines.body().lines().toList());
        assertThat(paged.getFirst()).isEqualTo("""
                        {"ts":"2026-01-01T00:00:00Z","site":"lab","agent":"pages","device":"pages","metric":"x","value":0.0,"unit":"bar","quality":"good","lane":"telemetry","epoch":"77","seq":1}""");
    }

    @Test
    void filtersByPattern() throws Exception {
        EventBatch.Builder batch = EventBatch.builder();
        add(batch, new Series("pump-1", "temp", "°C"), 0, 1);
        add(batch, new Series("pump-2", "temp", "°C"), 1, 2);
        add(batch, new Series("fan%1", "temp", "°C"), 2, 3);
        batch("globs", 1, batch.build());
        String all = "agent=globs&from=" + T0 + "&to=2026-01-01T01:00:00Z";
        awaitEvents(all, 3);
        assertThat(get("events?device=pump-*&" + all).get("events")).hasSize(2);
        assertThat(get("events?device=pump-%5B!2%5D&" + all).get("events")).hasSize(1);
        assertThat(get("events?device=fan%251&" + all).get("events")).hasSize(1);
        assertThat(get("events?device=fan'%20OR%201=1&" + all).get("events")).isEmpty();
    }

    @Test
    void devicesShowTheLastValueByEventTime() throws Exception {
        plain("meter", "power", "{\"value\": 7, \"ts\": \"2026-01-01T00:00:10Z\", \"unit\": \"W\"}");
        plain("meter", "power", "{\"value\": 5, \"ts\": \"2026-01-01T00:00:05Z\", \"unit\": \"W\"}");
        await("devices?device=meter", page -> page.get("total").asInt() == 1);
        JsonNode device = await(
                        "devices?q=METER%20power", page -> page.get("devices").size() == 1)
                .get("devices")
                .get(0);
        assertThat(device.get("id").asText()).isEqualTo("lab/meter/meter+power");
        assertThat(device.get("value").asInt()).isEqualTo(7);
        assertThat(device.get("unit").asText()).isEqualTo("W");
        assertThat(device.get("ts").asText()).isEqualTo("2026-01-01T00:00:10Z");
    }

    @Test
    void seriesAreThinnedWithTheirExtremesAndTellTheirHoles() throws Exception {
        EventBatch.Builder batch = EventBatch.builder();
        var series = new Series("curve", "x", "bar");
        for (int i = 0; i < 1000; i++) {
            if (i < 500 || i >= 600) {
                add(batch, series, i, i == 333 ? 1e6 : i % 10);
            }
        }
        batch("curve", 1, batch.build());
        awaitEvents("agent=curve&from=" + T0 + "&to=2026-01-01T01:00:00Z", 900);
        JsonNode curve = get("series?series=lab/curve/curve%2Bx&max_points=50&from=" + T0 + "&to=2026-01-01T00:16:40Z")
                .get("series")
                .get(0);
        assertThat(curve.get("count").asInt()).isEqualTo(900);
        assertThat(curve.get("decimated").asBoolean()).isTrue();
        assertThat(curve.get("points").size()).isLessThanOrEqualTo(50);
        assertThat(curve.get("points")).anySatisfy(point -> {
            assertThat(point.get(0).asDouble()).isEqualTo(T0_MICROS / 1000.0 + 333_000);
            assertThat(point.get(1).asDouble()).isEqualTo(1e6);
        });
        assertThat(curve.get("holes")).hasSize(1);
        assertThat(curve.get("holes").get(0).get("from").asText()).isEqualTo("2026-01-01T00:08:19Z");
        assertThat(curve.get("holes").get(0).get("to").asText()).isEqualTo("2026-01-01T00:10:00Z");
    }

    @Test
    void ledgerAndAuditAgreeWithWhatTheAgentSaid() throws Exception {
        batch("books", 1, ramp("books", 10));
        var epoch = new AgentStatus.Epoch("telemetry", 77, 12, List.of(new Interval(11, 12)));
        byte[] status = StatusCodec.encode(new AgentStatus(true, T0_MICROS, "1", List.of(epoch)));
        put(Topics.status("lab", "books"), status);
        JsonNode lane = await(
                        "ledger?agent=books", l -> l.at("/lanes/0/produced").asInt() == 12)
                .at("/lanes/0");
        assertThat(lane.get("stored").asInt()).isEqualTo(10);
        assertThat(lane.get("waiting").asInt()).isEqualTo(2);
        assertThat(lane.get("missing").asInt()).isZero();
        assertThat(lane.get("epoch").isTextual()).isTrue();

        JsonNode audit = get("audit?agent=books");
        assertThat(audit.get("ok").asBoolean()).isTrue();
        assertThat(audit.at("/lanes/0/stored").asInt()).isEqualTo(10);
        assertProblem(send(request("audit?agent=nobody")), 404);
        assertThat(get("pipeline").at("/ledger/produced").asInt()).isGreaterThanOrEqualTo(12);
    }

    @Test
    void deadLettersKeepTheirBytesAndTheReason() throws Exception {
        plain("broken", "x", "banana");
        JsonNode letter = await(
                        "dead-letters?agent=broken", l -> l.get("dead_letters").size() == 1)
                .at("/dead_letters/0");
        assertThat(new String(letter.get("payload").binaryValue(), StandardCharsets.UTF_8))
                .isEqualTo("banana");
        assertThat(letter.get("payload_bytes").asInt()).isEqualTo(6);
        assertThat(letter.get("reason").asText()).isNotEmpty();
    }

    @Test
    void aDeadLetterIsDrivenAgainAndCountsAsStored() throws Exception {
        var series = new Series("again", "x", "bar");
        EventBatch.Builder events = EventBatch.builder();
        add(events, series, 0, 1);
        add(events, series, 1, 2);
        EventBatch batch = events.build();
        var envelope = new Envelope(new StreamId("lab", "redriven", "telemetry", 77), 1, 2, false, T0_MICROS, 0, null);
        var verdicts = Verdicts.builder().add(1, new Verdict.DeadLetter("too_many_series", "one too many"));
        LogEntry entry = LogEntry.batch(
                envelope, T0_MICROS, T0_MICROS + SECOND, verdicts.build(), new WireEncoder().encode(envelope, batch));
        Command asJudged =
                Command.of(100, System.nanoTime(), (_, _) -> List.of(new Admitted.Log(entry, batch, null, List.of())));
        inbox.put(asJudged).join();
        String list = "dead-letters?agent=redriven";
        String id = await(list, l -> l.get("dead_letters").size() == 1)
                .at("/dead_letters/0/id")
                .asText();
        assertThat(id).isEqualTo(asJudged.committed().join() + "-2");
        assertThat(get("dead-letters/" + id).get("reason").asText()).isEqualTo("too_many_series");

        JsonNode redriven = post("dead-letters/" + id + "/redrive");
        assertThat(redriven.get("stored").asInt()).isEqualTo(1);
        assertThat(redriven.at("/letters/0/outcome").asText()).isEqualTo("stored");
        assertThat(get(list).get("dead_letters")).isEmpty();
        assertThat(get(list + "&state=stored").at("/dead_letters/0/outcome").asText())
                .isEqualTo("stored");
        assertThat(get("events?agent=redriven&from=" + T0 + "&to=now").get("events"))
                .hasSize(2);
        JsonNode audit = get("audit?agent=redriven");
        assertThat(audit.get("ok").asBoolean()).isTrue();
        assertThat(audit.at("/lanes/0/stored").asInt()).isEqualTo(2);
        assertThat(audit.at("/lanes/0/dead_lettered").asInt()).isZero();
        assertProblem(send(request("dead-letters/" + id + "/redrive").POST(BodyPublishers.noBody())), 409);
        assertProblem(send(request("dead-letters/1-999")), 404);
        assertProblem(send(request("dead-letters/banana")), 400);
    }

    @Test
    void whatIsDrivenAgainAndFailsStaysADeadLetter() throws Exception {
        plain("hopeless", "x", "banana");
        plain("hopeless", "x", "apple");
        String list = "dead-letters?agent=hopeless";
        JsonNode before = await(list, l -> l.get("dead_letters").size() == 2);
        JsonNode first = post("dead-letters/redrive?agent=hopeless&limit=1");
        JsonNode second = post("dead-letters/redrive?agent=hopeless&limit=1&cursor="
                + first.get("next").asText());
        assertThat(second.get("next").isNull()).isTrue();
        for (int i = 0; i < 2; i++) {
            JsonNode answer = i == 0 ? first : second;
            assertThat(answer.get("stored").asInt()).isZero();
            assertThat(answer.at("/letters/0/outcome").asText()).isEqualTo("dead_lettered");
            assertThat(answer.at("/letters/0/id")).isEqualTo(before.at("/dead_letters/%d/id".formatted(i)));
        }
        JsonNode after = get(list).get("dead_letters");
        assertThat(after).hasSize(2);
        assertThat(after.get(0).get("redriven").isNull()).isFalse();
        assertThat(after.get(0).get("payload")).isEqualTo(before.at("/dead_letters/0/payload"));
    }

    @Test
    void whatWillNeverComeIsClosedAndExplained() throws Exception {
        batch("wiped", 1, ramp("wiped", 10));
        status("wiped", true, 20, new Interval(16, 20));
        await("ledger?agent=wiped", l -> l.at("/lanes/0/missing").asInt() == 5);
        assertThat(get("audit?agent=wiped").get("ok").asBoolean()).isFalse();

        JsonNode missing = post("ledger/close?agent=wiped&reason=disk%20swapped");
        assertThat(missing.at("/closed/0/missing").asInt()).isEqualTo(5);
        assertThat(missing.get("left").asInt()).as("what it says it holds").isEqualTo(5);
        HttpResponse<String> online =
                send(request("ledger/close?agent=wiped&reason=x").POST(BodyPublishers.noBody()));
        assertProblem(online, 422);
        assertThat(online.body()).contains("online", "still holds 5");

        JsonNode named = post("ledger/close?agent=wiped&site=lab&lane=telemetry&epoch=77&reason=x");
        assertThat(named.at("/closed/0/waiting").asInt()).isEqualTo(5);
        assertThat(named.get("left").asInt()).isZero();
        JsonNode audit = get("audit?agent=wiped");
        assertThat(audit.get("ok").asBoolean()).isTrue();
        assertThat(audit.at("/lanes/0/dropped/closed").asInt()).isEqualTo(10);
        assertThat(audit.at("/lanes/0/waiting").asInt()).isZero();
        assertProblem(send(request("ledger/close?agent=wiped&reason=x").POST(BodyPublishers.noBody())), 422);
        assertProblem(send(request("ledger/close?agent=ghost&reason=x").POST(BodyPublishers.noBody())), 404);
        assertProblem(send(request("ledger/close?epoch=x").POST(BodyPublishers.noBody())), 400);
    }

    private void status(String agent, boolean online, long produced, Interval... held) {
        var epoch = new AgentStatus.Epoch("telemetry", 77, produced, List.of(held));
        put(Topics.status("lab", agent), StatusCodec.encode(new AgentStatus(online, T0_MICROS, "1", List.of(epoch))));
    }

    @Test
    void aRebuildGivesBackWhatWasThere() throws Exception {
        batch("again", 1, ramp("again", 20));
        String query = "agent=again&from=" + T0 + "&to=2026-01-01T01:00:00Z";
        awaitEvents(query, 20);
        JsonNode before = get("events?" + query);
        HttpResponse<String> begun = send(request("rebuild/events").POST(BodyPublishers.noBody()));
        assertThat(begun.statusCode()).isEqualTo(200);
        await("rebuild", r -> r.get("state").asText().equals("done"));
        awaitEvents(query, 20);
        assertThat(get("events?" + query)).isEqualTo(before);
        assertProblem(send(request("rebuild/moon").POST(BodyPublishers.noBody())), 404);
    }

    @Test
    void aBacktestTellsWhenRulesWouldHaveFired() throws Exception {
        double[] temperatures = {60, 75, 85, 90, 79, 65, 60, 82, 83, 60};
        for (int i = 0; i < temperatures.length; i++) {
            plain("oven", "temp", "{\"value\": %s, \"ts\": \"2026-01-01T00:00:%02dZ\"}".formatted(temperatures[i], i));
        }
        await("alerts", a -> countOf(a.get("history"), "oven-hot") == 4);
        awaitEvents("device=oven&from=" + T0 + "&to=now", 10);
        String range = "rules/backtest?compare=true&from=" + T0 + "&to=2026-01-01T00:01:00Z";

        JsonNode same = backtest(range, GatewayWithoutBroker.RULES);
        assertThat(same.at("/changes/same").asInt()).isEqualTo(2);
        assertThat(same.at("/rules/0/alerts").asInt()).isEqualTo(2);
        assertThat(same.at("/rules/0/in_alarm_seconds").asDouble()).isEqualTo(5);
        assertThat(same.at("/alerts/0/raised").asText()).isEqualTo("2026-01-01T00:00:02Z");
        assertThat(same.at("/alerts/0/cleared").asText()).isEqualTo("2026-01-01T00:00:05Z");
        assertThat(same.get("incomplete").asBoolean()).isFalse();

        JsonNode lower = backtest(range, GatewayWithoutBroker.RULES.replace("above: 80", "above: 74"));
        assertThat(lower.at("/changes/earlier").asInt()).isEqualTo(1);
        assertThat(lower.at("/changes/same").asInt()).isEqualTo(1);
        assertThat(lower.at("/alerts/0/fired_at").asText()).isEqualTo("2026-01-01T00:00:02Z");

        JsonNode higher = backtest(range, GatewayWithoutBroker.RULES.replace("above: 80", "above: 88"));
        assertThat(higher.at("/changes/later").asInt()).isEqualTo(1);
        assertThat(higher.at("/changes/gone").asInt()).isEqualTo(1);
        assertThat(higher.at("/alerts/1/raised").isNull()).isTrue();
        assertThat(higher.at("/alerts/1/fired_at").asText()).isEqualTo("2026-01-01T00:00:07Z");
        assertThat(higher.at("/alerts/1/fired_cleared_at").asText()).isEqualTo("2026-01-01T00:00:09Z");
        JsonNode without = backtest(range, "rules: []");
        assertThat(without.at("/changes/gone").asInt()).isEqualTo(2);
        assertThat(without.at("/alerts/0/rule").asText()).isEqualTo("oven-hot");
        assertThat(get("rules/backtest").get("state").asText()).isEqualTo("none");
        assertThat(send(request("rules/backtest").DELETE()).statusCode())
                .as("there is nothing to stop")
                .isEqualTo(204);

        JsonNode elsewhere = backtest(
                "rules/backtest?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", GatewayWithoutBroker.RULES);
        assertThat(elsewhere.get("alerts")).isEmpty();
        assertThat(elsewhere.get("changes").isNull()).isTrue();
        assertThat(countOf(get("alerts").get("history"), "oven-hot"))
                .as("nothing of it is kept")
                .isEqualTo(4);
    }

    @Test
    void anAlertThatIsOpenIsInAlarmUntilNowAndNotInTheFuture() throws Exception {
        plain("forge", "temp", "{\"value\": 90, \"ts\": \"%s\"}".formatted(T0));
        awaitEvents("device=forge&from=" + T0 + "&to=now", 1);
        String rules = GatewayWithoutBroker.RULES.replace("device: oven", "device: forge");

        long secondsBefore = Instant.now().getEpochSecond() - T0_MICROS / 1_000_000;
        JsonNode report = backtest("rules/backtest?from=" + T0 + "&to=9999-01-01T00:00:00Z", rules);
        long secondsAfter = Instant.now().getEpochSecond() - T0_MICROS / 1_000_000;
        assertThat(report.at("/rules/0/in_alarm_seconds").asDouble())
                .isBetween(secondsBefore * 1.0, secondsAfter + 1.0);
        JsonNode past = backtest("rules/backtest?from=" + T0 + "&to=2026-01-01T00:01:00Z", rules);
        assertThat(past.at("/rules/0/in_alarm_seconds").asDouble()).isEqualTo(60);
    }

    @Test
    void aBacktestCanBeStopped() throws Exception {
        plain("stopped", "temp", "{\"value\": 1, \"ts\": \"%s\"}".formatted(T0));
        awaitEvents("device=stopped&from=" + T0 + "&to=now", 1);
        HttpRequest.Builder run = request("rules/backtest?from=" + T0 + "&to=2026-01-01T00:01:00Z")
                .POST(BodyPublishers.ofString(GatewayWithoutBroker.RULES));
        var answer = HTTP.sendAsync(run.build(), BodyHandlers.ofString());
        while (backtest.progress() == null && !answer.isDone()) {
            Thread.onSpinWait();
        }
        backtest.stop();
        assertProblem(answer.join(), 409);
        assertThat(JSON.readTree(answer.join().body()).get("title").asText()).isEqualTo("stopped");
        assertThat(backtest.progress()).isNull();
    }

    @Test
    void aBacktestRefusesRulesThatAreWrong() throws Exception {
        HttpResponse<String> answer =
                send(request("rules/backtest?file=my.yaml").POST(BodyPublishers.ofString("rules:\n  - {name: a}\n")));
        assertProblem(answer, 422);
        assertThat(JSON.readTree(answer.body()).get("detail").asText().lines())
                .hasSize(4)
                .allMatch(line -> line.startsWith("my.yaml:2:5: "));
        JsonNode places = JSON.readTree(answer.body()).get("places");
        assertThat(places).hasSize(4).allMatch(p -> p.get("line").asInt() == 2);
        assertThat(places.at("/0/detail").asText()).startsWith("rules[1].");
        assertProblem(send(request("rules/backtest?from=now&to=now-1m").POST(BodyPublishers.noBody())), 400);
    }

    @Test
    void anAlertIsAcknowledgedAndShelvedAndTheHistorySaysByWhom() throws Exception {
        plain("kiln", "temp", "{\"value\": 90, \"ts\": \"2026-02-01T00:00:00Z\"}");
        String id = openAlert("kiln-hot").get("id").asText();
        JsonNode acknowledged =
                post("alerts/" + id + "/acknowledge?who=ada&why=on%20my%20way").get("alert");
        assertThat(acknowledged.at("/acknowledged/who").asText()).isEqualTo("ada");
        assertThat(acknowledged.at("/acknowledged/why").asText()).isEqualTo("on my way");
        assertThat(acknowledged.at("/shelved").isNull()).isTrue();
        JsonNode shelved = post("alerts/" + id + "/shelve?who=ada&for=8h").get("alert");
        Instant at = Instant.parse(shelved.at("/shelved/at").asText());
        Instant until = Instant.parse(shelved.at("/shelved/until").asText());
        assertThat(until).isBetween(at.plusSeconds(8 * 3_600 - 60), at.plusSeconds(8 * 3_600 + 60));
        assertThat(post("alerts/" + id + "/unshelve?who=bob")
                        .at("/alert/shelved")
                        .isNull())
                .isTrue();
        plain("kiln", "temp", "{\"value\": 20, \"ts\": \"2026-02-01T00:00:01Z\"}");
        JsonNode history =
                await("alerts", a -> countOf(a.get("history"), "kiln-hot") == 5).get("history");
        var steps = StreamSupport.stream(history.spliterator(), false)
                .filter(t -> t.get("rule").asText().equals("kiln-hot"))
                .map(t -> t.get("transition").asText() + " " + t.get("who").asText())
                .toList();
        assertThat(steps)
                .containsExactlyInAnyOrder(
                        "raised null", "acknowledged ada", "shelved ada", "unshelved bob", "cleared null");
        assertThat(get("alerts?series=lab/kiln/kiln%2Btemp&series=lab/none/none%2Btemp")
                        .get("history"))
                .hasSize(5);
        assertThat(get("alerts?series=lab/none/none%2Btemp").get("history")).isEmpty();

        assertProblem(send(request("alerts/" + id + "/acknowledge?who=ada").POST(BodyPublishers.noBody())), 404);
        assertProblem(send(request("alerts/banana/acknowledge?who=ada").POST(BodyPublishers.noBody())), 404);
        HttpResponse<String> wrong =
                send(request("alerts/" + id + "/shelve?who=&for=forever").POST(BodyPublishers.noBody()));
        assertProblem(wrong, 400);
        assertThat(JSON.readTree(wrong.body()).get("mistakes")).hasSize(2);
        for (String order : List.of("acknowledge?", "shelve?for=8h&", "unshelve?")) {
            HttpResponse<String> control = send(
                    request("alerts/" + id + "/" + order + "who=ada%0Aroot").POST(BodyPublishers.noBody()));
            assertProblem(control, 400);
            assertThat(control.body())
                    .contains("who", "holds the control character U+000A, expected a name on one line");
        }
    }

    @Test
    void showsWhichNotificationsWaitAndWhatKeepsThem() throws Exception {
        plain("stove", "temp", "{\"value\": 90, \"ts\": \"2026-02-01T00:00:00Z\"}");
        JsonNode view = await("notifications", v -> v.at("/pending/0/attempts").asInt() > 0);
        JsonNode pending = view.at("/pending/0");
        assertThat(pending.get("subject").asText()).isEqualTo("[critical] stove-hot: stove temp at lab");
        assertThat(pending.get("group").toString()).isEqualTo("{\"rule\":\"stove-hot\",\"site\":\"lab\"}");
        assertThat(pending.get("retry_at").isNull()).isFalse();
        JsonNode channel = view.at("/channels/0");
        assertThat(channel.get("error").asText()).startsWith("http://127.0.0.1:1: ");
        assertThat(channel.get("failures").asInt()).isPositive();
        assertThat(view.toString()).doesNotContain("secret-path");
        String metrics = HTTP.send(
                        HttpRequest.newBuilder(root.resolve("/q/metrics")).build(), BodyHandlers.ofString())
                .body();
        assertThat(metrics)
                .contains("millrace_notify_pending{channel=\"away\"} 1.0")
                .containsPattern("millrace_notify_failures_total\\{channel=\"away\"} [1-9]")
                .contains("millrace_notify_oldest_seconds{channel=\"away\"}");
        assertProblem(send(request("notifications?oops=1")), 400);
    }

    @Test
    void whatIsAboutToBeRaisedIsShownAndPushed() throws Exception {
        var page = new Page();
        WebSocket socket = open(page);
        assertThat(page.await("pending").get("pending_total").asInt()).isZero();
        plain("dryer", "temp", "{\"value\": 90, \"ts\": \"2026-02-01T00:00:00Z\"}");
        JsonNode pushed = page.await("pending");
        assertThat(pushed.get("pending_total").asInt()).isEqualTo(1);
        JsonNode pending = get("alerts").at("/pending/0");
        assertThat(pending).isEqualTo(pushed.at("/pending/0"));
        assertThat(pending.get("rule").asText()).isEqualTo("dryer-hot");
        assertThat(pending.get("since").asText()).isEqualTo("2026-02-01T00:00:00Z");
        assertThat(pending.get("due").asText()).isEqualTo("2026-02-01T01:00:00Z");
        assertThat(pending.get("reason").asText()).isEqualTo("waiting");
        assertThat(pending.get("value").asDouble()).isEqualTo(90);
        plain("dryer", "temp", "{\"value\": 20, \"ts\": \"2026-02-01T00:00:01Z\"}");
        assertThat(page.await("pending").get("pending")).isEmpty();
        assertThat(countOf(get("alerts").get("history"), "dryer-hot"))
                .as("it was never raised")
                .isZero();
        socket.abort();
    }

    @Test
    void theRulesInForceCanBeRead() throws Exception {
        HttpResponse<String> answer = send(request("rules"));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/yaml");
        assertThat(answer.body()).isEqualTo(GatewayWithoutBroker.RULES);
    }

    private JsonNode openAlert(String rule) throws Exception {
        JsonNode open = await("alerts", a -> countOf(a.get("open"), rule) == 1).get("open");
        return StreamSupport.stream(open.spliterator(), false)
                .filter(a -> a.get("rule").asText().equals(rule))
                .findFirst()
                .orElseThrow();
    }

    private static long countOf(JsonNode transitions, String rule) {
        return StreamSupport.stream(transitions.spliterator(), false)
                .filter(t -> t.get("rule").asText().equals(rule))
                .count();
    }

    private JsonNode backtest(String path, String rules) throws Exception {
        HttpResponse<String> answer = send(request(path).POST(BodyPublishers.ofString(rules)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    @Test
    void everyMistakeIsTold() throws Exception {
        HttpResponse<String> answer = send(request("events?limit=0&from=soon&device=%5B&colour=red"));
        assertProblem(answer, 400);
        assertThat(JSON.readTree(answer.body()).get("mistakes")).hasSize(4);
        assertProblem(send(request("nothing")), 404);
        assertProblem(send(request("events").DELETE()), 405);
    }

    @Test
    void metricsTellWhatWasLeftOutAndWhy() throws Exception {
        var series = new Series("left-out", "x", "bar");
        EventBatch.Builder events = EventBatch.builder();
        long year9999 = Instant.parse("9999-01-01T00:00:00Z").getEpochSecond() - T0_MICROS / SECOND;
        for (long second : new long[] {0, 3_600, 1, -T0_MICROS / SECOND, year9999}) {
            add(events, series, second, 1);
        }
        add(events, series, 3_601, Double.NaN);
        batch("left-out", 1, events.build());
        JsonNode letters = await(
                        "dead-letters?agent=left-out",
                        l -> l.get("dead_letters").size() == 3)
                .get("dead_letters");
        assertThat(letters)
                .extracting(letter -> letter.get("reason").asText())
                .containsExactlyInAnyOrder("too_old", "too_far_ahead", "not_finite");
        awaitMetric("millrace_engine_late_total", 1); // the second of three, an hour behind
        awaitMetric("millrace_dead_letters", 3);
        awaitMetric("millrace_engine_series", 1);
        awaitMetric("millrace_engine_windows", 1);
        for (String none : List.of("unfit", "series_refused", "windows_refused", "pairs_refused", "alerts_refused")) {
            assertThat(metric("millrace_engine_" + none + "_total")).isZero();
        }
    }

    private void awaitMetric(String name, double min) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (metric(name) < min && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(metric(name)).as(name).isGreaterThanOrEqualTo(min);
    }

    private double metric(String name) throws Exception {
        return send(HttpRequest.newBuilder(root.resolve("q/metrics")))
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    @Test
    void strangersAreKeptOutOfEverything() throws Exception {
        for (String path : List.of("", "api/v1/devices", "q/health", "q/metrics", "static/x", "api/v1/live")) {
            HttpRequest.Builder foreign =
                    HttpRequest.newBuilder(root.resolve(path)).header("Origin", "http://evil.example");
            assertProblem(send(foreign), 403);
        }
        HttpRequest.Builder own =
                HttpRequest.newBuilder(root).header("Origin", root.toString().replaceAll("/$", ""));
        assertThat(send(own).statusCode()).isEqualTo(200);
    }

    @Test
    void thePageMayLoadNothingButItself() throws Exception {
        HttpResponse<String> page = send(HttpRequest.newBuilder(root));
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(page.body())
                .contains("<script type=\"module\" src=\"/static/bundle/")
                .doesNotContain("//cdn", "style=");
    }

    @Test
    void openApiDescribesEveryPath() throws Exception {
        String openApi = send(HttpRequest.newBuilder(root.resolve("q/openapi"))).body();
        assertThat(openApi)
                .contains(
                        "/api/v1/events:",
                        "/api/v1/devices:",
                        "/api/v1/series:",
                        "/api/v1/ledger:",
                        "/api/v1/audit:",
                        "/api/v1/alerts:",
                        "/api/v1/dead-letters:",
                        "/api/v1/dead-letters/{id}/redrive:",
                        "/api/v1/alerts/{id}/shelve:",
                        "/api/v1/rebuild:",
                        "/api/v1/rules/backtest:",
                        "/api/v1/rules:",
                        "/api/v1/pipeline:",
                        "age_ms");
    }

    @Test
    void whatIsWatchedIsPushed() throws Exception {
        var page = new Page();
        WebSocket socket = open(page);
        page.await("hello");
        socket.sendText("{\"v\":1,\"type\":\"watch\",\"points\":[\"nonsense\"]}", true)
                .join();
        assertThat(page.await("error").get("detail").asText()).contains("expected site/agent/device+metric");

        String id = "lab/pushed/pushed+x";
        socket.sendText("{\"v\":1,\"type\":\"watch\",\"points\":[\"%s\"],\"values\":[\"%s\"]}".formatted(id, id), true)
                .join();
        page.await("pipeline"); // sent after a turn that has seen the watch
        page.await("pipeline");
        plain("pushed", "x", "{\"value\": 3.5, \"ts\": \"%s\"}".formatted(T0));
        JsonNode points = page.await("points");
        assertThat(points.get("id").asText()).isEqualTo(id);
        assertThat(points.at("/points/0/0").asDouble()).isEqualTo(T0_MICROS / 1000.0);
        assertThat(points.at("/points/0/1").asDouble()).isEqualTo(3.5);
        assertThat(page.await("values").at("/values/0/value").asDouble()).isEqualTo(3.5);
        socket.abort();
    }

    @Test
    void aWrongMessageIsAnsweredInASentence() throws Exception {
        String watch = "{\"v\":1,\"type\":\"watch\",%s}";
        String long70k = "x".repeat(70_000);
        var answers = new LinkedHashMap<String, String>();
        answers.put("null", "message is no JSON object, expected {\"v\": 1, \"type\": \"watch\",");
        answers.put("[]", "message is no JSON object, expected {");
        answers.put("\"watch\"", "message is no JSON object, expected {");
        answers.put("{\"v\":1,", "message is no JSON, expected {");
        answers.put(long70k, "message is no JSON, expected {");
        answers.put("{}", "message is null of version 0, expected watch of version 1");
        answers.put("{\"v\":1,\"type\":\"%s\"}".formatted(long70k), "expected watch of version 1");
        answers.put("{\"v\":\"one\",\"type\":\"watch\"}", "v has another form, expected {");
        answers.put(watch.formatted("\"points\":{\"a\":1}"), "points has another form, expected {");
        answers.put(watch.formatted("\"values\":[{}]"), "values has another form, expected {");
        answers.put(watch.formatted("\"values\":[null]"), "values names null, expected site/agent/device+metric");
        answers.put(watch.formatted("\"points\":[\"%s\"]".formatted(long70k)), "expected site/agent/device+metric");
        var page = new Page();
        WebSocket socket = open(page);
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            socket.sendText(answer.getKey(), true).join();
            assertThat(page.await("error").get("detail").asText())
                    .contains(answer.getValue())
                    .doesNotContain("java", "millrace.gateway", "Watch")
                    .hasSizeLessThan(400);
        }
        socket.abort();
    }

    private WebSocket open(Page page) throws Exception {
        return HTTP.newWebSocketBuilder()
                .buildAsync(URI.create(root.toString().replaceFirst("http", "ws") + "api/v1/live"), page)
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aForeignPageCannotListen() {
        var builder = HTTP.newWebSocketBuilder().header("Origin", "http://evil.example");
        URI live = URI.create(root.toString().replaceFirst("http", "ws") + "api/v1/live");
        assertThat(builder.buildAsync(live, new Page())
                        .handle((socket, failure) -> failure)
                        .join())
                .isInstanceOf(CompletionException.class);
    }

    /** A client of the WebSocket that keeps what it was told. */
    private static final class Page implements WebSocket.Listener {
        private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
        private final StringBuilder partial = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                frames.add(partial.toString());
                partial.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        JsonNode await(String type) throws InterruptedException, IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (true) {
                String frame = frames.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                assertThat(frame).as("a frame of type %s", type).isNotNull();
                JsonNode json = JSON.readTree(String.valueOf(frame));
                if (json.get("type").asText().equals(type)) {
                    return json;
                }
            }
        }
    }

    private interface Expectation {
        boolean holds(JsonNode json);
    }

    private JsonNode await(String path, Expectation expected) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        JsonNode last = get(path);
        while (!expected.holds(last) && System.nanoTime() < end) {
            Thread.onSpinWait();
            last = get(path);
        }
        assertThat(expected.holds(last)).as("%s: %s", path, last).isTrue();
        return last;
    }

    private void awaitEvents(String query, int count) throws Exception {
        await("events?limit=10000&" + query, page -> page.get("events").size() == count);
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path));
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private JsonNode post(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(request(path).POST(BodyPublishers.noBody()));
        assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(root + "api/v1/" + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static void assertProblem(HttpResponse<String> answer, int status) throws IOException {
        assertThat(answer.statusCode())
                .as("%s: %s", answer.uri(), answer.body())
                .isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(Problem.MEDIA_TYPE);
        assertThat(JSON.readTree(answer.body()).get("status").asInt()).isEqualTo(status);
    }

    private static EventBatch ramp(String device, int count) {
        EventBatch.Builder batch = EventBatch.builder();
        for (int i = 0; i < count; i++) {
            add(batch, new Series(device, "x", "bar"), i, i);
        }
        return batch.build();
    }

    private static void add(EventBatch.Builder batch, Series series, long second, double value) {
        batch.add(
                batch.seriesIndex(series),
                T0_MICROS + second * SECOND,
                ValueType.NUMBER,
                Double.doubleToRawLongBits(value),
                null,
                Quality.GOOD);
    }

    private void batch(String agent, long first, EventBatch events) {
        var stream = new StreamId("lab", agent, "telemetry", 77);
        var envelope = new Envelope(stream, first, events.size(), false, T0_MICROS, 0, null);
        put(Topics.batch("lab", agent, "telemetry"), new WireEncoder().encode(envelope, events));
    }

    private void plain(String device, String metric, String payload) {
        put(Topics.plainEvent("lab", device, metric), payload.getBytes(StandardCharsets.UTF_8));
    }

    private void put(String topic, byte[] payload) {
        inbox.put(new Inbound(topic, payload, System.nanoTime(), () -> {})).join();
    }
}
