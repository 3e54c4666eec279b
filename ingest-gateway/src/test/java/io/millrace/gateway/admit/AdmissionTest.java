package io.millrace.gateway.admit;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import io.millrace.model.wire.Envelope;
import io.millrace.model.wire.WireEncoder;
import io.millrace.store.log.EntryKind;
import io.millrace.store.log.EventLog;
import io.millrace.store.log.Letter;
import io.millrace.store.log.LogEntry;
import io.millrace.store.log.Redrive;
import io.millrace.store.log.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    private static final long NOW = 1_767_225_600_000_000L;
    private static final StreamId STREAM = new StreamId("plant-1", "gw-7", "telemetry", 42);
    private static final String BATCH_TOPIC = "millrace/v1/plant-1/gw-7/batch/telemetry";

    private final Admission admission = new Admission(new SeriesRegistry());

    @Test
    void logsABatchAndSettlesItsSequences() {
        Admitted.Log log = log(BATCH_TOPIC, batch(STREAM, 7, number(1.5, NOW), number(2.5, NOW + 1)));
        assertThat(log.entry().kind()).isEqualTo(EntryKind.BATCH);
        assertThat(log.entry().first()).isEqualTo(7);
        assertThat(log.entry().fromMicros()).isEqualTo(NOW);
        assertThat(log.entry().toMicros()).isEqualTo(NOW + 1);
        assertThat(log.entry().verdicts().isEmpty()).isTrue();
        assertThat(log.answerTo()).isEqualTo(new Admitted.Address("plant-1", "gw-7", "telemetry", 42));
        assertThat(log.settled()).containsExactly(new Interval(7, 8));
    }

    @Test
    void aReadingOfAMegabyteIsADeadLetter() {
        byte[] payload = ("{\"value\": \"" + "x".repeat(1 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        LogEntry entry = log("millrace/v1/plant-1/dev-1/event/note", payload).entry();
        assertThat(entry.kind()).isEqualTo(EntryKind.REJECTED);
        assertThat(entry.payload()).isEqualTo(payload);
    }

    /** Stands for every defect: the message becomes a dead letter and the loop goes on. */
    @Test
    void aMessageThatItFailsOverIsADeadLetterToo() {
        LogEntry entry = log("millrace/v1/plant-1/dev-1/event/note", new byte[EventLog.ENTRY_BYTES_MAX + 1])
                .entry();
        assertThat(reason(entry.verdicts().runs().getFirst().verdict())).isEqualTo("defect");
    }

    @Test
    void drivesADeadLetterAgainWithTheTimeOfItsArrival() {
        byte[] payload = "21.5".getBytes(StandardCharsets.UTF_8);
        Redrive again = redrive("millrace/v1/plant-1/dev-1/event/temp", StreamId.PLAIN, payload);
        assertThat(again.entry().kind()).isEqualTo(EntryKind.PLAIN);
        assertThat(again.entry().fromMicros()).as("without a time of its own").isEqualTo(NOW - 5);
        assertThat(again.entry().payload()).isEqualTo(payload);
    }

    @Test
    void anEventWithoutATopicIsDrivenAgainAsItsAgentsBatch() {
        Redrive again = redrive(null, "telemetry", batch(STREAM, 7, number(Double.NaN, NOW)));
        assertThat(again.entry().kind()).isEqualTo(EntryKind.BATCH);
        assertThat(again.entry().first()).isEqualTo(7);
        assertThat(reasons(again.entry(), 1)).containsExactly("not_finite");
    }

    @Test
    void anOldStatusIsNotDrivenAgain() {
        var letter = letter("millrace/v1/plant-1/gw-7/status", "plain");
        assertThat(admission.redrive(letter, "{".getBytes(StandardCharsets.UTF_8), NOW))
                .isEqualTo(new Admitted.Nothing());
    }

    private Redrive redrive(@Nullable String topic, String lane, byte[] payload) {
        var log = (Admitted.Log) admission.redrive(letter(topic, lane), payload, NOW);
        assertThat(log.answerTo()).as("nobody waits for a receipt").isNull();
        return Redrive.of(log.entry());
    }

    private static Letter letter(@Nullable String topic, String lane) {
        var why = new Verdict.DeadLetter("defect", "of ours");
        return new Letter(NOW - 5, 3, null, "plant-1", "gw-7", lane, null, topic, why);
    }

    @Test
    void judgesEachEventOfABatchByItself() {
        Admitted.Log log = log(
                BATCH_TOPIC,
                batch(
                        STREAM,
                        1,
                        number(1, NOW),
                        number(Double.NaN, NOW),
                        number(Double.NEGATIVE_INFINITY, NOW),
                        number(1, 0),
                        number(1, NOW + micros(Duration.ofMinutes(10)) + 1),
                        number(1, NOW + micros(Duration.ofDays(1)) + 1),
                        number(1, Long.MIN_VALUE),
                        number(1, Long.MAX_VALUE),
                        number(-0.0, NOW)));
        assertThat(reasons(log.entry(), 9))
                .containsExactly(
                        "",
                        "not_finite",
                        "not_finite",
                        "too_old",
                        "future",
                        "too_far_ahead",
                        "too_old",
                        "too_far_ahead",
                        "");
        assertThat(log.settled()).containsExactly(new Interval(1, 9));
    }

    @Test
    void refusesNewSeriesBeyondTheLimitAndGoesOnTakingKnownOnes() {
        var registry = new SeriesRegistry();
        for (int i = 0; i < SeriesRegistry.SERIES_MAX - 1; i++) {
            registry.admit("plant-1", "gw-7", new Series("d", "m" + i, ""));
        }
        var full = new Admission(registry);
        byte[] message = batch(STREAM, 1, event("m0", 1), event("last", 1), event("more", 1));
        assertThat(reasons(((Admitted.Log) full.admit(BATCH_TOPIC, message, NOW)).entry(), 3))
                .containsExactly("", "", "too_many_series");
    }

    @Test
    void logsGapsAndSettlesWhatTheyCover() {
        var gap = new Gap(STREAM, new Interval(5, 9), Gap.Reason.DISK_FULL, NOW, NOW);
        byte[] message = new WireEncoder().encodeGaps(envelope(STREAM, 0, 1), List.of(gap));
        Admitted.Log log = log(BATCH_TOPIC, message);
        assertThat(log.entry().kind()).isEqualTo(EntryKind.GAPS);
        assertThat(log.settled()).containsExactly(new Interval(5, 9));
    }

    @Test
    void takesNoBatchFromSomebodyWhoClaimsToBeAnother() {
        Admitted.Log log = log("millrace/v1/plant-1/gw-8/batch/telemetry", batch(STREAM, 1, number(1, NOW)));
        assertThat(log.entry().kind()).isEqualTo(EntryKind.REJECTED);
        assertThat(reasons(log.entry(), 1)).containsExactly("wrong_sender");
        assertThat(log.answerTo()).isNull();
    }

    @Test
    void keepsABatchThatCannotBeReadAsADeadLetter() {
        byte[] message = batch(STREAM, 1, number(1, NOW));
        message[message.length / 2] ^= 1;
        Admitted.Log log = log(BATCH_TOPIC, message);
        assertThat(log.entry().kind()).isEqualTo(EntryKind.REJECTED);
        assertThat(log.entry().payload()).isEqualTo(message);
        assertThat(reasons(log.entry(), 1)).containsExactly("undecodable");
    }

    @Test
    void givesAPlainReadingTheSameIdentityEachTime() {
        String topic = "millrace/v1/home/boiler/event/temperature";
        LogEntry first =
                log(topic, text("{\"value\":21.5,\"ts\":1767225600000}")).entry();
        LogEntry again = log(topic, text("{\"ts\":\"2026-01-01T00:00:00Z\",\"value\":21.5}"))
                .entry();
        LogEntry other =
                log(topic, text("{\"value\":21.6,\"ts\":1767225600000}")).entry();
        assertThat(first.kind()).isEqualTo(EntryKind.PLAIN);
        assertThat(first.agent()).isEqualTo("boiler");
        assertThat(first.fromMicros()).isEqualTo(1_767_225_600_000_000L);
        assertThat(again.first()).isEqualTo(first.first());
        assertThat(again.epoch()).isEqualTo(first.epoch());
        assertThat(other.first()).isNotEqualTo(first.first());
        assertThat(other.epoch()).isEqualTo(first.epoch());
    }

    @Test
    void aPlainIdNamesTheReadingWhateverItsValue() {
        String topic = "millrace/v1/home/boiler/event/temperature";
        assertThat(log(topic, text("{\"value\":1,\"id\":\"a\"}")).entry().first())
                .isEqualTo(
                        log(topic, text("{\"value\":2,\"id\":\"a\"}")).entry().first());
    }

    @Test
    void aPlainReadingWithoutTimeGetsThatOfItsArrival() {
        assertThat(log("millrace/v1/home/boiler/event/on", text("true")).entry().fromMicros())
                .isEqualTo(NOW);
    }

    @ParameterizedTest
    @CsvSource({
        "millrace/v1/home/boiler/event/temperature, hello, malformed, home, boiler",
        "millrace/v1/home/boiler/event/a/b, 1, wrong_topic, home, boiler",
        "millrace/v1/home/boiler/event/, 1, wrong_topic, home, boiler",
        "millrace/v1/home/boiler/nonsense, 1, wrong_topic, home, boiler",
        "millrace/v1/home/boiler/status, 1, malformed, home, boiler",
        "elsewhere, 1, wrong_topic, unknown, unknown",
    })
    void keepsWhatItCannotUseWithTheReason(String topic, String payload, String reason, String site, String agent) {
        Admitted.Log log = log(topic, text(payload));
        assertThat(log.entry().kind()).isEqualTo(EntryKind.REJECTED);
        assertThat(reasons(log.entry(), 1)).containsExactly(reason);
        assertThat(log.entry().site()).isEqualTo(site);
        assertThat(log.entry().agent()).isEqualTo(agent);
        assertThat(log.entry().topic()).isEqualTo(topic);
        assertThat(log.entry().payload()).isEqualTo(text(payload));
    }

    @Test
    void anEmptyStatusClearsTheRetainedOneAndIsNoMistake() {
        assertThat(admission.admit("millrace/v1/home/gw/status", new byte[0], NOW))
                .isEqualTo(new Admitted.Nothing());
    }

    private Admitted.Log log(String topic, byte[] payload) {
        return (Admitted.Log) admission.admit(topic, payload, NOW);
    }

    private static List<String> reasons(LogEntry entry, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> reason(entry.verdicts().of(i)))
                .toList();
    }

    private static String reason(@Nullable Verdict verdict) {
        return switch (verdict) {
            case Verdict.Future() -> "future";
            case Verdict.DeadLetter(String reason, String _) -> reason;
            case null -> "";
        };
    }

    private static byte[] batch(StreamId stream, long first, Event... events) {
        EventBatch.Builder batch = EventBatch.builder();
        List.of(events).forEach(batch::add);
        return new WireEncoder().encode(envelope(stream, first, events.length), batch.build());
    }

    private static Envelope envelope(StreamId stream, long first, int count) {
        return new Envelope(stream, first, count, false, NOW, 1, null);
    }

    private static Event number(double value, long timeMicros) {
        return new Event(new Series("pump-1", "pressure", "bar"), timeMicros, new Value.Numeric(value), Quality.GOOD);
    }

    private static Event event(String metric, double value) {
        return new Event(new Series("d", metric, ""), NOW, new Value.Numeric(value), Quality.GOOD);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
