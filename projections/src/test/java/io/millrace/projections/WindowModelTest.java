package io.millrace.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.model.Gap;
import io.millrace.model.Glob;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.projections.Condition.Side;
import io.millrace.projections.Condition.Threshold;
import io.millrace.projections.RandomLog.Call;
import io.millrace.projections.Rule.WindowValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        final Set<Key> stale = new HashSet<>();
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

        boolean isKept(ClosedWindow w) {
            var spec = w.sizeMicros() == HOPPING.sizeMicros() ? HOPPING : WindowSpec.ONE_MINUTE;
            long watermark = watermarks.get(w.series().device() + w.retroactive());
            return w.endMicros() + RULES.latenessMicros(spec) > watermark;
        }

        private void add(Call.Reading r, long start, WindowSpec spec, long watermark) {
            long end = start + spec.sizeMicros();
            if (r.micros() >= end) {
                return;
            }
            var key = new Key(r.series(), start, spec.sizeMicros());
            if (end + RULES.latenessMicros(spec) > watermark) {
                readings.computeIfAbsent(key, _ -> new ArrayList<>()).add(r);
            } else {
                stale.add(key);
            }
        }
    }

    /** The gaps that are open, with the sequences that are missing still. */
    private static final class Ledger {
        final Map<Gap, Set<Long>> missing = new HashMap<>();

        /** Whether anything was declared or found since the last tick. */
        boolean changed;

        void see(Call call) {
            if (call instanceof Call.Lost(long _, Gap gap)) {
                var sequences = new HashSet<Long>();
                long last = gap.range().isOpenEnded()
                        ? gap.range().first()
                        : gap.range().last();
                LongStream.rangeClosed(gap.range().first(), last).forEach(sequences::add);
                missing.put(gap, sequences);
            } else if (call instanceof Call.Found(long _, Gap gap, Interval found)
                    && !gap.range().isOpenEnded()) {
                LongStream.rangeClosed(found.first(), found.last())
                        .forEach(missing.getOrDefault(gap, new HashSet<>())::remove);
                missing.values().removeIf(Set::isEmpty);
            }
            changed |= call instanceof Call.Lost || call instanceof Call.Found;
        }

        double share(ClosedWindow w) {
            long hidden = 0;
            long from = w.startMicros();
            List<Gap> inOrder = missing.keySet().stream()
                    .sorted(Comparator.comparingLong(Gap::fromMicros))
                    .toList();
            for (Gap gap : inOrder) {
                from = Math.max(from, gap.fromMicros());
                long to = Math.min(w.endMicros(), gap.toMicros() + 1);
                hidden += Math.max(0, to - from);
                from = Math.max(from, to);
            }
            return (double) hidden / w.sizeMicros();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theShareOfAWindowInGapsFollowsTheLedgerForAsLongAsTheWindowIsKept(long seed) {
        var out = new Recorder();
        var engine = new Engine(RULES);
        var ledger = new Ledger();
        var model = new Model();
        var latest = new HashMap<Key, ClosedWindow>();
        long checked = 0;
        for (Call call : RandomLog.of(seed, 3_000)) {
            int before = out.windows.size();
            ledger.see(call);
            RandomLog.play(List.of(call), engine, out);
            for (ClosedWindow w : out.windows.subList(before, out.windows.size())) {
                latest.put(new Key(w.series(), w.startMicros(), w.sizeMicros()), w);
                assertThat(w.values().gapShare()).isEqualTo(ledger.share(w));
            }
            if (call instanceof Call.Reading reading) {
                model.add(reading);
            } else if (call instanceof Call.Tick && ledger.changed) {
                ledger.changed = false;
                for (ClosedWindow w : latest.values()) {
                    if (model.isKept(w)) {
                        assertThat(w.values().gapShare()).isEqualTo(ledger.share(w));
                        checked += w.values().gapShare() > 0 ? 1 : 0;
                    }
                }
            }
        }
        assertThat(checked).isGreaterThan(50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theLastVersionOfEachWindowIsWhatItsReadingsAmountTo(long seed) {
        List<Call> log = RandomLog.of(seed, 3_000);
        var out = new Recorder();
        RandomLog.play(log, new Engine(RULES), out);
        var model = new Model();
        var gapPositions = new HashSet<Long>(); // of ticks behind a change of gaps
        boolean gapsChanged = false;
        for (Call call : log) {
            switch (call) {
                case Call.Reading reading -> model.add(reading);
                case Call.Lost _, Call.Found _ -> gapsChanged = true;
                case Call.Tick tick -> {
                    if (gapsChanged) {
                        gapPositions.add(tick.position());
                    }
                    gapsChanged = false;
                }
                case Call.Agent _, Call.Command _ -> {}
            }
        }

        var stale = new HashSet<Key>();
        out.stale.forEach(w -> stale.add(new Key(w.series(), w.startMicros(), w.sizeMicros())));
        var latest = new HashMap<Key, ClosedWindow>();
        for (ClosedWindow w : out.windows) {
            ClosedWindow before = latest.put(new Key(w.series(), w.startMicros(), w.sizeMicros()), w);
            boolean next = before == null
                    ? w.version() == 1
                    : w.version() == before.version() + 1
                            && (w.values().count() > before.values().count()
                                    || (w.stale() && !before.stale())
                                    || gapPositions.contains(w.position()));
            if (!next) {
                fail("%s after %s".formatted(w, before));
            }
        }
        latest.forEach((key, w) -> check(w, model.readings.getOrDefault(key, List.of())));
        latest.values().stream()
                .filter(ClosedWindow::stale)
                .forEach(w -> stale.add(new Key(w.series(), w.startMicros(), w.sizeMicros())));
        assertThat(stale).isEqualTo(model.stale).isNotEmpty();
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
