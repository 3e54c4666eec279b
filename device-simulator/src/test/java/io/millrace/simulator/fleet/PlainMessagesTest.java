package io.millrace.simulator.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulator.fleet.Fleet.Transport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlainMessagesTest {
    private static final Metric COUNT = new Metric("count", "1/\"", new Signal.Counter(2, 1_000_000));
    private static final Metric OPEN = new Metric("open", "", new Signal.OnOff(3, 1));
    private static final long START = 1_767_225_600_000_000L;

    private static Population of(Format format) {
        Fleet fleet =
                new Fleet(0, "door", Transport.PLAIN, 2, 1, List.of(COUNT, OPEN), 2, 0).with(Skew.NONE, format, 0);
        return new Population(7, "hall", List.of(fleet), 10_000_000);
    }

    private static Format own(String payload, @Nullable String topic) {
        return new Format(
                new Format.Payload.Own(Template.parse(payload, Format.OF_PAYLOADS)),
                topic == null ? null : Template.parse(topic, Format.OF_TOPICS));
    }

    private static String payload(Population population, int unit, long event) {
        byte[] payload =
                new PlainMessages(population, START).payload(population.fleets().getFirst(), unit, event);
        return new String(payload, StandardCharsets.UTF_8);
    }

    @Test
    void fillsATemplate() {
        Population population = of(own(
                "{\"t\":${ts_ms},\"u\":${ts_us},\"at\":\"${ts}\",\"n\":${seq},\"of\":\"${site}/${device}/${metric}\","
                        + "\"unit\":\"${unit}\",\"x\":\"$ {}\",\"v\":${value}}",
                null));
        assertThat(payload(population, 1, 2))
                .startsWith(
                        "{\"t\":1767225601500,\"u\":1767225601500000,\"at\":\"2026-01-01T00:00:01.500000Z\",\"n\":3,"
                                + "\"of\":\"hall/door-2/count\",\"unit\":\"1/\\\"\",\"x\":\"$ {}\",\"v\":")
                .matches(".*\"v\":[0-9]+}");
        assertThat(payload(population, 1, 3)).endsWith("\"v\":true}");
    }

    @Test
    void aBareReadingIsItsValue() {
        assertThat(payload(of(new Format(new Format.Payload.Bare(), null)), 0, 1))
                .isEqualTo("true");
    }

    @Test
    void topicsAreCoveredByTheFleetsFilter() {
        Population ours = of(Format.JSON);
        assertThat(topic(ours)).isEqualTo("millrace/v1/hall/door-2/event/open");
        assertThat(filter(ours)).isEqualTo("millrace/v1/hall/+/event/+");
        Population theirs = of(own("x", "${site}/dev-${device}/up"));
        assertThat(topic(theirs)).isEqualTo("hall/dev-door-2/up");
        assertThat(filter(theirs)).isEqualTo("hall/+/up");
    }

    private static String topic(Population population) {
        return PlainMessages.topic(population, population.fleets().getFirst(), 1, 1);
    }

    private static String filter(Population population) {
        return PlainMessages.filter(population, population.fleets().getFirst());
    }
}
