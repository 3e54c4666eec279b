package io.millrace.gateway.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.backtest.Comparison.Change;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Alert.Watched PUMP = new Alert.Watched("hot", "lab", "gw", "pump", "temp");

    @Test
    void alertsThatWereOpenAtTheSameTimeAreTheSameOne() {
        assertThat(changes(alerts(10, 20), alerts(10, 30))).containsExactly(Change.SAME);
        assertThat(changes(alerts(5, 11), alerts(10, 30))).containsExactly(Change.EARLIER);
        assertThat(changes(alerts(29, 60), alerts(10, 30))).containsExactly(Change.LATER);
        assertThat(changes(alerts(30, 60), alerts(10, 30))).containsExactly(Change.GONE, Change.NEW);
    }

    @Test
    void anAlertThatIsOpenStillLastsForEver() {
        assertThat(changes(List.of(alert(5, Alert.OPEN)), alerts(100, 110))).containsExactly(Change.EARLIER);
        assertThat(changes(alerts(100, 110), List.of(alert(5, Alert.OPEN)))).containsExactly(Change.LATER);
    }

    @Test
    void eachAlertIsInOnePairOnly() {
        assertThat(changes(alerts(0, 5, 10, 15, 20, 25), alerts(0, 50)))
                .containsExactly(Change.SAME, Change.NEW, Change.NEW);
        assertThat(changes(alerts(0, 50), alerts(0, 5, 10, 15, 20, 25)))
                .containsExactly(Change.SAME, Change.GONE, Change.GONE);
        assertThat(changes(alerts(30, 35), alerts(0, 5, 10, 15, 31, 40)))
                .containsExactly(Change.GONE, Change.GONE, Change.EARLIER);
        assertThat(changes(List.of(), List.of())).isEmpty();
    }

    @Test
    void historyAndOtherSeriesAreApart() {
        var other = new Alert.Watched("hot", "lab", "gw", "fan", "temp");
        Alert fan = new Alert(other, "major", 10, 20, 1, 0, "", false);
        Alert history = new Alert(PUMP, "major", 10, 20, 1, 0, "", true);
        assertThat(changes(alerts(10, 20), List.of(fan, history)))
                .containsExactly(Change.NEW, Change.GONE, Change.GONE);
    }

    private static List<Change> changes(List<Alert> draft, List<Alert> actual) {
        return Comparison.of(draft, actual).stream()
                .map(Comparison.Pair::change)
                .toList();
    }

    /** Raised and cleared in turn. */
    private static List<Alert> alerts(long... times) {
        var alerts = new Alert[times.length / 2];
        for (int i = 0; i < alerts.length; i++) {
            alerts[i] = alert(times[2 * i], times[2 * i + 1]);
        }
        return Arrays.asList(alerts);
    }

    private static Alert alert(long raised, long cleared) {
        return new Alert(PUMP, "major", raised, cleared, 1, 0, "", false);
    }
}
