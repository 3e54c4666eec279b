package io.millrace.gateway.live;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Thins the points of one curve so that its picture stays the same: all points while they are few, else the lowest and
 * the highest of each of equally long stretches of time. Finds the holes on the way. Takes points in any order, in
 * memory that depends on {@code pointsMax} only.
 */
public final class Decimation {
    /** Fewest points to thin to. */
    public static final int POINTS_MIN = 2;

    /** Holes told at most, the longest ones. */
    public static final int HOLES_MAX = 64;

    /** A step this much longer than what nine of ten steps take is a hole. */
    private static final int HOLE_STEPS = 3;

    private static final long HOLE_MICROS_MIN = 2_000_000;
    private static final int STEPS_MIN = 8;
    private static final double TYPICAL_SHARE = 0.9;

    private final long fromMicros;
    private final double bucketsPerMicro;
    private final int pointsMax;
    private final Bucket[] buckets;
    private final List<Point> all = new ArrayList<>();
    private final long[] stepsByLog = new long[Long.SIZE];
    private final PriorityQueue<Hole> longest = new PriorityQueue<>(Comparator.comparingLong(Hole::micros));
    private long count;
    private long lastMicros = Long.MIN_VALUE;

    /** A point: microseconds since 1970, and the value. */
    public record Point(long micros, double value) {}

    /** Nothing came between these two times, microseconds since 1970. */
    public record Hole(long fromMicros, long toMicros) {
        long micros() {
            return toMicros - fromMicros;
        }
    }

    /**
     * @param count points that were added
     * @param points in the order of time
     * @param holes in the order of time
     * @param holeAfterMicros from which length on a step is a hole
     */
    public record Thinned(long count, List<Point> points, List<Hole> holes, long holeAfterMicros) {}

    private static final class Bucket {
        private Point lowest;
        private Point highest;

        Bucket(Point first) {
            lowest = first;
            highest = first;
        }

        void add(Point p) {
            if (p.value < lowest.value) {
                lowest = p;
            }
            if (p.value > highest.value) {
                highest = p;
            }
        }

        void into(List<Point> points) {
            points.add(lowest);
            if (!highest.equals(lowest)) {
                points.add(highest);
            }
        }
    }

    /**
     * @param fromMicros where the picture begins, inclusive; what lies outside counts for its edge
     * @param toMicros where it ends, exclusive
     * @param pointsMax points to keep at most, {@value #POINTS_MIN} or more
     */
    public Decimation(long fromMicros, long toMicros, int pointsMax) {
        if (pointsMax < POINTS_MIN || toMicros <= fromMicros) {
            throw new IllegalArgumentException("%d points from %d to %d microseconds, expected %d or more and from < to"
                    .formatted(pointsMax, fromMicros, toMicros, POINTS_MIN));
        }
        this.fromMicros = fromMicros;
        this.pointsMax = pointsMax;
        buckets = new Bucket[pointsMax / 2];
        bucketsPerMicro = (double) buckets.length / (toMicros - fromMicros);
    }

    public void add(long micros, double value) {
        var point = new Point(micros, value);
        if (count > 0) {
            step(micros);
        }
        lastMicros = Math.max(lastMicros, micros);
        count++;
        if (count <= pointsMax) {
            all.add(point);
        } else {
            all.forEach(this::intoBucket);
            all.clear();
            intoBucket(point);
        }
    }

    private void step(long micros) {
        long step = Math.max(0, micros - lastMicros);
        stepsByLog[Long.SIZE - Long.numberOfLeadingZeros(step)]++;
        longest.add(new Hole(lastMicros, micros));
        if (longest.size() > HOLES_MAX) {
            longest.poll();
        }
    }

    private void intoBucket(Point p) {
        int at = Math.clamp((long) ((p.micros - fromMicros) * bucketsPerMicro), 0, buckets.length - 1);
        if (buckets[at] == null) {
            buckets[at] = new Bucket(p);
        } else {
            buckets[at].add(p);
        }
    }

    public Thinned thinned() {
        List<Point> points = new ArrayList<>(all);
        for (Bucket bucket : buckets) {
            if (bucket != null) {
                bucket.into(points);
            }
        }
        points.sort(Comparator.comparingLong(Point::micros));
        long holeAfter = holeAfterMicros();
        List<Hole> holes = longest.stream()
                .filter(h -> h.micros() > holeAfter)
                .sorted(Comparator.comparingLong(Hole::fromMicros))
                .toList();
        return new Thinned(count, points, holes, holeAfter);
    }

    /** A few times what most steps take; nothing is a hole while too few steps are known. */
    private long holeAfterMicros() {
        long steps = Arrays.stream(stepsByLog).sum();
        if (steps < STEPS_MIN) {
            return Long.MAX_VALUE;
        }
        long seen = 0;
        int log = 0;
        while (seen < steps * TYPICAL_SHARE) {
            seen += stepsByLog[log++];
        }
        // log - 1 is the class of steps below 2^(log - 1) microseconds; the largest possible is the last one.
        long typical = log >= Long.SIZE - 2 ? Long.MAX_VALUE / HOLE_STEPS : 1L << (log - 1);
        return Math.max(HOLE_MICROS_MIN, HOLE_STEPS * typical);
    }
}
