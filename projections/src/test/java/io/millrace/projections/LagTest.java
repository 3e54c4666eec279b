package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Being behind the log is an alert like any other, made of what the ticks say. */
class LagTest {
    private static final long SECOND = 1_000_000L;

    private final List<String> told = new ArrayList<>();
    private final Output out = new Output() {
        @Override
        public void window(ClosedWindow window) {}

        @Override
        public void stale(StaleWindow window) {}

        @Override
        public void transition(AlertTransition t) {
            told.add("%s %s at %d: %s".formatted(t.rule(), t.kind().label(), t.timeMicros() / SECOND, t.detail()));
        }
    };
    private Engine engine = new Engine(Rules.NONE);
    private long position;

    private void tick(long second, double lagSeconds) {
        engine.tick(++position, second * SECOND, Math.round(lagSeconds * SECOND), out);
    }

    private void ticks(int from, int to, double lagSeconds) {
        for (int s = from; s <= to; s++) {
            tick(s, lagSeconds);
        }
    }

    @Test
    void isRaisedAfterHalfAMinuteBeyondTenSecondsAndClearedAtFive() {
        ticks(1, 100, 9.9);
        ticks(101, 130, 43.2);
        assertThat(told).isEmpty();
        ticks(131, 140, 43.2);
        assertThat(told).containsExactly("projection-lag raised at 131: lag in seconds is 43.2, above 10");
        ticks(141, 150, 5.1);
        assertThat(engine.openAlerts()).singleElement().satisfies(alert -> {
            assertThat(alert.site()).isEqualTo("millrace");
            assertThat(alert.severity()).isEqualTo(Severity.MAJOR);
        });
        tick(151, 5);
        assertThat(told)
                .hasSize(2)
                .last()
                .isEqualTo("projection-lag cleared at 151: lag in seconds is 5, cleared at 5");
        assertThat(engine.openAlerts()).isEmpty();
    }

    @Test
    void aMomentOfItIsNoAlertAndACatchUpAfterAnOutageIsOneOnlyIfItTakesLong() {
        ticks(1, 20, 60);
        ticks(21, 60, 0);
        tick(9_000, 8_940);
        ticks(9_001, 9_010, 100);
        ticks(9_011, 9_020, 0);
        assertThat(told).isEmpty();
    }

    @Test
    void isNotHeldUpByAClockThatGoesBack() {
        ticks(1_000, 1_010, 60);
        ticks(500, 530, 60);
        assertThat(told).hasSize(1);
    }

    @Test
    void goesOnAfterARestart() throws Exception {
        ticks(1, 20, 60);
        engine = Engine.restore(Rules.NONE, engine.snapshot());
        ticks(21, 40, 60);
        assertThat(told).hasSize(1);
        engine = Engine.restore(Rules.NONE, engine.snapshot());
        assertThat(engine.openAlerts()).hasSize(1);
        tick(41, 0);
        assertThat(told).hasSize(2);
    }
}
