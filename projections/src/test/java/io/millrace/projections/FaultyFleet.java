package io.millrace.projections;

import io.millrace.model.Series;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Readings of a fleet of trucks, each with a gateway box whose batches are as faulty as the IoT generator of the Time
 * Series Benchmark Suite makes them: of the batches of ten 1 % are missing and 5 % come later; of the entries 10 % are
 * missing and 30 % come later. What comes later is put in with every second chance, and all of it by the end.
 */
final class FaultyFleet {
    static final int BATCH = 10;
    private static final double BATCH_MISSING = 0.01;
    private static final double BATCH_LATER = 0.05;
    private static final double ENTRY_MISSING = 0.1;
    private static final double ENTRY_LATER = 0.3;
    private static final double PUT_IN = 0.5;
    private static final int TRUCKS = 4;

    record Entry(String site, String agent, Series series, long micros, double number) {}

    /** What one truck sends. */
    private static final class Truck {
        final int number;
        final int entries;
        final long pauseMicros;
        final SplittableRandom random;
        final Deque<List<Entry>> laterBatches = new ArrayDeque<>();
        final Deque<Entry> laterEntries = new ArrayDeque<>();
        double velocity = 50;
        double way;
        int next;

        Truck(int number, int entries, long pauseMicros, SplittableRandom random) {
            this.number = number;
            this.entries = entries;
            this.pauseMicros = pauseMicros;
            this.random = random;
        }

        /** What arrives next, empty if nothing does. */
        List<Entry> batch() {
            if (next >= entries) {
                return rest();
            }
            boolean missing = random.nextDouble() < BATCH_MISSING;
            boolean later = random.nextDouble() < BATCH_LATER;
            if (missing) {
                next += BATCH;
            } else if (!laterBatches.isEmpty() && random.nextDouble() < PUT_IN) {
                return laterBatches.removeFirst();
            } else if (later) {
                laterBatches.add(faulty());
            } else {
                return faulty();
            }
            return List.of();
        }

        private List<Entry> rest() {
            if (!laterBatches.isEmpty()) {
                return laterBatches.removeFirst();
            }
            List<Entry> rest = List.copyOf(laterEntries);
            laterEntries.clear();
            return rest;
        }

        boolean isDone() {
            return next >= entries && laterBatches.isEmpty() && laterEntries.isEmpty();
        }

        private List<Entry> faulty() {
            var batch = new ArrayList<Entry>();
            while (batch.size() < BATCH && next < entries) {
                boolean putIn = !laterEntries.isEmpty() && random.nextDouble() < PUT_IN;
                Entry entry = putIn ? laterEntries.removeFirst() : produced();
                if (random.nextDouble() < ENTRY_MISSING) {
                    continue;
                }
                if (random.nextDouble() < ENTRY_LATER) {
                    laterEntries.add(entry);
                } else {
                    batch.add(entry);
                }
            }
            return batch;
        }

        /** A velocity, which wanders, and a counter of the way, which begins again at times, in turn. */
        private Entry produced() {
            long time = Feed.START + next / 2 * pauseMicros + number * Feed.SECOND;
            boolean isVelocity = next++ % 2 == 0;
            velocity = Math.clamp(velocity + random.nextInt(-60, 61) / 10.0, 0, 100);
            way = random.nextInt(200) == 0 ? 0 : way + random.nextInt(40) / 10.0;
            var series = isVelocity
                    ? new Series("truck-" + number, "velocity", "km/h")
                    : new Series("truck-" + number, "way", "km");
            return new Entry(
                    number < TRUCKS - 1 ? "south" : "north",
                    "gw-" + number / 2,
                    series,
                    time,
                    isVelocity ? velocity : way);
        }
    }

    private FaultyFleet() {}

    /**
     * Batches in the order of their arrival.
     *
     * @param entries of each truck before the faults
     */
    static List<List<Entry>> of(long seed, int entries) {
        return of(seed, entries, new SplittableRandom(seed).nextInt(5, 40));
    }

    static List<List<Entry>> of(long seed, int entries, int pauseSeconds) {
        var random = new SplittableRandom(seed);
        long pauseMicros = pauseSeconds * Feed.SECOND;
        var trucks = new ArrayList<Truck>();
        for (int number = 0; number < TRUCKS; number++) {
            trucks.add(new Truck(number, entries, pauseMicros, random.split()));
        }
        var sent = new ArrayList<List<Entry>>();
        while (!trucks.stream().allMatch(Truck::isDone)) {
            trucks.stream().map(Truck::batch).filter(b -> !b.isEmpty()).forEach(sent::add);
        }
        return sent;
    }
}
