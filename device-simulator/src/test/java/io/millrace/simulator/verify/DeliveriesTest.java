package io.millrace.simulator.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.fault.Faults;
import io.millrace.simulator.fleet.Fleet;
import io.millrace.simulator.fleet.Fleet.Transport;
import io.millrace.simulator.fleet.Format;
import io.millrace.simulator.fleet.Metric;
import io.millrace.simulator.fleet.PlainMessages;
import io.millrace.simulator.fleet.Population;
import io.millrace.simulator.fleet.Signal;
import io.millrace.simulator.fleet.Skew;
import io.millrace.simulator.fleet.Template;
import io.millrace.simulator.verify.Findings.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of damage is done once, and must be found once, whatever messages look like. */
class DeliveriesTest {
    private static final long START = 1_767_225_600_000_000L;
    private static final Metric LEVEL = new Metric("level", "", new Signal.Steps(0, 9, 3, 2, 0));
    private static final Metric COUNT = new Metric("count", "", new Signal.Counter(2, 1_000));

    private final List<Long> delays = new ArrayList<>();

    /** A message on its way; due and delivered so long after the beginning. */
    private record Message(String topic, byte[] payload, long micros) {}

    static List<Format> formats() {
        return List.of(
                Format.JSON,
                new Format(new Format.Payload.Bare(), null),
                new Format(
                        new Format.Payload.Own(Template.parse("${metric} ${value}", Format.OF_PAYLOADS)),
                        Template.parse("${device}", Format.OF_TOPICS)));
    }

    private static Population population(Format format) {
        Fleet fleet =
                new Fleet(0, "tank", Transport.PLAIN, 3, 1, List.of(LEVEL, COUNT), 60, 0.2).with(Skew.NONE, format, 0);
        return new Population(7, "sim", List.of(fleet), 10_000_000);
    }

    private static List<Message> all(Population population) {
        var messages = new PlainMessages(population, START);
        Fleet fleet = population.fleets().getFirst();
        List<Message> all = new ArrayList<>();
        for (long event = 0; event < 400; event++) {
            for (int unit = 0; unit < 3; unit++) {
                String topic = PlainMessages.topic(population, fleet, unit, (int) (event % 2));
                long due = fleet.offsetMicros(7, unit, event / 2);
                all.add(new Message(topic, messages.payload(fleet, unit, event), due + 1_000));
            }
        }
        return all;
    }

    private Findings deliver(Population population, List<Message> messages, Produced produced) {
        return deliver(population, Faults.NONE, messages, produced);
    }

    private Findings deliver(Population population, Faults faults, List<Message> messages, Produced produced) {
        var deliveries = new Deliveries(population, faults, START, delays::add);
        messages.forEach(each -> deliveries.add(each.topic, each.payload, each.micros));
        return deliveries.end(produced);
    }

    private static Produced once(Population population) {
        return (fleet, unit) -> fleet.eventsOf(unit, population.horizonMicros());
    }

