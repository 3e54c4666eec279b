package io.millrace.gateway.live;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.Value;
import io.millrace.store.derive.LatestValue;
import org.junit.jupiter.api.Test;

class CurveTest {
    @Test
    void givesEachReaderWhatCameSinceItsPlace() {
        var curve = new Curve();
        curve.add(1, 10);
        Curve.Points first = curve.since(0);
        assertThat(first.timeMicros()).containsExactly(1);
        curve.add(2, 20);
        curve.add(3, 30);
        assertThat(curve.since(first.end()).value()).containsExactly(20, 30);
        assertThat(curve.since(curve.end()).value()).isEmpty();
    }

    @Test
    void tellsASlowReaderThatPointsAreGone() {
        var curve = new Curve();
        for (int i = 0; i < Curve.POINTS_MAX + 5; i++) {
            curve.add(i, i);
        }
        Curve.Points points = curve.since(0);
        assertThat(points.lost()).isTrue();
        assertThat(points.timeMicros()).hasSize(Curve.POINTS_MAX).startsWith(5);
        assertThat(curve.since(points.end()).lost()).isFalse();
    }

    @Test
    void keepsTheLastValueByEventTimeNotByArrival() {
        var curve = new Curve();
        curve.last(at(20, 2));
        curve.last(at(10, 1));
        Curve.Last last = requireNonNull(curve.lastSince(0));
        assertThat(last.value().value()).isEqualTo(new Value.Numeric(2));
        assertThat(curve.lastSince(last.changes())).isNull();
    }

    private static LatestValue at(long micros, double value) {
        return new LatestValue("s", "a", new Series("d", "m", ""), micros, new Value.Numeric(value), Quality.GOOD, 1);
    }
}
