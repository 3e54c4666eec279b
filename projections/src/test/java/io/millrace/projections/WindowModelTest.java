package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.model.Glob;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.RandomLog.Call;
import io.millrace.projections.Rule.WindowValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares the engine with a model that keeps every reading and works each window out from scratch. */
final class WindowModelTest {
    private static final WindowSpec HOPPING = new WindowSpec(90 * Feed.SECOND, 20 * Feed.SECOND);
    private static final Rules RULES = new Rules(List.of(new Rule(
            "hopping",
            Glob.ANY,
            Glob.ANY,
            Optional.of(new WindowValue(HOPPING, Aggregate.MAX, 25 * 60 * Feed.SECOND)),
            new Threshold(Side.ABOVE, 80, 80, 0),
            Severity.MINOR)));

    private record Key(Series series, long start, long size) {}

    /** Its only state is how far each series has come, live and by backfill. */
    private static final class Model {
        final Map<Key, List<Call.Reading>> readings = new HashMap<>();
        private final Map<String, Long> watermarks = new HashMap<>();

        void add(Call.Reading r) {
            if (r.future() || r.quality() == Quality.BAD || !Double.isFinite(r.number())) {
                return;
            }
            String track = r.series().device() + r.backfill();
            long watermark = watermarks.getOrDefault(track, Long.MIN_VALUE);
            for (WindowSpec spec : List.of(WindowSpec.ONE_MINUTE, HOPPING)) {
                for (long start = 0; start <= spec.sizeMicros(); start += spec.everyMicros()) {
                    add(r, Math.floorDiv(r.micros(), spec.everyMicros()) * spec.everyMicros() - start, spec, watermark);
                }
            }
            watermarks.merge(track, r.micros(), Math::max);
        }

        private void add(Call.Reading r, long start, WindowSpec spec, long watermark) {
            long end = start + spec.sizeMicros();
            if (r.micros() < end && end + RULES.latenessMicros(spec) > watermark) {
                readings.computeIfAbsent(new Key(r.series(), start, spec.sizeMicros()), _ -> new ArrayList<>())
                        .add(r);
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theLastVersionOfEachWindowIsWhatItsReadingsAmountTo(long seed) {
        List<Call> log = RandomLog.of(seed, 3_000);
        var out = new Recorder();
        RandomLog.play(log, new Engine(RULES), out);
        var model = new Model();
        for (Call call : log) {
            if (call instanceof Call.Reading reading) {
                model.add(reading);
            }
        }

        var latest = new HashMap<Key, ClosedWindow>();
        for (ClosedWindow w : out.windows) {
            ClosedWindow before = latest.put(new Key(w.series(), w.startMicros(), w.sizeMicros()), w);
            boolean next = before == null
                    ? w.version() == 1
                    : w.version() == before.version() + 1
                            && w.values().count() > before.values().count();
            if (!next) {
                fail("%s after %s".formatted(w, before));
            }
        }
        latest.forEach((key, w) -> check(w, model.readings.getOrDefault(key, List.of())));
        model.readings.keySet().removeAll(latest.keySet());
        assertThat(model.readings).as("windows that never closed").isEmpty();
    }

    private static void check(ClosedWindow window, List<Call.Reading> readings) {
        var numbers = readings.stream().mapToDouble(Call.Reading::number).summaryStatistics();
        Call.Reading first = readings.getFirst();
        Call.Reading last = readings.getFirst();
        for (Call.Reading r : readings) {
            first = r.micros() < first.micros() ? r : first;
            last = r.micros() >= last.micros() ? r : last;
        }
        double variance = readings.stream()
                .mapToDouble(r -> Math.pow(r.number() - numbers.getAverage(), 2))
                .average()
                .orElseThrow();
        WindowValues values = window.values();
        boolean right = values.count() == readings.size()
                && values.min() == numbers.getMin()
                && values.max() == numbers.getMax()
                && isClose(values.mean(), numbers.getAverage())
                && isClose(values.sum(), numbers.getSum())
                && isClose(values.variance(), variance)
                && values.mean() >= values.min()
                && values.mean() <= values.max()
                && values.first() == first.number()
                && values.last() == last.number()
                && values.spanMicros() == last.micros() - first.micros()
                && isClose(values.rate(), rate(readings))
                && window.retroactive() == readings.getFirst().backfill();
        if (!right) {
            fail("%s of %s".formatted(window, readings));
        }
    }

    private static boolean isClose(double a, double b) {
        return Double.compare(a, b) == 0 || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
    }

    /** What a counter grew by: the readings as they came, those out of order left out. */
    private static double rate(List<Call.Reading> readings) {
        var ordered = new ArrayList<Call.Reading>();
        for (Call.Reading r : readings) {
            if (ordered.isEmpty() || r.micros() >= ordered.getLast().micros()) {
                ordered.add(r);
            }
        }
        double growth = 0;
        for (int i = 1; i < ordered.size(); i++) {
            double step = ordered.get(i).number() - ordered.get(i - 1).number();
            growth += step < 0 ? ordered.get(i).number() : step;
        }
        long micros = ordered.getLast().micros() - ordered.getFirst().micros();
        return micros == 0 ? Double.NaN : growth / (micros / 1e6);
    }

    private static LongStream seeds() {
        return LongStream.range(0, 100);
    }
}
