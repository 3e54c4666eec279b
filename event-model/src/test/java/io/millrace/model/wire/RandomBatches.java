package io.millrace.model.wire;

import io.millrace.model.Event;
import io.millrace.model.EventBatch;
import io.millrace.model.Gap;
import io.millrace.model.Interval;
import io.millrace.model.Quality;
import io.millrace.model.Series;
import io.millrace.model.StreamId;
import io.millrace.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Batches of every shape, from a seed: what a fleet might send and what nobody would. */
final class RandomBatches {
    private static final double[] SPECIAL_NUMBERS = {
        0.0,
        -0.0,
        Double.NaN,
        Double.longBitsToDouble(0x7FF8_0000_DEAD_BEEFL),
        Double.longBitsToDouble(0xFFF0_0000_0000_0001L),
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        0x1p53,
        0x1p53 + 2,
        -0x1p63,
        0.1 + 0.2,
        1e22,
        1e23,
        4.35,
        1e-18
    };
    private static final long[] SPECIAL_INTEGERS = {
        0,
        1,
        -1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE - 1,
        Long.MIN_VALUE + 1,
        1L << 53,
        (1L << 53) + 1,
        1L << 62
    };
    private static final String[] NAMES = {"pump-1", "line 2/pump", "Ω", "温度", "a", "x".repeat(64), "🙂"};
    private static final String[] TEXTS = {"", "RUN", "STOP", "\uFFFD", "\u0000", "größer 🙂", "t".repeat(5000)};

    private final SplittableRandom random;

    RandomBatches(long seed) {
        random = new SplittableRandom(seed);
    }

    Envelope envelopeOf(int count, long firstSequence) {
        var stream = new StreamId(name(), name(), "telemetry", random.nextLong() >>> 1);
        return new Envelope(
                stream,
                firstSequence,
                count,
                random.nextBoolean(),
                integer(),
                integer(),
                random.nextBoolean() ? null : "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    }

    Envelope envelopeOf(EventBatch batch) {
        return envelopeOf(
                batch.size(), random.nextInt(4) == 0 ? Long.MAX_VALUE - batch.size() : 1 + random.nextInt(1 << 20));
    }

    private String name() {
        return NAMES[random.nextInt(NAMES.length)].replace('/', '-');
    }

    EventBatch batch() {
        int events = random.nextInt(10) == 0 ? random.nextInt(3) : 1 + random.nextInt(600);
        List<Series> series = series(1 + random.nextInt(random.nextInt(5) == 0 ? 300 : 12));
        boolean rounds = random.nextBoolean();
        boolean regular = random.nextBoolean();
        var shapes = new int[series.size()];
        for (int s = 0; s < shapes.length; s++) {
            shapes[s] = random.nextInt(SHAPES);
        }
        EventBatch.Builder batch = EventBatch.builder();
        long time = random.nextInt(5) == 0 ? integer() : 1_700_000_000_000_000L + random.nextInt(1_000_000);
        for (int i = 0; i < events; i++) {
            int s = rounds ? i % series.size() : random.nextInt(series.size());
            if (!regular) {
                time += random.nextInt(4) == 0 ? random.nextInt(-1000, 1_000_000) : 0;
            } else if (s == 0) {
                time += 1_000_000;
            }
            Quality quality = random.nextInt(50) == 0 ? Quality.BAD : Quality.GOOD;
            batch.add(new Event(
                    series.get(s), random.nextInt(500) == 0 ? integer() : time, value(shapes[s], i), quality));
        }
        return batch.build();
    }

    private List<Series> series(int count) {
        var series = new ArrayList<Series>();
        for (int s = 0; s < count; s++) {
            series.add(new Series(
                    NAMES[random.nextInt(NAMES.length)],
                    "metric/" + s,
                    random.nextBoolean() ? "" : NAMES[random.nextInt(NAMES.length)]));
        }
        return series;
    }

    private static final int SHAPES = 12;

    private Value value(int shape, int i) {
        return switch (shape) {
            case 0 -> new Value.Numeric(random.nextInt(100_000) / 100.0);
            case 1 -> new Value.Numeric(random.nextInt(10) == 0 ? special() : random.nextInt(1000) / 10.0);
            case 2 -> new Value.Numeric(random.nextDouble());
            case 3 -> new Value.Numeric(Double.longBitsToDouble(random.nextLong()));
            case 4 -> new Value.Numeric(21.5);
            case 5 -> new Value.Numeric((float) random.nextDouble());
            case 6 -> new Value.Whole(integer());
            case 7 -> new Value.Whole(i * 1000L + (random.nextInt(20) == 0 ? 7 : 0));
            case 8 -> new Value.Whole(random.nextInt(3) * 4711L);
            case 9 -> new Value.Bool(random.nextBoolean());
            case 10 -> new Value.Text(text());
            default -> value(random.nextInt(SHAPES - 1), i);
        };
    }

    private double special() {
        return SPECIAL_NUMBERS[random.nextInt(SPECIAL_NUMBERS.length)];
    }

    private String text() {
        return random.nextInt(3) == 0
                ? Long.toString(random.nextLong(), 36)
                : TEXTS[random.nextInt(random.nextInt(20) == 0 ? TEXTS.length : TEXTS.length - 1)];
    }

    private long integer() {
        return random.nextBoolean()
                ? SPECIAL_INTEGERS[random.nextInt(SPECIAL_INTEGERS.length)]
                : random.nextLong() >> random.nextInt(64);
    }

    List<Gap> gapsOf(StreamId stream, int count) {
        var gaps = new ArrayList<Gap>();
        Gap.Reason[] reasons = Gap.Reason.values();
        for (int i = 0; i < count; i++) {
            long first = random.nextLong() >>> (1 + random.nextInt(60));
            long last = random.nextBoolean()
                    ? Long.MAX_VALUE
                    : first + Math.min(random.nextInt(1000), Long.MAX_VALUE - first);
            long a = integer();
            long b = integer();
            gaps.add(new Gap(
                    stream,
                    new Interval(first, last),
                    reasons[random.nextInt(reasons.length)],
                    Math.min(a, b),
                    Math.max(a, b)));
        }
        return gaps;
    }
}
