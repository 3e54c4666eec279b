package io.millrace.projections;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What is remembered of a window's readings, one after the other as they come: enough for every {@link Aggregate}. */
final class Moments {
    private long count;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double mean;
    private double sum;

    /** Of squared distances from the mean. */
    private double squares;

    private double first;
    private double last;
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /** By how much a counter has grown from {@code growsFromMicros} to {@code lastMicros}. */
    private double growth;

    private long growsFromMicros;

    /** Mean and squares by the update of Welford (1962): no sum that could overflow or drown small numbers. */
    void add(long timeMicros, double number) {
        grow(timeMicros, number);
        count++;
        double step = number - mean;
        mean += Double.isInfinite(step) ? number / count - mean / count : step / count;
        squares += orInfinite(step * (number - mean));
        sum += number;
        min = Math.min(min, number);
        max = Math.max(max, number);
        if (timeMicros < firstMicros) {
            firstMicros = timeMicros;
            first = number;
        }
        if (timeMicros >= lastMicros) {
            lastMicros = timeMicros;
            last = number;
        }
    }

    /** A counter that shows less than before began again at 0. A reading out of order says nothing of it. */
    private void grow(long timeMicros, double number) {
        if (count == 0) {
            growsFromMicros = timeMicros;
        } else if (timeMicros >= lastMicros) {
            growth += number >= last ? number - last : number;
        }
    }

    private static double orInfinite(double square) {
        return Double.isNaN(square) ? Double.POSITIVE_INFINITY : square;
    }

    WindowValues values() {
        double within = Math.clamp(mean, min, max);
        return new WindowValues(
                count,
                min,
                max,
                within,
                Double.isFinite(sum) ? sum : within * count,
                squares / count,
                first,
                last,
                lastMicros - firstMicros,
                lastMicros > growsFromMicros ? growth / ((lastMicros - growsFromMicros) / 1e6) : Double.NaN);
    }

    void write(DataOutput to) throws IOException {
        to.writeLong(count);
        to.writeDouble(min);
        to.writeDouble(max);
        to.writeDouble(mean);
        to.writeDouble(sum);
        to.writeDouble(squares);
        to.writeDouble(first);
        to.writeDouble(last);
        to.writeLong(firstMicros);
        to.writeLong(lastMicros);
        to.writeDouble(growth);
        to.writeLong(growsFromMicros);
    }

    void read(DataInput from) throws IOException {
        count = from.readLong();
        min = from.readDouble();
        max = from.readDouble();
        mean = from.readDouble();
        sum = from.readDouble();
        squares = from.readDouble();
        first = from.readDouble();
        last = from.readDouble();
        firstMicros = from.readLong();
        lastMicros = from.readLong();
        growth = from.readDouble();
        growsFromMicros = from.readLong();
    }
}
