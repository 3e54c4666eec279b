package io.millrace.broker.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTest {
    @ParameterizedTest
    @CsvSource({
        "millrace/v1/s/d/event/m, PLAIN",
        "millrace/v1/s/d/event/m/n, PLAIN",
        "millrace/v1/s/d/event, PLAIN",
        "millrace/v1/s/a/batch/l, BATCH",
        "millrace/v1/s/d/events/m,",
        "millrace/v1/s/a/batch,",
        "millrace/v1/s/a/batch/l/x,",
        "millrace/v1/s/a/status,",
        "millrace/v1/s/a/receipt/l,",
        "millrace/v1/event/m,",
        "millrace/v2/s/d/event/m,",
        "home/event,",
    })
    void knowsWhatTheGatewayTakesInBundles(String topic, Route route) {
        assertThat(Route.of(topic)).isEqualTo(route);
    }

    @ParameterizedTest
    @CsvSource({
        "#, true, true",
        "+/#, true, true",
        "millrace/v1/+/+/event/#, true, false",
        "millrace/v1/s/d/event/temperature, true, false",
        "millrace/v1/s/+/+/+, true, true",
        "millrace/v1/s/d/event, true, false",
        "$share/group/millrace/#, true, true",
        "millrace/v1/+/+/batch/alarm, false, true",
        "millrace/v1/s/a/receipt/+, false, false",
        "millrace/v1/+/+/status, false, false",
        "millrace/v1/s/d, false, false",
        "millrace-bundle/1/plain/+, false, false",
        "home/#, false, false",
    })
    void knowsWhichSubscriptionsMightHearThat(String filter, boolean plain, boolean batch) {
        assertThat(Route.PLAIN.isHeardBy(filter)).isEqualTo(plain);
        assertThat(Route.BATCH.isHeardBy(filter)).isEqualTo(batch);
    }

    @ParameterizedTest
    @CsvSource({"millrace-bundle/1/plain/37, 37", "millrace/v1/s/d/event/m, 1", "millrace-bundle/1/plain/x, 1"})
    void aBundleCountsForWhatIsInIt(String topic, int messages) {
        assertThat(Route.messagesIn(topic)).isEqualTo(messages);
    }
}
