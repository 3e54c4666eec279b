package io.millrace.agent.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.model.Event;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonEventsTest {
    private static final long NOW = 1_000_000_000_000_000L;

    private final Submission submission = new Submission(List.of("alarm", "telemetry"));

    private void read(String json) throws Exception {
        new JsonEvents(submission, "telemetry", NOW).read(json.getBytes(UTF_8));
    }

    private List<Event> telemetry() {
        return Objects.requireNonNull(submission.eventsByLane().get("telemetry"));
    }

    @Test
    void readsOneEventWithAllItsFields() throws Exception {
        read("""
                {"device":"pump/1","metric":"temperature","value":21.5,"ts":"2026-01-01T01:00:00.123456+01:00",
                 "unit":"°C","quality":"uncertain","lane":"alarm"}""");
        assertThat(submission.eventsByLane().get("alarm"))
                .containsExactly(new Event(
                        new Series("pump/1", "temperature", "°C"),
                        1_767_225_600_123_456L,
                        new Value.Numeric(21.5),
                        Quality.UNCERTAIN));
    }

    @Test
    void readsAnArrayAndStampsWhatHasNoTime() throws Exception {
        read("""
                [{"device":"d","metric":"m","value":1},{"device":"d","metric":"m","value":true,"ts":1767225600000},
                 {"device":"d","metric":"m","value":""}]""");
        assertThat(telemetry().stream().map(Event::timeMicros)).containsExactly(NOW, 1_767_225_600_000_000L, NOW);
        assertThat(telemetry().stream().map(Event::value))
                .containsExactly(new Value.Numeric(1), new Value.Bool(true), new Value.Text(""));
    }

    @Test
    void wholeNumbersStayExact() throws Exception {
        read("""
                [{"device":"d","metric":"m","value":9007199254740992},{"device":"d","metric":"m","value":9007199254740993},
                 {"device":"d","metric":"m","value":-9223372036854775808},{"device":"d","metric":"m","value":-0.0}]""");
        assertThat(telemetry().stream().map(Event::value))
                .containsExactly(
                        new Value.Numeric(9007199254740992.0),
                        new Value.Whole(9007199254740993L),
                        new Value.Whole(Long.MIN_VALUE),
                        new Value.Numeric(-0.0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|device is missing",
                "{'device':'d','metric':'m'}|value is missing",
                "{'device':'d','metric':'m','value':null}|value is null",
                "{'device':'d','metric':'m','value':{'a':[1]}}|value is an object",
                "{'device':'d','metric':'m','value':1e999}|value is 1e999",
                "{'device':'d','metric':'m','value':9223372036854775808}|64 bits",
                "{'device':7,'metric':'m','value':1}|device is 7, expected text",
                "{'device':'d#','metric':'m','value':1}|device holds U+0023",
                "{'device':'','metric':'m','value':1}|device is empty",
                "{'device':'d','metric':'m','value':1,'ts':'yesterday'}|ts is yesterday",
                "{'device':'d','metric':'m','value':1,'ts':9223372036854775807}|ts is 9223372036854775807",
                "{'device':'d','metric':'m','value':1,'ts':1.5}|ts is 1.5",
                "{'device':'d','metric':'m','value':1,'quality':'fine'}|quality is fine",
                "{'device':'d','metric':'m','value':1,'lane':'fast'}|lane is fast, expected one of alarm, telemetry",
                "{'device':'d','metric':'m','value':1,'valeu':[2]}|unknown field valeu",
                "7|is no object",
                "[[]]|is no object"
            })
    void refusesAnItemWithItsReasonAndTakesTheOthers(String item, String reason) throws Exception {
        read("[{'device':'d','metric':'m','value':1},%s,{'device':'d','metric':'m','value':2}]"
                .formatted(item)
                .replace('\'', '"'));
        assertThat(telemetry()).hasSize(2);
        assertThat(submission.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.item()).isEqualTo(1);
            assertThat(refusal.reason()).contains(reason);
        });
    }

    @Test
    void refusesATextThatIsTooLarge() throws Exception {
        read("{\"device\":\"d\",\"metric\":\"m\",\"value\":\"%s\"}".formatted("x".repeat(70_000)));
        assertThat(submission.refusals()).hasSize(1);
    }

    @Test
    void whileTheClockCannotBeRightOnlyEventsWithATimeAreTaken() throws Exception {
        new JsonEvents(submission, "telemetry", null)
                .read(
                        "[{\"device\":\"d\",\"metric\":\"m\",\"value\":1},{\"device\":\"d\",\"metric\":\"m\",\"value\":1,\"ts\":0}]"
                                .getBytes(UTF_8));
        assertThat(telemetry()).hasSize(1);
        assertThat(submission.refusals().getFirst().reason()).contains("clock of this machine is not set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "nonsense",
                "[{}",
                "{} {}",
                "{\"a\":1,\"a\":2}",
                "{\"value\":NaN}",
                "[{\"device\":\"\\ud8\"}]",
                "\u0000"
            })
    void aBodyThatIsNotJsonIsRefusedAsAWhole(String body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(Submission.MalformedException.class);
    }

    @Test
    void nestingIsLimited() {
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(Submission.MalformedException.class);
    }

    @Test
    void theNumberOfEventsIsLimited() {
        String event = "{\"device\":\"d\",\"metric\":\"m\",\"value\":1}";
        assertThatThrownBy(() -> read("[" + (event + ",").repeat(Submission.EVENTS_MAX) + event + "]"))
                .isInstanceOf(Submission.TooManyEventsException.class);
    }
}