    /** All were sent twice, for want of an answer. */
    private static Produced twice(Population population) {
        return new Produced() {
            @Override
            public long events(Fleet fleet, int unit) {
                return fleet.eventsOf(unit, population.horizonMicros());
            }

            @Override
            public int repeats(Fleet fleet, int unit, long event) {
                return 1;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatIsDeliveredOnceAndInOrderIsClean(Format format) {
        Population population = population(format);
        Findings findings = deliver(population, all(population), once(population));
        assertThat(findings.isClean()).isTrue();
        assertThat(findings.storedCount()).isEqualTo(population.events()).isEqualTo(1_200);
        assertThat(delays).hasSize(1_200).allMatch(micros -> micros == 1_000);
    }

    @ParameterizedTest
    @MethodSource("formats")
    void oneLostMessageIsMissing(Format format) {
        Population population = population(format);
        for (int lost : new int[] {0, 600, 1_199}) {
            List<Message> messages = all(population);
            String topic = messages.remove(lost).topic;
            Findings findings = deliver(population, messages, once(population));
            assertThat(findings.count(Kind.MISSING)).isEqualTo(1);
            assertThat(findings.first(Kind.MISSING).getFirst()).startsWith(topic + ": reading ");
            assertThat(findings.count(Kind.WRONG)).isZero();
            assertThat(findings.count(Kind.DUPLICATED)).isZero();
            assertThat(findings.count(Kind.OUT_OF_ORDER)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void aSecondCopyIsADuplicateUnlessItWasSentTwice(Format format) {
        Population population = population(format);
        List<Message> messages = all(population);
        messages.add(messages.get(3));
        Findings findings = deliver(population, messages, once(population));
        assertThat(findings.count(Kind.DUPLICATED)).isEqualTo(1);
        assertThat(findings.storedCount()).isEqualTo(1_200);
        assertThat(findings.count(Kind.MISSING)).isZero();
        assertThat(deliver(population, messages, twice(population)).isClean()).isTrue();
        messages.add(messages.get(3));
        assertThat(deliver(population, messages, twice(population)).count(Kind.DUPLICATED))
                .isEqualTo(1);
    }

    /** The second copy of a reading may be taken for the first of an equal one, and that for its second. */
    @Test
    void equalReadingsAreCountedTogether() {
        Population population = population(new Format(new Format.Payload.Bare(), null));
        List<Message> messages = all(population);
        Message copy = messages.get(0);
        int alike = IntStream.range(1, messages.size())
                .filter(i -> messages.get(i).topic.equals(copy.topic)
                        && Arrays.equals(messages.get(i).payload, copy.payload))
                .max()
                .orElseThrow();
        messages.add(alike, new Message(copy.topic, copy.payload, messages.get(alike).micros));
        Produced firstSentTwice = new Produced() {
            @Override
            public long events(Fleet fleet, int unit) {
                return fleet.eventsOf(unit, population.horizonMicros());
            }

            @Override
            public int repeats(Fleet fleet, int unit, long event) {
                return unit == 0 && event == 0 ? 1 : 0;
            }
        };
        assertThat(deliver(population, messages, firstSentTwice).isClean()).isTrue();
        assertThat(deliver(population, messages, once(population)).count(Kind.DUPLICATED))
                .isEqualTo(1);
    }

    @Test
    void whatOvertakesIsOutOfOrderUnlessTheOtherWasSentTwice() {
        Population population = population(Format.JSON);
        List<Message> messages = all(population);
        Collections.swap(messages, 300, 306); // the next but one of that topic is 12 on: 3 devices with 2 metrics
        Message early = messages.get(300);
        messages.set(300, new Message(early.topic, early.payload, early.micros + 100_000));
        Findings findings = deliver(population, messages, once(population));
        assertThat(findings.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
        assertThat(findings.count(Kind.MISSING)).isZero();
        assertThat(deliver(population, messages, twice(population)).isClean()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void whatWasNeverProducedIsWrongOrGarbage(Format format) {
        Population population = population(format);
        List<Message> messages = all(population);
        byte[] nonsense = "nonsense".getBytes(StandardCharsets.UTF_8);
        messages.add(new Message(messages.getFirst().topic, nonsense, 9_000_000));
        messages.add(new Message("somebody/elses", nonsense, 9_000_000));
        Findings findings = deliver(population, messages, once(population));
        assertThat(findings.count(Kind.WRONG)).isEqualTo(1);
        assertThat(findings.first(Kind.WRONG).getFirst()).contains("'nonsense' was never produced");
        Findings expected = deliver(
                population, new Faults(List.of(), List.of(), 0, Faults.Reorder.NONE, 0.1), messages, once(population));
        assertThat(expected.isClean()).isTrue();
        assertThat(expected.deadLetters()).isEqualTo(1);
    }

    @Test
    void aChangedValueIsWrongAndMissing() {
        Population population = population(Format.JSON);
        List<Message> messages = all(population);
        Message right = messages.get(77);
        byte[] changed = right.payload.clone();
        changed[changed.length - 3] ^= 1;
        messages.set(77, new Message(right.topic, changed, right.micros));
        Findings findings = deliver(population, messages, once(population));
        assertThat(findings.count(Kind.WRONG)).isEqualTo(1);
        assertThat(findings.count(Kind.MISSING)).isEqualTo(1);
        assertThat(findings.storedCount()).isEqualTo(1_199);
    }

    @Test
    void subscribesToNoMoreThanItsSite() {
        assertThat(Deliveries.filters(population(Format.JSON))).containsExactly("millrace/v1/sim/+/event/+");
    }
}
