package io.millrace.gateway.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.live.Decimation.Hole;
import io.millrace.gateway.live.Decimation.Point;
import io.millrace.gateway.live.Decimation.Thinned;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DecimationTest {
    private static final long SECOND = 1_000_000;

    @Test
    void keepsEveryPointWhileThereAreFew() {
        List<Point> points = ramp(100);
        assertThat(thinned(points, 100).points()).isEqualTo(points);
    }

    @Test
    void keepsTheExtremesOfEveryStretch() {
        var random = new SplittableRandom(7);
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            points.add(new Point(i * SECOND, random.nextDouble()));
        }
        Thinned thinned = thinned(points, 200);
        assertThat(thinned.points())
                .hasSizeBetween(150, 200)
                .isSortedAccordingTo(Comparator.comparingLong(Point::micros));
        for (int bucket = 0; bucket < 100; bucket++) {
            List<Point> stretch = points.subList(bucket * 100, bucket * 100 + 100);
            assertThat(thinned.points())
                    .contains(stretch.stream()
                            .min(Comparator.comparingDouble(Point::value))
                            .orElseThrow())
                    .contains(stretch.stream()
                            .max(Comparator.comparingDouble(Point::value))
                            .orElseThrow());
        }
    }

    @Test
    void tellsAStepThatIsMuchLongerThanMostAsAHole() {
        var points = new ArrayList<>(ramp(50));
        points.removeIf(p -> p.micros() >= 20 * SECOND && p.micros() < 30 * SECOND);
        Thinned thinned = thinned(points, 1000);
        assertThat(thinned.holes()).containsExactly(new Hole(19 * SECOND, 30 * SECOND));
        assertThat(thinned.holeAfterMicros()).isBetween(2 * SECOND, 7 * SECOND);
    }

    @Test
    void findsNoHoleInASteadyCurveNorInTooFewPoints() {
        assertThat(thinned(ramp(50), 1000).holes()).isEmpty();
        var few = new Decimation(0, 100 * SECOND, 10);
        few.add(0, 1);
        few.add(90 * SECOND, 2);
        assertThat(few.thinned().holes()).isEmpty();
    }

    @Test
    void takesPointsOutOfOrderAndOutsideOfThePicture() {
        var decimation = new Decimation(0, SECOND, 4);
        for (long t : new long[] {5 * SECOND, -3 * SECOND, Long.MAX_VALUE, Long.MIN_VALUE / 4, 1, 2, 3, 4, 5, 6, 7}) {
            decimation.add(t, 1.0 * (t % 10));
        }
        assertThat(decimation.thinned().points()).hasSizeLessThanOrEqualTo(4);
        assertThat(decimation.thinned().count()).isEqualTo(11);
    }

    private static List<Point> ramp(int count) {
        var points = new ArrayList<Point>();
        for (int i = 0; i < count; i++) {
            points.add(new Point(i * SECOND, i));
        }
        return points;
    }

    private static Thinned thinned(List<Point> points, int pointsMax) {
        var decimation = new Decimation(0, points.getLast().micros() + SECOND, pointsMax);
        points.forEach(p -> decimation.add(p.micros(), p.value()));
        return decimation.thinned();
    }
}
